//! Token packets: small, valid PCMU packets whose payload says whose voice they are.

use std::collections::BTreeMap;

/// Bytes of a token's payload.
pub const TOKEN_BYTES: usize = 40;
/// RTP header without extras (RFC 3550 §5.1).
const HEADER: usize = 12;

/// One packet of PCMU (payload type 0) whose payload begins with `canary` and is filled with
/// spaces; a canary longer than [`TOKEN_BYTES`] is cut.
#[must_use]
pub fn token(canary: &str, ssrc: u32, sequence: u16, timestamp: u32) -> Vec<u8> {
    let mut packet = Vec::with_capacity(HEADER + TOKEN_BYTES);
    packet.extend_from_slice(&[0x80, 0]);
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&timestamp.to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend(canary.bytes().take(TOKEN_BYTES));
    packet.resize(HEADER + TOKEN_BYTES, b' ');
    packet
}

/// The canary of a token packet, or of one of [`melody`]; `None` for any other packet.
#[must_use]
pub fn canary_of(packet: &[u8]) -> Option<&str> {
    if packet.len() < HEADER + TOKEN_BYTES || packet.first().is_none_or(|b| b >> 6 != 2) {
        return None;
    }
    canary_in(packet.get(HEADER..)?)
}

/// The canary in the payload of such a packet.
pub(crate) fn canary_in(payload: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(payload).ok()?;
    Some(text.trim_end()).filter(|text| text.starts_with("voice/"))
}

/// A recording of two packets of 20 ms, each of which says whose it is.
#[must_use]
pub fn melody(canary: &str) -> media::Prompt {
    let packet = format!("{canary:160}");
    let octets = packet.repeat(2).into_bytes();
    media::Prompt::encoded(octets.clone(), octets.clone(), octets)
}

/// What one line has heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Packets per canary.
    pub tokens: BTreeMap<String, u64>,
    /// Packets without a canary: music, tones.
    pub other: u64,
}

impl Heard {
    /// All packets.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.other + self.tokens.values().sum::<u64>()
    }

    pub(crate) fn note(&mut self, packet: &[u8]) {
        match canary_of(packet) {
            Some(canary) => *self.tokens.entry(canary.to_owned()).or_default() += 1,
            None => self.other += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_tells_its_canary_and_nothing_else_does() {
        let packet = token("voice/alpha/101/3", 7, 1, 160);
        assert_eq!(canary_of(&packet), Some("voice/alpha/101/3"));
        let music = melody("voice/alpha/waltz");
        let mut packet = vec![0x80; HEADER];
        packet.extend(&music.octets(media::Codec::Pcma).unwrap()[..160]);
        assert_eq!(canary_of(&packet), Some("voice/alpha/waltz"));
        assert_eq!(canary_of(&[0x80; 172]), None);
        assert_eq!(canary_of(b"INVITE sip:a@b SIP/2.0"), None);
    }
}
