//! Reading a description. Lenient where phones are sloppy and meaning is plain, strict where a
//! guess could send sound to the wrong place.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits::{MAX_BYTES, MAX_FORMATS, MAX_LINE_BYTES, MAX_LINES, MAX_MEDIA};
use crate::{Address, Attribute, Connection, Description, Line, Media, Origin};

/// What is wrong with a description, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1; 0 speaks of the whole.
    pub line: usize,
    /// The rule that was broken.
    pub rule: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "session description: {}", self.rule),
            line => write!(f, "session description, line {line}: {}", self.rule),
        }
    }
}

impl std::error::Error for Problem {}

type Rule = &'static str;

impl Description {
    /// Reads a description (RFC 8866).
    ///
    /// Lines may end with CRLF, LF or CR; blank lines are skipped; lines of a section that are
    /// out of the standard's order are put in order; a missing `s=` or `t=` is supplied.
    ///
    /// # Errors
    /// Names the line and the rule: a bound of this crate passed, not text, no `v=0`, no `o=`, a
    /// line that is no `letter=value`, a bad `o=`, `c=`, `m=`, or two `o=`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > MAX_BYTES {
            return Err(Problem {
                line: 0,
                rule: "must not be longer than 16384 octets",
            });
        }
        let mut reader = Reader::default();
        let ends_skipped = bytes.split(|b| *b == b'\n' || *b == b'\r');
        let mut number = 0;
        let mut previous_end = None;
        let mut at = 0;
        for raw in ends_skipped {
            let end = bytes.get(at + raw.len()).copied();
            at += raw.len() + 1;
            // the empty piece between CR and LF is no line
            let split_crlf = raw.is_empty() && previous_end == Some(b'\r') && end == Some(b'\n');
            previous_end = end;
            if split_crlf {
                continue;
            }
            number += 1;
            if raw.is_empty() {
                continue;
            }
            reader
                .line(raw)
                .map_err(|rule| Problem { line: number, rule })?;
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    count: usize,
    /// Of the lines so far, without their ends.
    octets: usize,
    lines: Vec<Line>,
    media: Vec<Media>,
}

impl Reader {
    fn line(&mut self, raw: &[u8]) -> Result<(), Rule> {
        self.count += 1;
        if self.count > MAX_LINES {
            return Err("there must not be more than 512 lines");
        }
        let (letter, value) = split(raw)?;
        // measured as text: an octet that is none has become a mark of three
        let length = "x=".len() + value.len();
        if length > MAX_LINE_BYTES {
            return Err("must not be longer than 2048 octets");
        }
        self.octets += length;
        if self.octets > MAX_BYTES {
            return Err("the lines so far must not be longer than 16384 octets");
        }
        if self.count == 1 {
            return version(letter, &value);
        }
        match letter {
            'v' => Err("v= must be the first line and only there"),
            'm' => self.media_line(&value),
            'o' if self.media.is_empty() => self.origin_line(&value),
            'o' => Err("o= belongs before the first m="),
            _ => {
                let line = line(letter, value)?;
                self.section().push(line);
                Ok(())
            }
        }
    }

    fn section(&mut self) -> &mut Vec<Line> {
        match self.media.last_mut() {
            Some(media) => &mut media.lines,
            None => &mut self.lines,
        }
    }

    fn origin_line(&mut self, value: &str) -> Result<(), Rule> {
        if self.lines.iter().any(|l| l.letter() == 'o') {
            return Err("there must be one o=");
        }
        self.lines.push(Line::Origin(origin(value)?));
        Ok(())
    }

    fn media_line(&mut self, value: &str) -> Result<(), Rule> {
        if self.media.len() == MAX_MEDIA {
            return Err("there must not be more than 16 m=");
        }
        self.media.push(media(value)?);
        Ok(())
    }

    fn finish(self) -> Result<Description, Problem> {
        let Self {
            count,
            octets: _,
            mut lines,
            mut media,
        } = self;
        if count == 0 {
            return Err(Problem {
                line: 0,
                rule: "must not be empty",
            });
        }
        if !lines.iter().any(|l| l.letter() == 'o') {
            return Err(Problem {
                line: 0,
                rule: "o= is missing",
            });
        }
        if !lines.iter().any(|l| l.letter() == 's') {
            lines.push(Line::Name("-".into()));
        }
        if !lines.iter().any(|l| l.letter() == 't') {
            lines.push(Line::Time("0 0".into()));
        }
        let lines = in_order(lines);
        for stream in &mut media {
            stream.lines = in_order(std::mem::take(&mut stream.lines));
        }
        Ok(Description { lines, media })
    }
}

/// Stable sort into the standard's order; unknown letters stay behind the line they followed.
fn in_order(lines: Vec<Line>) -> Vec<Line> {
    let mut rank = 0;
    let mut ranked: Vec<(u8, Line)> = Vec::with_capacity(lines.len());
    for line in lines {
        rank = Line::rank(line.letter()).unwrap_or(rank);
        ranked.push((rank, line));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, line)| line).collect()
}

