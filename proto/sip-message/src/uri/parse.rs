//! Reading URIs: one pass over the text, no allocation.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Host, Scheme, Uri, hex, is_visual_separator};
use crate::text::{Params, is_host_byte};

type Rule = &'static str;

pub(super) fn uri(text: &str) -> Result<Uri<'_>, Rule> {
    let bytes = text.as_bytes();
    if bytes
        .iter()
        .any(|byte| matches!(byte, 0..=0x20 | 0x7f | b'<' | b'>' | b'"'))
    {
        return Err("must not contain spaces, controls, quotes or brackets");
    }
    let Some(colon) = memchr::memchr(b':', bytes) else {
        return Err("must begin with a scheme");
    };
    let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
    check_escapes(bytes)?;
    match scheme_of(scheme)? {
        scheme @ (Scheme::Sip | Scheme::Sips) => sip(text, scheme, rest),
        Scheme::Tel => tel(text, rest),
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
        Err("scheme must be a letter followed by letters, digits, '+', '-' or '.'")
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

fn sip<'a>(text: &'a str, scheme: Scheme<'a>, rest: &'a str) -> Result<Uri<'a>, Rule> {
    let (user, password, rest) = match memchr::memchr(b'@', rest.as_bytes()) {
        Some(at) => {
            let (user, password) = userinfo(&rest[..at])?;
            (Some(user), password, &rest[at + 1..])
        }
        None => (None, None, rest),
    };
    if memchr::memchr(b'@', rest.as_bytes()).is_some() {
        return Err("a second '@' must be escaped");
    }
    let (rest, headers) = match memchr::memchr(b'?', rest.as_bytes()) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
    let (host_port, params) = rest.split_at(end);
    let (host, port) = host_and_port(host_port)?;
    Ok(Uri {
        scheme,
        user,
        password,
        host,
        port,
        params: Params::new(params),
        headers,
        text,
    })
}

fn userinfo(text: &str) -> Result<(&str, Option<&str>), Rule> {
    let (user, password) = match memchr::memchr(b':', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    if user.is_empty() {
        return Err("the user part must not be empty");
    }
    Ok((user, password))
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
    let host_end = if bytes.first() == Some(&b'[') {
        memchr::memchr(b']', bytes).ok_or("an IPv6 address must be closed by ']'")? + 1
    } else {
        memchr::memchr(b':', bytes).unwrap_or(bytes.len())
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
    let bytes = text.as_bytes();
    let Some(last) = bytes.last() else {
        return Err("the host must not be empty");
    };
    if !bytes.iter().all(|byte| is_host_byte(*byte)) {
        return Err("a host must be letters, digits, '-' and '.', an IPv6 address in brackets");
    }
    if last.is_ascii_digit()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && let Ok(address) = text.parse::<Ipv4Addr>()
    {
        return Ok(Host::V4(address));
    }
    Ok(Host::Name(text))
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
