//! RTCP (RFC 3550 section 6): reading compound packets, extended reports (RFC 3611) among them,
//! writing reports of our own, and what is meant for the other side of a stream whose numbers
//! [`Continuity`](crate::Continuity) changed.

mod extended;
mod loss;
mod own;
mod rewrite;

pub use extended::{
    Course, ExtendedBlock, ExtendedBlocks, Levels, OwnExtended, ReferenceAnswer, ReferenceAnswers,
    Scores, VoipMetrics,
};
pub use loss::{PICTURE_LOSS_BYTES, feedback_source, picture_loss};
pub use own::{CanonicalName, GOODBYE_BYTES, OWN_REPORT_BYTES, OwnReport, write_goodbye};
pub use rewrite::{Map, keep_feedback};

/// Packet types.
pub mod kind {
    /// Sender report.
    pub const SENDER_REPORT: u8 = 200;
    /// Receiver report.
    pub const RECEIVER_REPORT: u8 = 201;
    /// Source description.
    pub const SOURCE_DESCRIPTION: u8 = 202;
    /// Goodbye.
    pub const BYE: u8 = 203;
    /// Application-defined.
    pub const APPLICATION: u8 = 204;
    /// Transport feedback (RFC 4585).
    pub const TRANSPORT_FEEDBACK: u8 = 205;
    /// Payload feedback (RFC 4585).
    pub const PAYLOAD_FEEDBACK: u8 = 206;
    /// Extended report (RFC 3611).
    pub const EXTENDED_REPORT: u8 = 207;
}

/// Octets of a report block.
pub const REPORT_BLOCK_BYTES: usize = 24;

/// Octets of a sender report before its blocks.
pub(crate) const SENDER_REPORT_BYTES: usize = 28;

/// A report block (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source it is about.
    pub ssrc: u32,
    /// Share of packets lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost so far, -2^23 to 2^23 - 1; negative when duplicates abound.
    pub cumulative_lost: i32,
    /// Extended highest sequence number received.
    pub highest_seq: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
    /// Middle 32 bits of the last sender report's NTP time, 0 for none.
    pub last_sr: u32,
    /// Since then, in 1/65536 s.
    pub delay_since_last_sr: u32,
}

impl SenderInfo {
    /// The middle of its time, by which a report says which one it answers
    /// ([`ReportBlock::last_sr`]).
    #[must_use]
    pub fn middle(&self) -> u32 {
        let [_, _, a, b, c, d, _, _] = self.ntp.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }
}

impl ReportBlock {
    /// Reads a block; `None` when there are fewer octets than [`REPORT_BLOCK_BYTES`].
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let block = bytes.first_chunk::<REPORT_BLOCK_BYTES>()?;
        // the sign of the 24 bit number fills the upper octet
        let sign = if block[5] & 0x80 == 0 { 0 } else { 0xff };
        Some(Self {
            ssrc: word(block, 0)?,
            fraction_lost: block[4],
            cumulative_lost: i32::from_be_bytes([sign, block[5], block[6], block[7]]),
            highest_seq: word(block, 8)?,
            jitter: word(block, 12)?,
            last_sr: word(block, 16)?,
            delay_since_last_sr: word(block, 20)?,
        })
    }

    /// The block's octets.
    #[must_use]
    pub fn to_bytes(self) -> [u8; REPORT_BLOCK_BYTES] {
        let mut bytes = [0; REPORT_BLOCK_BYTES];
        let [_, a, b, c] = self.cumulative_lost.to_be_bytes();
        bytes[0..4].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes[4..8].copy_from_slice(&[self.fraction_lost, a, b, c]);
        bytes[8..12].copy_from_slice(&self.highest_seq.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.jitter.to_be_bytes());
        bytes[16..20].copy_from_slice(&self.last_sr.to_be_bytes());
        bytes[20..24].copy_from_slice(&self.delay_since_last_sr.to_be_bytes());
        bytes
    }
}

