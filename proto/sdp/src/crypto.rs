//! `a=crypto`: how a stream can be protected, and with which key (RFC 4568).

use std::fmt;

/// Longest list of session parameters that is read; a line with more is as good as none.
const MAX_PARAMETERS: usize = 8;

/// One `a=crypto` line (RFC 4568 section 4). Only lines are read that a stream can be protected by
/// as they stand: one key without a master key identifier, and no parameter that asks for more
/// than the suite says.
#[derive(Clone, PartialEq, Eq)]
pub struct Crypto {
    /// Which line of the offer it is; the answer has the tag of the line that it takes.
    pub tag: u32,
    /// The suite's name.
    pub suite: String,
    /// Master key and salt, in base64.
    pub inline: String,
}

impl Crypto {
    /// Reads the value of an `a=crypto`; nothing of one that breaks the rules, or that asks for
    /// what is not done here: several keys, master key identifiers, unencrypted or unauthenticated
    /// streams, key derivation rates, forward error correction (RFC 4568 section 6.3).
    #[must_use]
    pub fn parse(value: &str) -> Option<Crypto> {
        let mut words = value.split_ascii_whitespace();
        let (tag, suite, keys) = (words.next()?, words.next()?, words.next()?);
        // at most nine digits (RFC 4568 section 9.1)
        let digits = tag.len() <= 9 && tag.bytes().all(|b| b.is_ascii_digit());
        let tag = tag.parse().ok().filter(|_| digits)?;
        let mut count = 0;
        for parameter in words {
            count += 1;
            if count > MAX_PARAMETERS || !may_be_ignored(parameter) {
                return None;
            }
        }
        let (method, info) = keys.split_once(':')?;
        let mut parts = info.split('|');
        let inline = parts.next().filter(|key| !key.is_empty())?;
        let plain = method.eq_ignore_ascii_case("inline") && !info.contains(';');
        // behind the key a lifetime may stand; a colon is the sign of a master key identifier
        let lifetime = parts.next();
        let marked = lifetime.is_some_and(|text| text.contains(':')) || parts.next().is_some();
        (plain && !marked).then(|| Crypto {
            tag,
            suite: suite.to_owned(),
            inline: inline.to_owned(),
        })
    }
}

/// A hint on the window of replays, and whatever is marked as optional with a hyphen.
fn may_be_ignored(parameter: &str) -> bool {
    parameter.starts_with("WSH=") || parameter.starts_with('-')
}

impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} inline:{}", self.tag, self.suite, self.inline)
    }
}

/// Keys are never printed by accident.
impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} hidden)", self.tag, self.suite)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

    // rfc: 4568 §9.1
    #[test]
    fn a_line_is_read_and_written_as_it_was() {
        let text = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
        let crypto = Crypto::parse(&text).unwrap();
        assert_eq!((crypto.tag, &*crypto.inline), (1, KEY));
        assert_eq!(crypto.to_string(), text);
        assert!(!format!("{crypto:?}").contains(KEY));
    }

    #[test]
    fn a_lifetime_and_hints_are_passed_over() {
        let text = format!("2 AEAD_AES_128_GCM INLINE:{KEY}|2^31 WSH=64 -X=1");
        assert_eq!(Crypto::parse(&text).unwrap().inline, KEY);
    }

    #[test]
    fn what_asks_for_more_than_is_done_is_none() {
        for rest in [
            format!("inline:{KEY}|2^20|1:4"),
            format!("inline:{KEY}|1:4"),
            format!("inline:{KEY};inline:{KEY}"),
            format!("inline:{KEY} UNENCRYPTED_SRTP"),
            format!("inline:{KEY} UNENCRYPTED_SRTCP"),
            format!("inline:{KEY} UNAUTHENTICATED_SRTP"),
            format!("inline:{KEY} KDR=1"),
            format!("inline:{KEY} FEC_ORDER=FEC_SRTP"),
            format!("uri:{KEY}"),
            "inline:".to_owned(),
            String::new(),
        ] {
            let text = format!("1 AES_CM_128_HMAC_SHA1_80 {rest}");
            assert_eq!(Crypto::parse(&text), None, "{text}");
        }
        for tag in ["x", "-1", "1234567890", ""] {
            let text = format!("{tag} AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
            assert_eq!(Crypto::parse(&text), None, "{text}");
        }
    }
}
