//! Where the playing is: which packet was given out last, which timestamp comes next, and whether
//! that is too early or too late.

use super::slots::Entry;

/// Frames in a row that are concealed while nothing comes; then the sender counts as silent.
pub const CONCEALED_IN_A_ROW: u32 = 10;

/// Frames with a delay of one frame too long before one of them is left out: a second of 20 ms.
/// With more too long it is sooner, in proportion.
const PATIENCE: i64 = 50;

/// Frames of excess that hasten leaving out; no more than every tenth frame is left out.
const MOST_HASTE: i64 = 5;

/// The longest packet whose length is believed, in frames of the first guess.
const LONGEST: i64 = 6;

/// How long a packet's sound is, learnt from packets in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    step: i64,
    longest: i64,
    /// A length seen once; seen twice in a row it is believed.
    heard: i64,
    last: Option<(i64, i64)>,
}

impl Pace {
    /// `step` is the first guess, in timestamp units.
    pub(super) fn new(step: i64) -> Self {
        Self {
            step,
            longest: LONGEST * step,
            heard: step,
            last: None,
        }
    }

    pub(super) fn step(&self) -> i64 {
        self.step
    }

    pub(super) fn take(&mut self, seq: i64, ts: i64) {
        let Some((last_seq, last_ts)) = self.last.replace((seq, ts)) else {
            return;
        };
        let length = ts - last_ts;
        if seq != last_seq + 1 || length < 1 || length > self.longest {
            return;
        }
        if length == self.heard {
            self.step = length;
        }
        self.heard = length;
    }
}

/// How the delay compares with the one aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// About right.
    Steady,
    /// A frame must be put in between.
    TooShort,
    /// A frame could be left out where that costs nothing.
    Long,
    /// It was long for a while: a frame is to be left out.
    TooLong,
}

/// The state of the playing, in numbers and timestamps without wrap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Playhead {
    /// The timestamp that comes next.
    due: i64,
    /// The number given out last.
    last: Option<i64>,
    /// Bit i: was `last - i` there when its turn came?
    given: u128,
    /// Frames behind `last` that were passed without a packet.
    passed: i64,
    /// Frames in a row that were asked for while nothing waited.
    dry: u32,
    /// Does nobody speak? Then the next packet's moment can be chosen freely.
    resting: bool,
    /// Frames too long, added up over frames in a row.
    excess: i64,
}

impl Playhead {
    pub(super) fn new() -> Self {
        Self {
            due: 0,
            last: None,
            given: 0,
            passed: 0,
            dry: 0,
            resting: true,
            excess: 0,
        }
    }

    /// Was this number's turn before?
    pub(super) fn is_behind(&self, seq: i64) -> bool {
        self.last.is_some_and(|last| seq <= last)
    }

    /// Was it there at its turn?
    pub(super) fn was_given(&self, seq: i64) -> bool {
        let back = self.last.and_then(|last| u32::try_from(last - seq).ok());
        let bit = back.and_then(|back| self.given.checked_shr(back));
        bit.is_some_and(|bit| bit & 1 == 1)
    }

    /// Compares the delay with the one aimed at. `now` is where the playhead would be without
    /// any delay. In silence it is set to the right place instead.
    pub(super) fn judge(&mut self, now: i64, target: i64, step: i64) -> Judgement {
        if self.resting {
            self.due = now - target;
            self.excess = 0;
            return Judgement::Steady;
        }
        let delay = now - self.due;
        if delay < target {
            self.excess = 0;
            return Judgement::TooShort;
        }
        // less than a frame too long cannot be helped; a little more is not worth it
        if delay < target + step + step / 4 {
            self.excess = 0;
            return Judgement::Steady;
        }
        self.excess += ((delay - target) / step).clamp(1, MOST_HASTE);
        if self.excess < PATIENCE {
            return Judgement::Long;
        }
        self.excess = 0;
        Judgement::TooLong
    }

    /// Has this packet's turn come? In talk the nearest frame is its own, since lengths may vary;
    /// while nobody speaks one without sound is due at once.
    pub(super) fn is_due(&self, entry: &Entry, step: i64) -> bool {
        if self.resting {
            return entry.quiet || entry.ts <= self.due;
        }
        entry.ts <= self.due + step / 2
    }

    /// Packets not passed yet that are missing before this one.
    pub(super) fn missing_before(&self, entry: &Entry) -> i64 {
        match self.last {
            Some(last) if !self.resting => (entry.seq - last - 1 - self.passed).max(0),
            Some(_) | None => 0,
        }
    }

    /// Gives a packet out; tells how many packets were missing before it.
    pub(super) fn give(&mut self, entry: &Entry, step: i64) -> u64 {
        let ahead = self.last.map_or(1, |last| entry.seq - last);
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        self.given = self.given.checked_shl(ahead).unwrap_or(0) | 1;
        self.last = Some(entry.seq);
        self.due = entry.ts + step;
        self.passed = 0;
        self.dry = 0;
        self.resting = false;
        u64::from(ahead.saturating_sub(1))
    }

    /// Passes a frame that is not there.
    pub(super) fn pass_hole(&mut self, step: i64) {
        self.due += step;
        self.passed += 1;
    }

    /// Nothing waits. True when that means silence, false when the frame counts as lost.
    pub(super) fn run_dry(&mut self, step: i64) -> bool {
        if self.resting || self.dry >= CONCEALED_IN_A_ROW {
            self.rest();
            return true;
        }
        self.dry += 1;
        self.pass_hole(step);
        false
    }

    /// Nobody speaks until the next packet's turn.
    pub(super) fn rest(&mut self) {
        self.resting = true;
        self.dry = 0;
    }

    /// Moves on to this timestamp if it is behind.
    pub(super) fn not_before(&mut self, ts: i64) {
        if !self.resting {
            self.due = self.due.max(ts);
        }
    }
}
