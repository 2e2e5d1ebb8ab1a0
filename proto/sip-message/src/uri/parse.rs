//! Reading URIs: one pass over the text, no allocation.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Host, Scheme, Uri, hex, is_visual_separator};
use crate::text::{HostClass, Params, host_class, is_uri_mark};

type Rule = &'static str;

/// Where the marks of a URI lie.
#[derive(Default)]
struct Marks {
    /// The end of the scheme.
    colon: usize,
    /// The first `@` after it.
    at: Option<usize>,
    /// The first `:` between the two.
    password: Option<usize>,
    /// The first `:`, `;` and `?` after the first `@`, or after the scheme when there is none.
    port: Option<usize>,
    semicolon: Option<usize>,
    question: Option<usize>,
    has_second_at: bool,
    has_escapes: bool,
}

const FORBIDDEN: Rule = "must not contain spaces, controls, quotes or brackets";
const NO_SCHEME: Rule = "must begin with a scheme";
const ODD_SCHEME: Rule = "scheme must be a letter followed by letters, digits, '+', '-' or '.'";

/// One pass over the text, which notes what parts it.
fn marks(bytes: &[u8]) -> Result<Marks, Rule> {
    let colon = match bytes.iter().position(|byte| is_uri_mark(*byte)) {
        Some(at) if bytes[at] == b':' => at,
        Some(_) | None => return Err(why_no_scheme(bytes)),
    };
    let mut marks = Marks {
        colon,
        ..Marks::default()
    };
    for (at, byte) in bytes.iter().enumerate().skip(colon + 1) {
        if !is_uri_mark(*byte) {
            continue;
        }
        match byte {
            b':' => _ = marks.port.get_or_insert(at),
            b'@' if marks.at.is_some() => marks.has_second_at = true,
            b'@' => {
                marks.at = Some(at);
                // what came before belongs to the user part
                marks.password = marks.port.take();
                (marks.semicolon, marks.question) = (None, None);
            }
            b';' => _ = marks.semicolon.get_or_insert(at),
            b'?' => _ = marks.question.get_or_insert(at),
            b'%' => marks.has_escapes = true,
            _ => return Err(FORBIDDEN),
        }
    }
    Ok(marks)
}

/// Which rule a text breaks whose first mark is no colon.
fn why_no_scheme(bytes: &[u8]) -> Rule {
    let forbidden = |byte: &u8| is_uri_mark(*byte) && !b":;?@%".contains(byte);
    if bytes.iter().any(forbidden) {
        FORBIDDEN
    } else if bytes.contains(&b':') {
        ODD_SCHEME
    } else {
        NO_SCHEME
    }
}

pub(super) fn uri(text: &str) -> Result<Uri<'_>, Rule> {
    let bytes = text.as_bytes();
    let marks = marks(bytes)?;
    let colon = marks.colon;
    if marks.has_escapes {
        check_escapes(bytes)?;
    }
    match scheme_of(&text[..colon])? {
        scheme @ (Scheme::Sip | Scheme::Sips) => sip(text, scheme, &marks),
        Scheme::Tel => tel(text, &text[colon + 1..]),
        scheme @ Scheme::Other(_) => Ok(Uri {
            scheme,
            user: None,
            password: None,
            host: Host::Absent,
            port: None,
            params: Params::default(),
            headers: None,
            text,
        }),
    }
}

fn scheme_of(scheme: &str) -> Result<Scheme<'_>, Rule> {
    match scheme {
        "sip" => return Ok(Scheme::Sip),
        "sips" => return Ok(Scheme::Sips),
        "tel" => return Ok(Scheme::Tel),
        _ => {}
    }
    if scheme.eq_ignore_ascii_case("sip") {
        return Ok(Scheme::Sip);
    }
    if scheme.eq_ignore_ascii_case("sips") {
        return Ok(Scheme::Sips);
    }
    if scheme.eq_ignore_ascii_case("tel") {
        return Ok(Scheme::Tel);
    }
    let mut bytes = scheme.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if first && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        Ok(Scheme::Other(scheme))
    } else {
        Err(ODD_SCHEME)
    }
}

fn check_escapes(bytes: &[u8]) -> Result<(), Rule> {
    for at in memchr::memchr_iter(b'%', bytes) {
        let digits = bytes.get(at + 1..at + 3).unwrap_or_default();
        if digits.len() < 2 || digits.iter().any(|digit| hex(*digit).is_none()) {
            return Err("'%' must be followed by two hexadecimal digits");
        }
    }
    Ok(())
}

