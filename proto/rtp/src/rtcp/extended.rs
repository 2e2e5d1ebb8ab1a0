//! Extended reports (RFC 3611): how a stream sounded where it was heard, and the round trip of
//! those who send nothing.

use super::{kind, word};

/// Octets of a block of VoIP metrics, its head included (RFC 3611 section 4.7).
const VOIP_BYTES: usize = 36;

/// Octets of a receiver reference time, its head included (RFC 3611 section 4.4).
const REFERENCE_BYTES: usize = 12;

/// Octets of an answer to such a time, the block's head included (RFC 3611 section 4.5).
const ANSWER_BYTES: usize = 16;

/// Octets of a packet before its blocks: head and source.
const HEAD_BYTES: usize = 8;

/// Octets of the longest extended report of our own.
pub(super) const OWN_EXTENDED_BYTES: usize =
    HEAD_BYTES + REFERENCE_BYTES + ANSWER_BYTES + VOIP_BYTES;

/// What stands for a number that is not known (RFC 3611 sections 4.7.4 and 4.7.5).
const UNKNOWN: u8 = 127;

/// Block types.
mod block {
    pub(super) const REFERENCE: u8 = 4;
    pub(super) const ANSWERS: u8 = 5;
    pub(super) const VOIP: u8 = 7;
}

/// How a stream sounded where it was heard (RFC 3611 section 4.7): all shares since its reception
/// began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoipMetrics {
    /// The source it is about.
    pub ssrc: u32,
    /// Share of packets that were lost, in 1/256.
    pub loss: u8,
    /// Share of packets that came and were thrown away, too late or too early, in 1/256.
    pub discard: u8,
    /// Losses where they came in bursts, and where they did not.
    pub course: Course,
    /// Milliseconds to the other end and back; 0 where that is not known.
    pub round_trip_ms: u16,
    /// Milliseconds within the reporting end: coding, decoding, jitter buffer; 0 where that is not
    /// known.
    pub end_system_ms: u16,
    /// How loud it was.
    pub levels: Levels,
    /// How good it is thought to have been.
    pub scores: Scores,
    /// Receiver configuration: concealment and kind of jitter buffer, as the octet says; 0 where
    /// nothing is said.
    pub configuration: u8,
    /// Milliseconds of the jitter buffer: nominal, maximal, and the most it can be.
    pub buffer_ms: [u16; 3],
}

/// Bursts of loss and the gaps between them (RFC 3611 section 4.7.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Share of packets lost or thrown away within bursts, in 1/256.
    pub burst_density: u8,
    /// The same within gaps.
    pub gap_density: u8,
    /// Mean length of a burst, milliseconds.
    pub burst_ms: u16,
    /// Mean length of a gap, milliseconds.
    pub gap_ms: u16,
    /// So many packets in a row that came end a burst.
    pub gap_least: u8,
}

/// How loud it was (RFC 3611 section 4.7.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Of speech, dBm0.
    pub signal: Option<i8>,
    /// Of what is heard while nobody speaks, dBm0.
    pub noise: Option<i8>,
    /// By how much what is said is weaker when it comes back, dB.
    pub echo_return_loss: Option<u8>,
}

/// How good it is thought to have been (RFC 3611 section 4.7.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// Rating R of the E-model, 0 to 100.
    pub rating: Option<u8>,
    /// The same of another network that the call passes behind the reporting end.
    pub outer_rating: Option<u8>,
    /// Mean opinion score of listening, times 10: 10 to 50.
    pub listening_x10: Option<u8>,
    /// The same of a conversation, with its delay.
    pub conversation_x10: Option<u8>,
}

impl VoipMetrics {
    /// Reads the block; `None` when there are fewer octets than it has.
    fn parse(bytes: &[u8]) -> Option<VoipMetrics> {
        let block = bytes.first_chunk::<VOIP_BYTES>()?;
        let half = |at: usize| {
            let octets = block.get(at..).and_then(|rest| rest.first_chunk::<2>());
            octets.map_or(0, |octets| u16::from_be_bytes(*octets))
        };
        let known = |octet: u8| Some(octet).filter(|octet| *octet != UNKNOWN);
        let level = |octet: u8| known(octet).map(u8::cast_signed);
        let score = |octet: u8| known(octet).filter(|octet| (10..=50).contains(octet));
        let rating = |octet: u8| known(octet).filter(|octet| *octet <= 100);
        Some(VoipMetrics {
            ssrc: word(block, 4)?,
            loss: block[8],
            discard: block[9],
            course: Course {
                burst_density: block[10],
                gap_density: block[11],
                burst_ms: half(12),
                gap_ms: half(14),
                gap_least: block[23],
            },
            round_trip_ms: half(16),
            end_system_ms: half(18),
            levels: Levels {
                signal: level(block[20]),
                noise: level(block[21]),
                echo_return_loss: known(block[22]),
            },
            scores: Scores {
                rating: rating(block[24]),
                outer_rating: rating(block[25]),
                listening_x10: score(block[26]),
                conversation_x10: score(block[27]),
            },
            configuration: block[28],
            buffer_ms: [half(30), half(32), half(34)],
        })
    }

