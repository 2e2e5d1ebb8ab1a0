//! Version 1: a line for people (§2.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str;

use crate::{Header, Introduction, Refusal};

/// What the line begins with.
pub(crate) const SIGNATURE: &[u8] = b"PROXY ";

/// Octets of the longest line with its end.
const LINE_MAX: usize = 107;

/// Reads a line that begins with the signature.
pub(crate) fn read(octets: &[u8]) -> Header {
    let within = octets.get(..LINE_MAX).unwrap_or(octets);
    let Some(end) = within.windows(2).position(|pair| pair == b"\r\n") else {
        return if within.len() == LINE_MAX {
            Header::Refused(Refusal::TooLong)
        } else {
            Header::Partial
        };
    };
    let said = within.get(SIGNATURE.len()..end);
    match said.ok_or(Refusal::Signature).and_then(introduction) {
        Ok(introduction) => Header::Whole(introduction, end + 2),
        Err(why) => Header::Refused(why),
    }
}

/// `TCP4 FROM TO PORT PORT`, `TCP6 …`, or `UNKNOWN` with whatever follows.
fn introduction(said: &[u8]) -> Result<Introduction, Refusal> {
    let said = str::from_utf8(said).map_err(|_| Refusal::Address)?;
    let words: Vec<&str> = said.split(' ').collect();
    let parse: fn(&str) -> Option<IpAddr> = match words.first() {
        Some(&"TCP4") => |word| word.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        Some(&"TCP6") => |word| word.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        Some(&"UNKNOWN") => return Ok(Introduction::Own),
        Some(_) | None => return Err(Refusal::Transport),
    };
    let [_, from, to, from_port, to_port] = words[..] else {
        return Err(Refusal::Address);
    };
    let address = |ip, port| Some(SocketAddr::new(parse(ip)?, number(port)?));
    let from = address(from, from_port).ok_or(Refusal::Address)?;
    let to = address(to, to_port).ok_or(Refusal::Address)?;
    Ok(Introduction::Of { from, to })
}

/// A port in digits alone, without a sign or a zero before them.
fn number(word: &str) -> Option<u16> {
    let plain = word.bytes().all(|octet| octet.is_ascii_digit());
    let short = word == "0" || !word.starts_with('0');
    (plain && short).then(|| word.parse().ok()).flatten()
}