/// `letter=value`; trailing blanks go. Free text that is not UTF-8 (an `a=charset` of old) is
/// read with replacement characters, anything else is refused.
fn split(raw: &[u8]) -> Result<(char, String), Rule> {
    let (Some(letter), Some(b'=')) = (raw.first(), raw.get(1)) else {
        return Err("must be one letter, an equals sign and a value");
    };
    if !letter.is_ascii_alphabetic() {
        return Err("must be one letter, an equals sign and a value");
    }
    let value = raw.get(2..).unwrap_or_default();
    if value.contains(&0) {
        return Err("must not contain NUL");
    }
    let letter = char::from(*letter);
    let free_text = matches!(letter, 's' | 'i' | 'u' | 'e' | 'p');
    match std::str::from_utf8(value) {
        Ok(text) => Ok((letter, text.trim_end().to_owned())),
        Err(_) if free_text => Ok((letter, String::from_utf8_lossy(value).trim_end().to_owned())),
        Err(_) => Err("must be UTF-8"),
    }
}

fn version(letter: char, value: &str) -> Result<(), Rule> {
    match (letter, value) {
        ('v', "0") => Ok(()),
        ('v', _) => Err("the version must be 0"),
        _ => Err("the first line must be v=0"),
    }
}

fn line(letter: char, value: String) -> Result<Line, Rule> {
    let line = match letter {
        's' => Line::Name(value),
        'c' => Line::Connection(connection(&value)?),
        't' => Line::Time(value),
        'b' => Line::Bandwidth(value),
        'a' => Line::Attribute(attribute(&value)?),
        _ => Line::Other { letter, value },
    };
    Ok(line)
}

fn attribute(value: &str) -> Result<Attribute, Rule> {
    let (name, value) = match value.split_once(':') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (value, None),
    };
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err("an attribute must have a name without blanks");
    }
    Ok(Attribute {
        name: name.to_owned(),
        value,
    })
}

fn origin(value: &str) -> Result<Origin, Rule> {
    const SHAPE: Rule = "o= must have user, id, version, network, family and address";
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let [user, id, version, network, family, host] = words[..] else {
        return Err(SHAPE);
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(id) || !digits(version) {
        return Err("o= must have digits as id and version");
    }
    Ok(Origin {
        user: user.to_owned(),
        id: id.to_owned(),
        version: version.to_owned(),
        address: address(network, family, host)?,
    })
}

fn connection(value: &str) -> Result<Connection, Rule> {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let [network, family, host] = words[..] else {
        return Err("c= must have network, family and address");
    };
    let (host, multicast) = match host.split_once('/') {
        Some((host, rest)) => (host, Some(rest.to_owned())),
        None => (host, None),
    };
    Ok(Connection {
        address: address(network, family, host)?,
        multicast,
    })
}

fn address(network: &str, family: &str, host: &str) -> Result<Address, Rule> {
    let name = || Address::Name {
        network: network.to_owned(),
        family: family.to_owned(),
        host: host.to_owned(),
    };
    if network != "IN" {
        return Ok(name());
    }
    let looks_v4 = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match family {
        "IP4" => match host.parse::<Ipv4Addr>() {
            Ok(ip) => Ok(Address::Ip(IpAddr::V4(ip))),
            Err(_) if looks_v4 || host.contains(':') => Err("the address must be an IPv4 one"),
            Err(_) => Ok(name()),
        },
        "IP6" => match host.parse::<Ipv6Addr>() {
            Ok(ip) => Ok(Address::Ip(IpAddr::V6(ip))),
            Err(_) if looks_v4 || host.contains(':') => Err("the address must be an IPv6 one"),
            Err(_) => Ok(name()),
        },
        _ => Err("the address family must be IP4 or IP6"),
    }
}

fn media(value: &str) -> Result<Media, Rule> {
    let mut words = value.split_ascii_whitespace();
    let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next())
    else {
        return Err("m= must have a kind, a port, a protocol and a format");
    };
    let (port, ports) = match port.split_once('/') {
        Some((port, count)) => (port, Some(number(count)?)),
        None => (port, None),
    };
    let formats: Vec<String> = words.map(str::to_owned).collect();
    if formats.is_empty() {
        return Err("m= must have a kind, a port, a protocol and a format");
    }
    if formats.len() > MAX_FORMATS {
        return Err("m= must not have more than 128 formats");
    }
    let rtp = protocol.starts_with("RTP/") || protocol.starts_with("UDP/TLS/RTP/");
    let payload = |format: &String| format.parse::<u8>().is_ok_and(|p| p < 128);
    if rtp && !formats.iter().all(payload) {
        return Err("the formats of an RTP stream must be payload numbers from 0 to 127");
    }
    Ok(Media {
        kind: kind.to_owned(),
        port: number(port)?,
        ports,
        protocol: protocol.to_owned(),
        formats,
        lines: Vec::new(),
    })
}

fn number(text: &str) -> Result<u16, Rule> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or("a port must be a number from 0 to 65535")
}
