//! What a leg negotiated: payload numbers and the codecs behind them, in fixed size.

use serde::{Deserialize, Serialize};

/// Payload type of comfort noise (RFC 3389); passes whenever a leg may send at all.
pub const COMFORT_NOISE: u8 = 13;

/// Formats one leg keeps at most; later ones are left out (and their packets refused).
pub const FORMATS: usize = 16;

/// A set of RTP payload types (0 to 127).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct PayloadSet(u128);

impl PayloadSet {
    /// The set of none.
    pub const NONE: PayloadSet = PayloadSet(0);

    /// Adds a payload type; numbers above 127 are not payload types and change nothing.
    pub fn insert(&mut self, payload: u8) {
        if payload < 128 {
            self.0 |= 1 << payload;
        }
    }

    /// Whether the payload type is in the set.
    #[must_use]
    pub fn contains(self, payload: u8) -> bool {
        payload < 128 && self.0 & (1 << payload) != 0
    }
}

impl FromIterator<u8> for PayloadSet {
    fn from_iter<I: IntoIterator<Item = u8>>(payloads: I) -> PayloadSet {
        let mut set = PayloadSet::NONE;
        for payload in payloads {
            set.insert(payload);
        }
        set
    }
}

/// The codec behind a payload number, as far as the road has to know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Codec {
    /// G.711 mu-law (RFC 3551 §4.5.14).
    Pcmu,
    /// G.711 A-law (RFC 3551 §4.5.14).
    Pcma,
    /// G.722 at 64 kbit/s; its RTP clock is 8000 (RFC 3551 §4.5.2).
    G722,
    /// Opus (RFC 7587), whose RTP clock is 48000 at every sampling rate.
    Opus,
    /// Telephone events (RFC 4733).
    Event,
    /// Comfort noise (RFC 3389).
    Comfort,
    /// Any other: a hash of encoding name (without case) and number of sound tracks.
    Other(u64),
}

impl Codec {
    /// From the names of `a=rtpmap` (RFC 8866 §6.6): encoding name and encoding parameter (1
    /// unless given).
    #[must_use]
    pub fn named(name: &str, tracks: u8) -> Codec {
        let known = [
            ("PCMU", Codec::Pcmu),
            ("PCMA", Codec::Pcma),
            ("G722", Codec::G722),
            ("opus", Codec::Opus),
            ("telephone-event", Codec::Event),
            ("CN", Codec::Comfort),
        ];
        for (spelling, codec) in known {
            if name.eq_ignore_ascii_case(spelling) {
                return codec;
            }
        }
        // FNV-1a: a name for comparing, not a defence against anybody.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in name
            .bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .chain([b'/', tracks])
        {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        Codec::Other(hash)
    }
}

/// One negotiated payload type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Format {
    /// The number in the packets (0 to 127).
    pub payload: u8,
    /// What it stands for.
    pub codec: Codec,
    /// Clock rate of its timestamps, hertz.
    pub clock: u32,
}

impl Format {
    /// Whether it is sound that is decoded and encoded here.
    #[must_use]
    pub fn is_spoken(self) -> bool {
        match self.codec {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => self.clock == audio::Codec::RTP_CLOCK,
            Codec::Opus => self.clock == opus::RTP_CLOCK,
            Codec::Event | Codec::Comfort | Codec::Other(_) => false,
        }
    }
}

/// The formats of one leg in the order of its description, at most [`FORMATS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Formats {
    list: [Option<Format>; FORMATS],
}

impl Formats {
    /// The formats in their order.
    pub fn iter(&self) -> impl Iterator<Item = Format> + '_ {
        self.list.iter().flatten().copied()
    }

    /// Whether nothing was negotiated yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list[0].is_none()
    }

    /// The format of a payload number.
    #[must_use]
    pub fn of(&self, payload: u8) -> Option<Format> {
        self.iter().find(|format| format.payload == payload)
    }

    /// The formats of these payload numbers.
    #[must_use]
    pub fn among(&self, payloads: PayloadSet) -> Formats {
        self.iter()
            .filter(|format| payloads.contains(format.payload))
            .collect()
    }

    /// All payload numbers, with comfort noise when anything is negotiated.
    #[must_use]
    pub fn payloads(&self) -> PayloadSet {
        let mut set: PayloadSet = self.iter().map(|format| format.payload).collect();
        if !self.is_empty() {
            set.insert(COMFORT_NOISE);
        }
        set
    }
}

impl FromIterator<Format> for Formats {
    fn from_iter<I: IntoIterator<Item = Format>>(formats: I) -> Formats {
        let mut list = [None; FORMATS];
        let valid = formats.into_iter().filter(|format| format.payload < 128);
        for (place, format) in list.iter_mut().zip(valid) {
            *place = Some(format);
        }
        Formats { list }
    }
}

