//! One output stream made of changing inputs: our own source, numbers without a gap, timestamps
//! that never go back.

use std::time::Duration;

use machine::Instant;

use crate::{Header, set_marker, set_seq, set_ssrc, set_ts};

/// A jump forward of more than this within one source is a restart of it (RFC 3550 section A.1,
/// `MAX_DROPOUT`).
const MAX_DROPOUT: u16 = 3000;

/// A jump back of more than this within one source is a restart of it (RFC 3550 section A.1,
/// `MAX_MISORDER`).
const MAX_MISORDER: u16 = 100;

/// What an outgoing packet bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Our source.
    pub ssrc: u32,
    /// Its sequence number.
    pub seq: u16,
    /// Its timestamp.
    pub ts: u32,
    /// Does the source change with this packet? Then the marker bit is set.
    pub changed: bool,
}

/// How to translate a peer's report on our stream into one on the stream's present input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportMap {
    /// Our source, which the peer reports on.
    pub ours: u32,
    /// The input's source.
    pub theirs: u32,
    /// Ours minus theirs, extended sequence numbers (RFC 3550 section A.1), modulo 2^32.
    pub seq_offset: u32,
}

/// One input as it lies in the output.
#[derive(Clone, Copy, Debug)]
struct Input {
    ssrc: u32,
    /// Extended number of its first packet, cycles counted from 0.
    first: u32,
    /// Highest extended number so far.
    highest: u32,
    /// Output minus input, extended numbers.
    seq_offset: u32,
    /// Output minus input, timestamps.
    ts_offset: u32,
}

impl Input {
    /// The extended number next to the highest, or `None` when it is too far from it.
    fn extend(&self, seq: u16) -> Option<u32> {
        let [_, _, high, low] = self.highest.to_be_bytes();
        let step = seq.wrapping_sub(u16::from_be_bytes([high, low]));
        let back = step.wrapping_neg();
        if step <= MAX_DROPOUT {
            Some(self.highest.wrapping_add(step.into()))
        } else if back <= MAX_MISORDER {
            Some(self.highest.wrapping_sub(back.into()))
        } else {
            None
        }
    }
}

/// Where a packet belongs.
enum Place {
    /// In the present input.
    Here(Stamp),
    /// Nowhere: its number was given to another input.
    Taken,
    /// In another input.
    Elsewhere,
}

/// The continuity of one output stream.
#[derive(Clone, Copy, Debug)]
pub struct Continuity {
    ssrc: u32,
    /// Highest extended number sent, modulo 2^32; before the first packet, one less than it.
    sent: u32,
    /// The timestamp sent with it.
    sent_ts: u32,
    /// When it was sent.
    sent_at: Option<Instant>,
    /// Timestamp units between the last two packets in a row: one packet's worth.
    step: Option<u32>,
    /// Clock of the last packet, Hz; a step of another clock is no measure.
    clock: u32,
    present: Option<Input>,
    previous: Option<Input>,
    /// Was the input declared changed?
    switched: bool,
}

impl Continuity {
    /// A stream with this source that begins with these numbers (random ones: RFC 3550
    /// section 5.1).
    #[must_use]
    pub fn new(ssrc: u32, first_seq: u16, first_ts: u32) -> Self {
        Self {
            ssrc,
            sent: u32::from(first_seq).wrapping_sub(1),
            sent_ts: first_ts,
            sent_at: None,
            step: None,
            clock: 0,
            present: None,
            previous: None,
            switched: false,
        }
    }