fn sip<'a>(text: &'a str, scheme: Scheme<'a>, marks: &Marks) -> Result<Uri<'a>, Rule> {
    let colon = marks.colon;
    let (user, password, begin) = match marks.at {
        Some(at) => {
            let user_end = marks.password.unwrap_or(at);
            if user_end == colon + 1 {
                return Err("the user part must not be empty");
            }
            let password = marks.password.map(|colon| &text[colon + 1..at]);
            (Some(&text[colon + 1..user_end]), password, at + 1)
        }
        None => (None, None, colon + 1),
    };
    if marks.has_second_at {
        return Err("a second '@' must be escaped");
    }
    let end = marks.question.unwrap_or(text.len());
    let host_end = marks.semicolon.filter(|at| *at < end).unwrap_or(end);
    let (host, port) = match marks.port.filter(|at| *at < host_end) {
        _ if text.as_bytes().get(begin) == Some(&b'[') => host_and_port(&text[begin..host_end])?,
        Some(colon) => (
            host(&text[begin..colon])?,
            Some(port(&text[colon + 1..host_end])?),
        ),
        None => (host(&text[begin..host_end])?, None),
    };
    Ok(Uri {
        scheme,
        user,
        password,
        host,
        port,
        params: Params::new(&text[host_end..end]),
        headers: marks.question.map(|at| &text[at + 1..]),
        text,
    })
}

fn tel<'a>(text: &'a str, rest: &'a str) -> Result<Uri<'a>, Rule> {
    let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
    let (number, params) = rest.split_at(end);
    let digits = number.strip_prefix('+').unwrap_or(number);
    let global = digits.len() < number.len();
    let allowed = |c: char| {
        is_visual_separator(c)
            || c.is_ascii_digit()
            || (!global && (c.is_ascii_hexdigit() || matches!(c, '*' | '#')))
    };
    if !digits.chars().all(allowed) || digits.chars().all(is_visual_separator) {
        return Err("a telephone number must be digits and visual separators");
    }
    Ok(Uri {
        scheme: Scheme::Tel,
        user: Some(number),
        password: None,
        host: Host::Absent,
        port: None,
        params: Params::new(params),
        headers: None,
        text,
    })
}

/// `host [":" port]`; an IPv6 address must be in brackets.
pub(crate) fn host_and_port(text: &str) -> Result<(Host<'_>, Option<u16>), Rule> {
    let bytes = text.as_bytes();
    let position = |sought| bytes.iter().position(|byte| *byte == sought);
    let host_end = if bytes.first() == Some(&b'[') {
        position(b']').ok_or("an IPv6 address must be closed by ']'")? + 1
    } else {
        position(b':').unwrap_or(bytes.len())
    };
    let host = host(&text[..host_end])?;
    match text[host_end..].strip_prefix(':') {
        Some(digits) => Ok((host, Some(port(digits)?))),
        None if host_end == text.len() => Ok((host, None)),
        None => Err("only a port may follow the host"),
    }
}

fn port(digits: &str) -> Result<u16, Rule> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("port must be a number");
    }
    digits.parse().map_err(|_| "port must be at most 65535")
}

pub(crate) fn host(text: &str) -> Result<Host<'_>, Rule> {
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner
            .strip_suffix(']')
            .ok_or("an IPv6 address must be closed by ']'")?;
        return v6(inner).map(Host::V6).ok_or("not an IPv6 address");
    }
    if text.is_empty() {
        return Err("the host must not be empty");
    }
    match host_class(text.as_bytes()) {
        HostClass::Numbers => {
            if let Some(address) = v4(text.as_bytes()) {
                return Ok(Host::V4(address));
            }
        }
        HostClass::Name => {}
        HostClass::Neither => {
            return Err("a host must be letters, digits, '-' and '.', an IPv6 address in brackets");
        }
    }
    Ok(Host::Name(text))
}

/// An IPv4 address: four numbers up to 255 without leading zeros, as the standard library reads
/// them, only quicker.
fn v4(text: &[u8]) -> Option<Ipv4Addr> {
    let (mut octets, mut at) = ([0_u8; 4], 0);
    for (number, octet) in octets.iter_mut().enumerate() {
        if number > 0 {
            if text.get(at) != Some(&b'.') {
                return None;
            }
            at += 1;
        }
        let begin = at;
        let mut value = 0_u16;
        while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            value = value * 10 + u16::from(digit - b'0');
            at += 1;
            if at - begin > 3 || (value < 10 && at - begin > 1) {
                return None;
            }
        }
        if at == begin {
            return None;
        }
        *octet = u8::try_from(value).ok()?;
    }
    (at == text.len()).then(|| Ipv4Addr::from(octets))
}

/// An IPv6 address. The three colons that an erroneous grammar once produced before an
/// embedded IPv4 address are read as two (RFC 5118 §4.10).
pub(crate) fn v6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok().or_else(|| {
        let at = text.find(":::")?;
        let tail = &text[at + 3..];
        tail.parse::<Ipv4Addr>().ok()?;
        let head = &text[..at];
        format!("{head}::{tail}").parse().ok()
    })
}
