//! URI: `sip`, `sips` (RFC 3261 §19.1), `tel` (RFC 3966) and any other scheme kept as text.

mod equivalence;
pub(crate) mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::problem::Problem;
use crate::text::Params;

/// The scheme of a URI, compared without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme<'a> {
    /// `sip`
    Sip,
    /// `sips`
    Sips,
    /// `tel`
    Tel,
    /// Any other, as written.
    Other(&'a str),
}

impl<'a> Scheme<'a> {
    /// The scheme in its canonical spelling.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Display for Scheme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The host of a URI or Via.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host<'a> {
    /// A domain name, as written. Compare without regard to case: [`Host::matches`].
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, in brackets on the wire.
    V6(Ipv6Addr),
    /// None: `tel` and unknown schemes have no host.
    Absent,
}

impl<'a> Host<'a> {
    /// Reads a host: a name, an IPv4 address or an IPv6 address in brackets.
    ///
    /// # Errors
    /// A host that is none of these (RFC 3261 §25.1 `host`).
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        parse::host(text).map_err(|rule| Problem::bad("host", rule))
    }

    /// The address, if the host is one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
            Self::Name(_) | Self::Absent => None,
        }
    }

    /// Whether both name the same host by text or address; no DNS is asked.
    #[must_use]
    pub fn matches(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Self::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
            (Self::V4(a), Host::V4(b)) => a == b,
            (Self::V6(a), Host::V6(b)) => a == b,
            (Self::Absent, Host::Absent) => true,
            (Self::Name(_) | Self::V4(_) | Self::V6(_) | Self::Absent, _) => false,
        }
    }
}

impl From<IpAddr> for Host<'_> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
            Self::Absent => Ok(()),
        }
    }
}

/// A view of a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uri<'a> {
    /// The scheme.
    pub scheme: Scheme<'a>,
    /// The user part with its escapes; for `tel` the number as written; for other schemes none.
    pub user: Option<&'a str>,
    /// The password with its escapes (deprecated by RFC 3261 §19.1.1, yet parsed).
    pub password: Option<&'a str>,
    /// The host.
    pub host: Host<'a>,
    /// The port as written.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
    /// The headers after `?`, undecoded, without the question mark.
    pub headers: Option<&'a str>,
    text: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI. A scheme we do not know is no error here: it is kept as text, and
    /// [`Uri::check_scheme`] tells.
    ///
    /// # Errors
    /// Text that is not a URI of its scheme's grammar: 400, field `URI`.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        parse::uri(text).map_err(|rule| Problem::bad("URI", rule))
    }

    /// The whole URI as written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// What follows the scheme and its colon, as written.
    #[must_use]
    pub fn opaque(&self) -> &'a str {
        self.text.split_once(':').map_or("", |(_, rest)| rest)
    }

    /// The user part with its escapes decoded (RFC 3261 §19.1.2); bytes that are no UTF-8
    /// become the replacement character.
    #[must_use]
    pub fn user_decoded(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }

    /// A parameter's value with its escapes; the empty text for a flag. The name may be escaped
    /// in the URI (RFC 4475 §3.1.1.3) and is compared without regard to case.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params
            .iter()
            .find(|(found, _)| unescape(found).eq_ignore_ascii_case(name))
            .map(|(_, value)| value.unwrap_or_default())
    }

    /// A parameter's value with its escapes decoded.
    #[must_use]
    pub fn param_decoded(&self, name: &str) -> Option<Cow<'a, str>> {
        self.param(name).map(unescape)
    }

    /// Whether the URI asks for loose routing (RFC 3261 §16.12, `lr`).
    #[must_use]
    pub fn is_loose(&self) -> bool {
        self.param("lr").is_some()
    }

    /// `maddr`, which overrides the host as the place to send to.
    #[must_use]
    pub fn maddr(&self) -> Option<&'a str> {
        self.param("maddr")
    }

    /// The `transport` parameter as written.
    #[must_use]
    pub fn transport(&self) -> Option<&'a str> {
        self.param("transport")
    }

    /// The port, or the default of the scheme (5060, for `sips` 5061; RFC 3261 §19.1.2).
    #[must_use]
    pub fn port_or_default(&self) -> u16 {
        let default = match self.scheme {
            Scheme::Sips => 5061,
            Scheme::Sip | Scheme::Tel | Scheme::Other(_) => 5060,
        };
        self.port.unwrap_or(default)
    }

    /// Equivalence by RFC 3261 §19.1.4 for SIP, RFC 3966 §4 for `tel`; other schemes compare
    /// as text.
    #[must_use]
    pub fn equivalent(&self, other: &Uri<'_>) -> bool {
        equivalence::equivalent(self, other)
    }

    /// The number of a `tel` URI without visual separators, its `+` kept (RFC 3966 §3).
    #[must_use]
    pub fn tel_number(&self) -> Option<String> {
        if self.scheme != Scheme::Tel {
            return None;
        }
        self.user.map(|number| {
            number
                .chars()
                .filter(|c| !is_visual_separator(*c))
                .collect()
        })
    }

    /// The `phone-context` of a local `tel` number.
    #[must_use]
    pub fn phone_context(&self) -> Option<&'a str> {
        self.param("phone-context")
    }

    /// Whether it asks for help, by the service URN for it (RFC 5031 §4.2).
    #[must_use]
    pub fn is_sos(&self) -> bool {
        const SOS: &str = "urn:service:sos";
        let head = self.text.get(..SOS.len()).zip(self.text.get(SOS.len()..));
        head.is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(SOS) && (rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether the scheme is one that can be routed here: `sip`, `sips` or `tel`, or the URI asks
    /// for help.
    ///
    /// # Errors
    /// 416 for any other (RFC 3261 §8.2.2.1).
    pub fn check_scheme(&self) -> Result<(), Problem> {
        match self.scheme {
            Scheme::Sip | Scheme::Sips | Scheme::Tel => Ok(()),
            Scheme::Other(_) if self.is_sos() => Ok(()),
            Scheme::Other(_) => Err(Problem::new(
                416,
                "Request-URI",
                "scheme must be sip, sips or tel",
            )),
        }
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

pub(crate) const fn is_visual_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')')
}

/// Decodes `%HH` escapes; bytes that are no UTF-8 become the replacement character.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = unescaped_bytes(text);
    Cow::Owned(match String::from_utf8(bytes) {
        Ok(plain) => plain,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

pub(crate) fn unescaped_bytes(text: &str) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, beyond @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    plain.push(high * 16 + low);
                    rest = beyond;
                }
                (None, _) | (_, None) => plain.push(b'%'),
            },
            (byte, _) => plain.push(*byte),
        }
    }
    plain
}

/// Escapes what may not stand in the user part of a SIP URI (RFC 3261 §25.1 `user`).
#[must_use]
pub fn escape_user(text: &str) -> Cow<'_, str> {
    escape(text, b"-_.!~*'()&=+$,;?/")
}

/// Escapes what may not stand in the value of a SIP URI's parameter (RFC 3261 §25.1 `pvalue`).
#[must_use]
pub fn escape_param(text: &str) -> Cow<'_, str> {
    escape(text, b"-_.!~*'()[]/:&+$")
}

fn escape<'a>(text: &'a str, marks: &[u8]) -> Cow<'a, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || marks.contains(&byte);
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if plain(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                escaped.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    Cow::Owned(escaped)
}

pub(crate) const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
