//! Keys in descriptions (RFC 4568): the driver's own, and what it reads of the exchange's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use srtp::{MasterKey, Suite};

/// One `a=crypto`: a key, and by which line of the offer it stands.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) tag: u32,
    pub(crate) key: MasterKey,
}

impl Line {
    /// The line of a party of the driver. Its key follows from its port: it is no secret, and
    /// nothing but loopback is driven.
    pub(crate) fn own(suite: Suite, tag: u32, port: u16) -> Option<Line> {
        let [high, low] = port.to_be_bytes();
        let octets: Vec<u8> = (0_u8..)
            .map(|n| n.wrapping_mul(37) ^ if n.is_multiple_of(2) { high } else { low })
            .take(suite.master_bytes())
            .collect();
        let key = MasterKey::new(suite, &octets)?;
        Some(Line { tag, key })
    }

    /// The first line of a description that has this suite.
    pub(crate) fn read(body: &str, suite: Suite) -> Option<Line> {
        let lines = body
            .lines()
            .filter_map(|line| line.strip_prefix("a=crypto:"));
        lines.filter_map(|value| Line::parse(value, suite)).next()
    }

    fn parse(value: &str, suite: Suite) -> Option<Line> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?.parse().ok()?;
        let named = Suite::named(words.next()?)?;
        let text = words.next()?.strip_prefix("inline:")?.split('|').next()?;
        let octets = STANDARD.decode(text).ok()?;
        let key = MasterKey::new(suite, &octets).filter(|_| named == suite)?;
        Some(Line { tag, key })
    }

    /// The value as it stands in a description.
    pub(crate) fn text(&self) -> String {
        let (suite, key) = (self.key.suite().name(), self.key.key_and_salt());
        format!("{} {suite} inline:{}", self.tag, STANDARD.encode(key))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_is_read_back_by_the_suite_that_is_wanted() {
        let (gcm, cm) = (Suite::AesGcm128, Suite::AesCm128Sha1Tag80);
        let [first, second] = [(gcm, 1), (cm, 2)].map(|(s, tag)| Line::own(s, tag, 8_002).unwrap());
        let body = format!(
            "m=audio 8002 RTP/SAVP 0\r\na=crypto:{}\r\na=crypto:{}|2^31\r\n",
            first.text(),
            second.text()
        );
        let read = Line::read(&body, cm).unwrap();
        assert_eq!(read.tag, 2);
        assert_eq!(read.key.key_and_salt(), second.key.key_and_salt());
        assert!(Line::read(&body, Suite::AesGcm256).is_none());
    }

    #[test]
    fn parties_have_keys_of_their_own() {
        let key = |port| Line::own(Suite::AesGcm128, 1, port).unwrap().text();
        assert_ne!(key(8_002), key(8_004));
        assert_ne!(key(8_002), key(8_258));
    }
}