    /// Our source.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The highest number given so far, extended by its cycles (RFC 3550 section A.1); before the
    /// first packet, one less than that.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.sent
    }

    /// The next packet is of another input, whatever its source number says.
    pub fn switch(&mut self) {
        self.switched = true;
    }

    /// Gives the numbers of the next packet to send, for an input packet with these. `clock` is
    /// the payload's in Hz.
    ///
    /// A packet of the input before the present one is given its old place while that is behind
    /// the change, so that stragglers do not count as changes. `None` for a packet that has no
    /// place: one of the present input that was overtaken by its first.
    pub fn stamp(
        &mut self,
        ssrc: u32,
        seq: u16,
        ts: u32,
        clock: u32,
        now: Instant,
    ) -> Option<Stamp> {
        if !self.switched {
            match self.carry_on(ssrc, seq, ts, clock, now) {
                Place::Here(stamp) => return Some(stamp),
                Place::Taken => return None,
                Place::Elsewhere => {}
            }
            if let Some(stamp) = self.straggler(ssrc, seq, ts) {
                return Some(stamp);
            }
        }
        Some(self.change(ssrc, seq, ts, clock, now))
    }

    /// [`Continuity::stamp`] for a whole packet, rewritten in place; left alone at `None`.
    pub fn rewrite(
        &mut self,
        packet: &mut [u8],
        header: &Header,
        clock: u32,
        now: Instant,
    ) -> Option<Stamp> {
        let stamp = self.stamp(header.ssrc, header.seq, header.ts, clock, now)?;
        set_ssrc(packet, stamp.ssrc);
        set_seq(packet, stamp.seq);
        set_ts(packet, stamp.ts);
        if stamp.changed {
            set_marker(packet, true);
        }
        Some(stamp)
    }

    /// When the last packet was sent; `None` before the first.
    #[must_use]
    pub fn sent_at(&self) -> Option<Instant> {
        self.sent_at
    }

    /// The timestamp of a moment, as sender reports tell it (RFC 3550 section 6.4.1); `None` before
    /// the first packet.
    #[must_use]
    pub fn timestamp_at(&self, now: Instant) -> Option<u32> {
        let since = now.saturating_since(self.sent_at?);
        Some(self.sent_ts.wrapping_add(units(since, self.clock)))
    }

    /// How reports on our stream read for the present input; `None` before its first packet.
    #[must_use]
    pub fn report_map(&self) -> Option<ReportMap> {
        self.present.map(|input| ReportMap {
            ours: self.ssrc,
            theirs: input.ssrc,
            seq_offset: input.seq_offset,
        })
    }

    fn carry_on(&mut self, ssrc: u32, seq: u16, ts: u32, clock: u32, now: Instant) -> Place {
        let Some(input) = self.present.as_mut().filter(|input| input.ssrc == ssrc) else {
            return Place::Elsewhere;
        };
        let Some(extended) = input.extend(seq) else {
            return Place::Elsewhere;
        };
        let before = extended.wrapping_sub(input.first) > u32::MAX / 2;
        if before && self.previous.is_some() {
            return Place::Taken;
        }
        let sent = extended.wrapping_add(input.seq_offset);
        let sent_ts = ts.wrapping_add(input.ts_offset);
        let ahead = extended.wrapping_sub(input.highest);
        if ahead != 0 && ahead <= MAX_DROPOUT.into() {
            input.highest = extended;
            let step = sent_ts.wrapping_sub(self.sent_ts);
            // zero: the packets of one key press; huge: the input went back by itself
            if ahead == 1 && step != 0 && step < u32::MAX / 2 {
                self.step = Some(step);
            }
            self.sent = sent;
            self.sent_ts = sent_ts;
            self.sent_at = Some(now);
            self.clock = clock;
        }
        Place::Here(self.stamped(sent, sent_ts, false))
    }

    fn straggler(&self, ssrc: u32, seq: u16, ts: u32) -> Option<Stamp> {
        let old = self.previous.filter(|input| input.ssrc == ssrc)?;
        let extended = old.extend(seq)?;
        let behind = old.highest.wrapping_sub(extended) <= MAX_MISORDER.into();
        let place = extended.wrapping_add(old.seq_offset);
        behind.then(|| self.stamped(place, ts.wrapping_add(old.ts_offset), false))
    }

    fn change(&mut self, ssrc: u32, seq: u16, ts: u32, clock: u32, now: Instant) -> Stamp {
        let first_ever = self.sent_at.is_none();
        let sent = self.sent.wrapping_add(1);
        let sent_ts = self.sent_ts.wrapping_add(self.gap(clock, now));
        self.previous = self.present;
        self.present = Some(Input {
            ssrc,
            first: seq.into(),
            highest: seq.into(),
            seq_offset: sent.wrapping_sub(seq.into()),
            ts_offset: sent_ts.wrapping_sub(ts),
        });
        self.sent = sent;
        self.sent_ts = sent_ts;
        self.sent_at = Some(now);
        if self.clock != clock {
            self.clock = clock;
            self.step = None;
        }
        self.switched = false;
        self.stamped(sent, sent_ts, !first_ever)
    }

    /// Timestamp units from the last packet to one that follows it now: the time that passed, at
    /// least one packet's worth.
    fn gap(&self, clock: u32, now: Instant) -> u32 {
        let Some(sent_at) = self.sent_at else {
            return 0;
        };
        let step = self.step.filter(|_| self.clock == clock);
        let least = step.unwrap_or(clock / 50).clamp(1, clock.max(1));
        units(now.saturating_since(sent_at), clock).max(least)
    }

    fn stamped(&self, sent: u32, ts: u32, changed: bool) -> Stamp {
        let [_, _, high, low] = sent.to_be_bytes();
        Stamp {
            ssrc: self.ssrc,
            seq: u16::from_be_bytes([high, low]),
            ts,
            changed,
        }
    }
}

/// A time in units of a clock, bounded by half the timestamp space, beyond which
/// a receiver would see it go back.
fn units(time: Duration, clock: u32) -> u32 {
    let units = time.as_nanos().saturating_mul(clock.into()) / 1_000_000_000;
    u32::try_from(units).unwrap_or(u32::MAX).min(u32::MAX / 2)
}

#[cfg(test)]
mod tests;
