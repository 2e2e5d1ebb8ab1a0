//! Statistics of a received stream (RFC 3550 appendices A.1, A.3, A.8), with duplicates,
//! reordering and runs of loss.

use std::time::Duration;

use machine::Instant;
use serde::{Deserialize, Serialize};

use crate::Header;
use crate::bursts::{Bursts, GAP_LEAST, Part};
use crate::rtcp::{Course, ReportBlock, VoipMetrics};

/// RFC 3550 section A.1: a larger step forward is no loss but a restart.
const MAX_DROPOUT: u16 = 3000;

/// RFC 3550 section A.1: an older packet than this is no late one but of a restart.
const MAX_MISORDER: u16 = 100;

/// Packets behind the highest of which is remembered whether they came; more than
/// [`MAX_MISORDER`], so that every late packet is known as missing or as a duplicate.
const WINDOW: u32 = u128::BITS;

/// The longest packet, as a part of a second.
const LONGEST_PACKET: u32 = 5;

/// What an arriving packet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// The first of its source.
    First,
    /// The next, or one further on; then so many are missing before it.
    Next {
        /// Packets skipped.
        missing: u16,
    },
    /// One that was missing, overtaken by others.
    Late,
    /// One that came before.
    Duplicate,
    /// Too far from the others; counted as a restart if the next one follows it.
    Stray,
}

/// What was received, over all sources the stream has had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Packets that came, duplicates included.
    pub received: u64,
    /// Packets that should have come.
    pub expected: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Packets that were overtaken.
    pub reordered: u64,
    /// Runs of one or more lost packets.
    pub loss_runs: u64,
    /// Interarrival jitter of the present source in timestamp units.
    pub jitter: u32,
    /// The highest it was.
    pub jitter_highest: u32,
    /// Timestamp units per second.
    pub clock: u32,
}

impl Statistics {
    /// Share of packets lost, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f64 {
        match self.expected {
            0 => 0.0,
            expected => ratio(self.lost, expected),
        }
    }

    /// Mean length of a run of lost packets over that of independent losses of the same share
    /// (G.107 section 3.3); 1 without loss, never less.
    #[must_use]
    pub fn burst_ratio(&self) -> f64 {
        match self.loss_runs {
            0 => 1.0,
            runs => (ratio(self.lost, runs) * (1.0 - self.loss())).max(1.0),
        }
    }

    /// The jitter as time.
    #[must_use]
    pub fn jitter_time(&self) -> Duration {
        time_of(self.jitter, self.clock)
    }

    /// The highest jitter as time.
    #[must_use]
    pub fn jitter_highest_time(&self) -> Duration {
        time_of(self.jitter_highest, self.clock)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    let float = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    // beyond 2^32 packets (years) both are scaled alike
    if whole > u32::MAX.into() || part > u32::MAX.into() {
        return float(part >> 32) / float((whole >> 32).max(1));
    }
    float(part) / float(whole)
}

fn time_of(units: u32, clock: u32) -> Duration {
    let nanos = u64::from(units) * 1_000_000_000 / u64::from(clock.max(1));
    Duration::from_nanos(nanos)
}

/// Runs of loss, packet by packet.
#[derive(Clone, Copy, Debug, Default)]
struct Runs {
    count: u64,
    within: bool,
}

impl Runs {
    fn take(&mut self, came: bool) {
        if !came && !self.within {
            self.count += 1;
        }
        self.within = !came;
    }
}

/// One source. What each packet changes lies together.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Source {
    /// Bit i: did `highest - i` come?
    window: u128,
    ssrc: u32,
    /// The number that would make a stray packet a restart.
    restart: Option<u16>,
    /// Extended number of the first packet, one cycle ahead so that earlier ones have room.
    base: u64,
    /// Highest extended number.
    highest: u64,
    received: u64,
    /// Of the packets that left the window.
    runs: Runs,
    bursts: Bursts,
    duplicates: u64,
    reordered: u64,
    /// At the last report (A.3).
    reported_expected: u64,
    reported_received: u64,
}

impl Source {
    fn new(ssrc: u32, seq: u16) -> Self {
        let base = u64::from(seq) + 0x1_0000;
        Self {
            ssrc,
            base,
            highest: base,
            received: 1,
            duplicates: 0,
            reordered: 0,
            window: 1,
            runs: Runs::default(),
            bursts: Bursts::default(),
            restart: None,
            reported_expected: 0,
            reported_received: 0,
        }
    }

    fn expected(&self) -> u64 {
        self.highest - self.base + 1
    }

    fn lost(&self) -> u64 {
        self.expected()
            .saturating_sub(self.received - self.duplicates)
    }

