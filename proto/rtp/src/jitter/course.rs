//! Sequence numbers and timestamps without their wrap, and which packets are of the same stream.

/// A jump forward of more than this is a restart (RFC 3550 section A.1, `MAX_DROPOUT`).
const MAX_DROPOUT: u16 = 3000;

/// A jump back of more than this is a restart (RFC 3550 section A.1, `MAX_MISORDER`).
const MAX_MISORDER: u16 = 100;

/// Where a packet lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// In the stream, at these numbers.
    Here { seq: i64, ts: i64 },
    /// In the same source, but too far off.
    Far,
    /// In another source.
    Other,
}

/// One source, as far as it was followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    ssrc: u32,
    /// The highest number so far and its timestamp, counted on over every wrap.
    seq: i64,
    ts: i64,
    /// The number that would make a stray packet a restart.
    restart: Option<u16>,
}

impl Course {
    pub(super) fn new(ssrc: u32, seq: u16, ts: u32) -> Self {
        Self {
            ssrc,
            seq: seq.into(),
            ts: ts.into(),
            restart: None,
        }
    }

    /// The highest number so far and its timestamp.
    pub(super) fn position(&self) -> (i64, i64) {
        (self.seq, self.ts)
    }

    pub(super) fn follow(&self, ssrc: u32, seq: u16, ts: u32) -> Step {
        if ssrc != self.ssrc {
            return Step::Other;
        }
        let [.., high, low] = self.seq.to_be_bytes();
        let ahead = seq.wrapping_sub(u16::from_be_bytes([high, low]));
        let back = ahead.wrapping_neg();
        let seq = if ahead <= MAX_DROPOUT {
            self.seq + i64::from(ahead)
        } else if back <= MAX_MISORDER {
            self.seq - i64::from(back)
        } else {
            return Step::Far;
        };
        let [.., a, b, c, d] = self.ts.to_be_bytes();
        let ahead = ts.wrapping_sub(u32::from_be_bytes([a, b, c, d]));
        let ts = self.ts + i64::from(ahead.cast_signed());
        Step::Here { seq, ts }
    }

    /// A packet was found to lie here.
    pub(super) fn advance(&mut self, seq: i64, ts: i64) {
        self.restart = None;
        if seq > self.seq {
            (self.seq, self.ts) = (seq, ts);
        }
    }

    /// Does this stray packet follow on the stray one before it?
    pub(super) fn repeats(&mut self, seq: u16) -> bool {
        self.restart.replace(seq.wrapping_add(1)) == Some(seq)
    }
}