/// A sender report without its blocks (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// The sender.
    pub ssrc: u32,
    /// NTP time, 32 bits of seconds and 32 of fractions.
    pub ntp: u64,
    /// The same instant as RTP timestamp.
    pub rtp_ts: u32,
    /// Packets sent.
    pub packets: u32,
    /// Octets of payload sent.
    pub octets: u32,
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Sender report.
    SenderReport(SenderInfo, Blocks<'a>),
    /// Receiver report, with its sender.
    ReceiverReport(u32, Blocks<'a>),
    /// Source description: its chunks.
    SourceDescription(&'a [u8]),
    /// Goodbye of these sources.
    Bye(Sources<'a>),
    /// Extended report, with its sender (RFC 3611).
    ExtendedReport(u32, ExtendedBlocks<'a>),
    /// Any other, whole.
    Other {
        /// Packet type.
        kind: u8,
        /// Header included.
        bytes: &'a [u8],
    },
}

impl Packet<'_> {
    /// Is it feedback (RFC 4585), which is for whoever makes a stream?
    #[must_use]
    pub fn is_feedback(&self) -> bool {
        match *self {
            Packet::Other { kind, .. } => {
                kind == kind::TRANSPORT_FEEDBACK || kind == kind::PAYLOAD_FEEDBACK
            }
            Packet::SenderReport(..)
            | Packet::ReceiverReport(..)
            | Packet::SourceDescription(_)
            | Packet::Bye(_)
            | Packet::ExtendedReport(..) => false,
        }
    }
}

/// The report blocks of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [u8]);

impl Iterator for Blocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let block = ReportBlock::parse(self.0)?;
        self.0 = self.0.get(REPORT_BLOCK_BYTES..).unwrap_or_default();
        Some(block)
    }
}

/// The sources of a goodbye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources<'a>(&'a [u8]);

impl Iterator for Sources<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let source = word(self.0, 0)?;
        self.0 = self.0.get(4..).unwrap_or_default();
        Some(source)
    }
}

/// The packets of a datagram.
#[derive(Clone, Copy, Debug)]
pub struct Packets<'a>(&'a [u8]);

/// The packets of a datagram; `None` when it is malformed: not a sequence of packets of version 2
/// that fills it, or a report or goodbye too short for its count or its sender. A
/// compound need not begin with a report (RFC 5506).
#[must_use]
pub fn packets(datagram: &[u8]) -> Option<Packets<'_>> {
    let mut rest = datagram;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (packet, behind) = split(rest)?;
        read(packet)?;
        rest = behind;
    }
    Some(Packets(datagram))
}

impl<'a> Iterator for Packets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        let (packet, behind) = split(self.0)?;
        self.0 = behind;
        read(packet)
    }
}

/// The first packet and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(length(bytes)?)
}

/// Octets of the first packet, header included.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.first_chunk::<4>()?;
    let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let length = 4 * (words + 1);
    (head[0] >> 6 == 2 && length <= bytes.len()).then_some(length)
}

fn read(packet: &[u8]) -> Option<Packet<'_>> {
    let head = packet.first_chunk::<4>()?;
    let count = usize::from(head[0] & 0x1f);
    match head[1] {
        kind::SENDER_REPORT => {
            let blocks = blocks(packet, SENDER_REPORT_BYTES, count)?;
            let ntp = u64::from(word(packet, 8)?) << 32 | u64::from(word(packet, 12)?);
            let info = SenderInfo {
                ssrc: word(packet, 4)?,
                ntp,
                rtp_ts: word(packet, 16)?,
                packets: word(packet, 20)?,
                octets: word(packet, 24)?,
            };
            Some(Packet::SenderReport(info, blocks))
        }
        kind::RECEIVER_REPORT => Some(Packet::ReceiverReport(
            word(packet, 4)?,
            blocks(packet, 8, count)?,
        )),
        kind::SOURCE_DESCRIPTION => Some(Packet::SourceDescription(packet.get(4..)?)),
        kind::BYE => Some(Packet::Bye(Sources(packet.get(4..4 + 4 * count)?))),
        kind::EXTENDED_REPORT => Some(Packet::ExtendedReport(
            word(packet, 4)?,
            ExtendedBlocks(packet.get(8..)?),
        )),
        kind => Some(Packet::Other {
            kind,
            bytes: packet,
        }),
    }
}

fn blocks(packet: &[u8], start: usize, count: usize) -> Option<Blocks<'_>> {
    packet
        .get(start..start + count * REPORT_BLOCK_BYTES)
        .map(Blocks)
}

/// The 32 bits at this offset.
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk::<4>()
        .map(|word| u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests;