    fn take(&mut self, seq: u16) -> Arrival {
        let [.., high, low] = self.highest.to_be_bytes();
        let step = seq.wrapping_sub(u16::from_be_bytes([high, low]));
        let back = step.wrapping_neg();
        let arrival = if step == 0 {
            Arrival::Duplicate
        } else if step <= MAX_DROPOUT {
            self.advance(step);
            Arrival::Next { missing: step - 1 }
        } else if back <= MAX_MISORDER {
            self.late(back)
        } else {
            return self.stray(seq);
        };
        self.restart = None;
        self.received += 1;
        self.duplicates += u64::from(arrival == Arrival::Duplicate);
        self.reordered += u64::from(arrival == Arrival::Late);
        arrival
    }

    fn advance(&mut self, step: u16) {
        for _ in 0..step {
            self.settle_oldest();
            self.highest += 1;
            self.window <<= 1;
        }
        self.window |= 1;
    }

    /// The packet at the window's end can no longer come late.
    fn settle_oldest(&mut self) {
        if self.highest - self.base >= u64::from(WINDOW) - 1 {
            let came = self.window >> (WINDOW - 1) == 1;
            self.runs.take(came);
            self.bursts.take(came);
        }
    }

    fn late(&mut self, back: u16) -> Arrival {
        let bit = 1_u128 << back;
        if self.window & bit != 0 {
            return Arrival::Duplicate;
        }
        self.window |= bit;
        // one from before the first makes those between expected, too
        self.base = self.base.min(self.highest - u64::from(back));
        Arrival::Late
    }

    fn stray(&mut self, seq: u16) -> Arrival {
        if self.restart == Some(seq) {
            return Arrival::First;
        }
        self.restart = Some(seq.wrapping_add(1));
        Arrival::Stray
    }

    /// Runs of loss, those still in the window included.
    fn loss_runs(&self) -> u64 {
        let mut runs = self.runs;
        let within = (self.highest - self.base).min(u64::from(WINDOW) - 1);
        for back in (0..=within).rev() {
            runs.take(self.window >> back & 1 == 1);
        }
        runs.count
    }

    /// Bursts and gaps, those still in the window included.
    fn parts(&self) -> (Part, Part) {
        let mut bursts = self.bursts;
        let within = (self.highest - self.base).min(u64::from(WINDOW) - 1);
        for back in (0..=within).rev() {
            bursts.take(self.window >> back & 1 == 1);
        }
        bursts.parts()
    }

    fn add_to(&self, sum: &mut Statistics) {
        sum.received += self.received;
        sum.expected += self.expected();
        sum.lost += self.lost();
        sum.duplicates += self.duplicates;
        sum.reordered += self.reordered;
        sum.loss_runs += self.loss_runs();
    }
}

/// Interarrival jitter (RFC 3550 section A.8).
#[derive(Clone, Copy, Debug, Default)]
struct Jitter {
    /// Sixteen times the estimate, as the appendix keeps it.
    scaled: u32,
    highest: u32,
    last: Option<(u32, u32)>,
}

impl Jitter {
    fn value(&self) -> u32 {
        self.scaled >> 4
    }

    fn take(&mut self, ts: u32, clock: u32, now: Instant) {
        let units = u128::from(now.as_nanos()) * u128::from(clock) / 1_000_000_000;
        let arrival = low_half(units);
        let transit = arrival.wrapping_sub(ts);
        let last = self.last.replace((ts, transit));
        let Some((last_ts, last_transit)) = last else {
            return;
        };
        // packets of one instant (key presses) say nothing of the network
        if last_ts == ts {
            self.last = last;
            return;
        }
        let difference = transit.wrapping_sub(last_transit);
        let distance = difference.min(difference.wrapping_neg());
        // a sender that set its timestamps anew
        if distance > clock {
            return;
        }
        let decay = self.scaled.saturating_add(8) >> 4;
        self.scaled = self.scaled.saturating_add(distance).saturating_sub(decay);
        self.highest = self.highest.max(self.value());
    }
}

fn low_half(value: u128) -> u32 {
    let [.., a, b, c, d] = value.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// How long the packets of a stream are.
#[derive(Clone, Copy, Debug, Default)]
struct PacketLength {
    /// Timestamp units, by the latest two that followed each other; 0 where none did.
    units: u32,
    /// Timestamp of the packet with the highest number.
    newest: u32,
}

impl PacketLength {
    /// A packet came. Where one begins after a pause, that is no length (RFC 3551 section 4.1).
    fn note(&mut self, arrival: Arrival, header: &Header, clock: u32) {
        let follows = match arrival {
            Arrival::First => false,
            Arrival::Next { missing } => missing == 0 && !header.marker,
            Arrival::Late | Arrival::Duplicate | Arrival::Stray => return,
        };
        let units = header.ts.wrapping_sub(self.newest);
        self.newest = header.ts;
        if follows && units > 0 && units <= clock / LONGEST_PACKET {
            self.units = units;
        }
    }
}

/// The receiver of one stream. The caller decides whether a packet belongs to it (so no probation
/// of RFC 3550 section A.1 here); a change of source is followed at once.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Receiver {
    source: Option<Source>,
    jitter: Jitter,
    clock: u32,
    length: PacketLength,
    /// Of the sources before.
    before: Statistics,
}