    fn to_bytes(self) -> [u8; VOIP_BYTES] {
        let mut bytes = [0; VOIP_BYTES];
        let Course {
            burst_density,
            gap_density,
            burst_ms,
            gap_ms,
            gap_least,
        } = self.course;
        let or_unknown = |octet: Option<u8>| octet.unwrap_or(UNKNOWN);
        let level = |level: Option<i8>| level.map_or(UNKNOWN, i8::cast_unsigned);
        let levels = [
            level(self.levels.signal),
            level(self.levels.noise),
            or_unknown(self.levels.echo_return_loss),
            gap_least,
        ];
        let scores = [
            or_unknown(self.scores.rating),
            or_unknown(self.scores.outer_rating),
            or_unknown(self.scores.listening_x10),
            or_unknown(self.scores.conversation_x10),
        ];
        bytes[0..4].copy_from_slice(&[block::VOIP, 0, 0, 8]);
        bytes[4..8].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes[8..12].copy_from_slice(&[self.loss, self.discard, burst_density, gap_density]);
        bytes[12..14].copy_from_slice(&burst_ms.to_be_bytes());
        bytes[14..16].copy_from_slice(&gap_ms.to_be_bytes());
        bytes[16..18].copy_from_slice(&self.round_trip_ms.to_be_bytes());
        bytes[18..20].copy_from_slice(&self.end_system_ms.to_be_bytes());
        bytes[20..24].copy_from_slice(&levels);
        bytes[24..28].copy_from_slice(&scores);
        bytes[28] = self.configuration;
        for (place, ms) in bytes[30..].chunks_exact_mut(2).zip(self.buffer_ms) {
            place.copy_from_slice(&ms.to_be_bytes());
        }
        bytes
    }
}

/// An answer to a receiver reference time (RFC 3611 section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceAnswer {
    /// Whose time is answered.
    pub ssrc: u32,
    /// The middle 32 bits of that time; 0 for none.
    pub last: u32,
    /// Since it came, in 1/65536 s.
    pub delay_since: u32,
}

/// One block of an extended report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedBlock<'a> {
    /// The time at which somebody who may send no stream reports: 32 bits of seconds and 32 of
    /// fractions.
    Reference(u64),
    /// Answers to such times.
    Answers(ReferenceAnswers<'a>),
    /// How a stream sounded.
    Voip(VoipMetrics),
    /// Any other, by its type.
    Other(u8),
}

/// The answers of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceAnswers<'a>(&'a [u8]);

impl Iterator for ReferenceAnswers<'_> {
    type Item = ReferenceAnswer;

    fn next(&mut self) -> Option<ReferenceAnswer> {
        let answer = ReferenceAnswer {
            ssrc: word(self.0, 0)?,
            last: word(self.0, 4)?,
            delay_since: word(self.0, 8)?,
        };
        self.0 = self.0.get(12..).unwrap_or_default();
        Some(answer)
    }
}

/// The blocks of an extended report. The first that is longer than what is left ends them, and one
/// of a known type that is too short is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedBlocks<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for ExtendedBlocks<'a> {
    type Item = ExtendedBlock<'a>;

    fn next(&mut self) -> Option<ExtendedBlock<'a>> {
        let head = self.0.first_chunk::<4>()?;
        let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (block, behind) = self.0.split_at_checked(4 * (words + 1))?;
        self.0 = behind;
        let known = match head[0] {
            block::REFERENCE => reference(block).map(ExtendedBlock::Reference),
            block::ANSWERS => block
                .get(4..)
                .map(|answers| ExtendedBlock::Answers(ReferenceAnswers(answers))),
            block::VOIP => VoipMetrics::parse(block).map(ExtendedBlock::Voip),
            _ => None,
        };
        Some(known.unwrap_or(ExtendedBlock::Other(head[0])))
    }
}

fn reference(block: &[u8]) -> Option<u64> {
    Some(u64::from(word(block, 4)?) << 32 | u64::from(word(block, 8)?))
}

/// What an extended report of ours says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnExtended {
    /// This moment, where it is to be answered: 32 bits of seconds and 32 of fractions.
    pub reference: Option<u64>,
    /// The answer to the peer's latest such moment.
    pub answer: Option<ReferenceAnswer>,
    /// How the peer's stream sounded.
    pub voip: Option<VoipMetrics>,
}

impl OwnExtended {
    /// Gives its octets piece by piece; none where it says nothing.
    pub(super) fn write(&self, ssrc: u32, put: &mut impl FnMut(&[u8])) {
        let words = 3 * u8::from(self.reference.is_some())
            + 4 * u8::from(self.answer.is_some())
            + 9 * u8::from(self.voip.is_some());
        if words == 0 {
            return;
        }
        put(&[0x80, kind::EXTENDED_REPORT, 0, words + 1]);
        put(&ssrc.to_be_bytes());
        if let Some(reference) = self.reference {
            put(&[block::REFERENCE, 0, 0, 2]);
            put(&reference.to_be_bytes());
        }
        if let Some(answer) = self.answer {
            put(&[block::ANSWERS, 0, 0, 3]);
            for word in [answer.ssrc, answer.last, answer.delay_since] {
                put(&word.to_be_bytes());
            }
        }
        if let Some(voip) = self.voip {
            put(&voip.to_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