/// No number on the other side.
const NONE: u8 = 0xFF;

/// How payload numbers of one leg are spelled on the other leg of its bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PayloadMap([u8; 128]);

impl PayloadMap {
    /// Every number stays as it is.
    pub(crate) fn same() -> PayloadMap {
        let mut map = [NONE; 128];
        for (number, entry) in (0..=127).zip(map.iter_mut()) {
            *entry = number;
        }
        PayloadMap(map)
    }

    /// The map from packets of `from` to packets for `to`. The same codec may be listed several
    /// times (with other parameters): the same number is preferred, else the n-th of one side is
    /// the n-th of the other. A side that is not described yet takes everything as it is.
    pub(crate) fn between(from: &Formats, to: &Formats) -> PayloadMap {
        if from.is_empty() || to.is_empty() {
            return PayloadMap::same();
        }
        let mut map = [NONE; 128];
        map[usize::from(COMFORT_NOISE)] = COMFORT_NOISE;
        for (position, format) in from.iter().enumerate() {
            let alike = |other: &Format| other.codec == format.codec && other.clock == format.clock;
            let number = match to.of(format.payload) {
                Some(same) if alike(&same) => Some(same.payload),
                Some(_) | None => {
                    let earlier = from.iter().take(position).filter(alike).count();
                    to.iter()
                        .filter(alike)
                        .nth(earlier)
                        .map(|other| other.payload)
                }
            };
            map[usize::from(format.payload)] = number.unwrap_or(NONE);
        }
        PayloadMap(map)
    }

    /// The number to write, or `None` when the other side did not negotiate the codec.
    pub(crate) fn get(&self, payload: u8) -> Option<u8> {
        self.0
            .get(usize::from(payload))
            .copied()
            .filter(|number| *number != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(payload: u8, name: &str, clock: u32) -> Format {
        Format {
            payload,
            codec: Codec::named(name, 1),
            clock,
        }
    }

    #[test]
    fn the_same_codec_is_found_under_its_other_number() {
        let a: Formats = [
            format(0, "PCMU", 8000),
            format(111, "opus", 48_000),
            format(101, "telephone-event", 8000),
            format(110, "telephone-event", 48_000),
        ]
        .into_iter()
        .collect();
        let b: Formats = [
            format(107, "OPUS", 48_000),
            format(0, "pcmu", 8000),
            format(96, "telephone-event", 8000),
            format(97, "telephone-event", 48_000),
        ]
        .into_iter()
        .collect();
        let there = PayloadMap::between(&a, &b);
        assert_eq!(
            [0, 111, 101, 110].map(|n| there.get(n)),
            [0, 107, 96, 97].map(Some)
        );
        let back = PayloadMap::between(&b, &a);
        assert_eq!(
            [0, 107, 96, 97].map(|n| back.get(n)),
            [0, 111, 101, 110].map(Some)
        );
        assert_eq!(there.get(COMFORT_NOISE), Some(COMFORT_NOISE));
        assert_eq!(there.get(96), None);
    }

    #[test]
    fn repeated_codecs_keep_their_order_unless_a_number_agrees() {
        let twice = |first, second| -> Formats {
            [format(first, "AMR", 8000), format(second, "AMR", 8000)]
                .into_iter()
                .collect()
        };
        let map = PayloadMap::between(&twice(96, 97), &twice(100, 101));
        assert_eq!((map.get(96), map.get(97)), (Some(100), Some(101)));
        let map = PayloadMap::between(&twice(96, 97), &twice(97, 96));
        assert_eq!((map.get(96), map.get(97)), (Some(96), Some(97)));
    }

    #[test]
    fn a_codec_of_one_side_only_has_no_number_on_the_other() {
        let a: Formats = [format(8, "PCMA", 8000), format(18, "G729", 8000)]
            .into_iter()
            .collect();
        let b: Formats = [format(8, "PCMA", 8000)].into_iter().collect();
        assert_eq!(PayloadMap::between(&a, &b).get(18), None);
        assert_eq!(
            PayloadMap::between(&a, &Formats::default()).get(18),
            Some(18)
        );
    }

    #[test]
    fn more_formats_than_the_bound_are_left_out() {
        let many: Formats = (96..=127).map(|n| format(n, "x", 8000)).collect();
        assert_eq!(many.iter().count(), FORMATS);
        assert!(!many.payloads().contains(96 + 16) && many.payloads().contains(96 + 15));
        let wrong: Formats = [format(200, "x", 8000)].into_iter().collect();
        assert!(wrong.is_empty());
    }
}