impl Receiver {
    /// Nothing received; `clock` is the payload's in Hz.
    #[must_use]
    pub fn new(clock: u32) -> Self {
        Self {
            clock,
            source: None,
            jitter: Jitter::default(),
            length: PacketLength::default(),
            before: Statistics::default(),
        }
    }

    /// From now on packets have this clock, Hz; the jitter begins anew when it differs.
    pub fn set_clock(&mut self, clock: u32) {
        if clock != self.clock {
            self.clock = clock;
            self.jitter = Jitter::default();
        }
    }

    /// The source heard at present.
    #[must_use]
    pub fn ssrc(&self) -> Option<u32> {
        self.source.map(|source| source.ssrc)
    }

    /// Counts a packet.
    pub fn receive(&mut self, header: &Header, now: Instant) -> Arrival {
        let arrival = match &mut self.source {
            Some(source) if source.ssrc == header.ssrc => source.take(header.seq),
            Some(_) | None => Arrival::First,
        };
        if arrival == Arrival::First {
            self.begin(header);
        }
        self.length.note(arrival, header, self.clock);
        match arrival {
            Arrival::First | Arrival::Next { .. } | Arrival::Late => {
                self.jitter.take(header.ts, self.clock, now);
            }
            Arrival::Duplicate | Arrival::Stray => {}
        }
        arrival
    }

    fn begin(&mut self, header: &Header) {
        if let Some(old) = self.source.replace(Source::new(header.ssrc, header.seq)) {
            old.add_to(&mut self.before);
            self.jitter.last = None;
        }
    }

    /// Packets that came so far, of all sources.
    #[must_use]
    pub fn received(&self) -> u64 {
        let present = self.source.map_or(0, |source| source.received);
        self.before.received + present
    }

    /// The figures so far; what is missing at present counts as lost.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let mut sum = self.before;
        if let Some(source) = &self.source {
            source.add_to(&mut sum);
        }
        sum.jitter = self.jitter.value();
        sum.jitter_highest = self.jitter.highest;
        sum.clock = self.clock;
        sum
    }

    /// A report on the present source (RFC 3550 sections 6.4.1 and A.3), the fraction since the
    /// last call; times of sender reports are the caller's. `None` before the first packet.
    pub fn report(&mut self) -> Option<ReportBlock> {
        let source = self.source.as_mut()?;
        let expected = source.expected();
        let expected_now = expected - source.reported_expected.min(expected);
        let received_now = source.received - source.reported_received;
        source.reported_expected = expected;
        source.reported_received = source.received;
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction = (lost_now << 8).checked_div(expected_now).unwrap_or(0);
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let cumulative = signed(expected) - signed(source.received);
        let cumulative = cumulative.clamp(-0x80_0000, 0x7f_ffff);
        Some(ReportBlock {
            ssrc: source.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            cumulative_lost: i32::try_from(cumulative).unwrap_or(0),
            highest_seq: low_half(u128::from(source.highest - 0x1_0000)),
            jitter: self.jitter.value(),
            last_sr: 0,
            delay_since_last_sr: 0,
        })
    }

    /// How the present source has come so far (RFC 3611 section 4.7): losses and their bursts. All
    /// else is not known here. `None` before the first packet.
    #[must_use]
    pub fn voip_metrics(&self) -> Option<VoipMetrics> {
        let source = self.source.as_ref()?;
        let (bursts, gaps) = source.parts();
        Some(VoipMetrics {
            ssrc: source.ssrc,
            loss: in_256(source.lost(), source.expected()),
            course: Course {
                burst_density: in_256(bursts.lost, bursts.packets),
                gap_density: in_256(gaps.lost, gaps.packets),
                burst_ms: self.mean_ms(bursts),
                gap_ms: self.mean_ms(gaps),
                gap_least: GAP_LEAST,
            },
            ..VoipMetrics::default()
        })
    }

    /// Milliseconds that these last in the mean.
    fn mean_ms(&self, part: Part) -> u16 {
        let units = part.packets.saturating_mul(self.length.units.into());
        let seconds = u64::from(part.count) * u64::from(self.clock);
        let ms = units.saturating_mul(1_000).checked_div(seconds);
        u16::try_from(ms.unwrap_or(0)).unwrap_or(u16::MAX)
    }
}

/// A share in 1/256, at most 255 of them.
fn in_256(part: u64, whole: u64) -> u8 {
    let share = part.saturating_mul(256).checked_div(whole);
    u8::try_from(share.unwrap_or(0)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
