//! The little buffer between packets as they come and samples as they are wanted: it puts what came
//! in the wrong order right and waits a fixed while for what is late. It never stretches, never
//! hides a loss and never leaves a pause out, since modems measure time.

use super::{LINE_FRAME, LinePacket};

/// How long the first packet waits for the second, in samples: 60 ms, as late as a packet may be.
pub const PACE_BEHIND: usize = 480;

/// Samples that are kept at most: a quarter of a second, and a power of two, so that places go on
/// where timestamps wrap. Beyond it the oldest are left out, which happens only where the peer's
/// clock runs fast or its packets come in a heap.
const KEPT: usize = 2_048;

/// A leap of the timestamps beyond which they are taken to begin anew, in samples: 4 s.
const LEAP: u32 = 32_000;

/// Packets in a row that come too late, after which the way is taken to have become longer: the
/// waiting begins anew.
const LATE_ROW: u8 = 5;

/// What is counted of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PaceFigures {
    /// Samples that were not there in time, in whose place was silence.
    pub lost: u64,
    /// Packets that came when their time was over.
    pub late: u64,
}

/// The buffer. It allocates when it is made and never again.
#[derive(Debug)]
pub struct Pace {
    /// What was heard and not taken, in a ring: `None` where nothing is there yet.
    kept: Box<[Option<i16>]>,
    /// The stream that it is of, and the timestamp of the next sample that is taken.
    next: Option<(u32, u32)>,
    /// How many frames are still to be waited before the first is taken.
    rest: usize,
    /// Packets in a row that came too late.
    late_row: u8,
    figures: PaceFigures,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace::new()
    }
}

impl Pace {
    /// One that has heard nothing.
    #[must_use]
    pub fn new() -> Pace {
        Pace {
            kept: vec![None; KEPT].into_boxed_slice(),
            next: None,
            rest: 0,
            late_row: 0,
            figures: PaceFigures::default(),
        }
    }

    /// What was counted.
    #[must_use]
    pub fn figures(&self) -> PaceFigures {
        self.figures
    }

    /// Takes a packet in.
    pub fn put(&mut self, packet: &LinePacket) {
        let next = self.place_of(packet);
        let ahead = packet.ts.wrapping_sub(next);
        let length = u32::try_from(packet.samples().len()).unwrap_or(0);
        if ahead > LEAP {
            let gone = next.wrapping_sub(packet.ts);
            if gone >= length {
                self.figures.late += 1;
                self.late_row += 1;
                if self.late_row < LATE_ROW {
                    return;
                }
                self.begin(packet);
                return self.put(packet);
            }
        }
        self.late_row = 0;
        let end = ahead.wrapping_add(length);
        let room = u32::try_from(KEPT).unwrap_or(0);
        if end <= LEAP && end > room {
            self.skip(end - room);
        }
        for (ts, sample) in (0..length).zip(packet.samples()) {
            let place = self.place(packet.ts.wrapping_add(ts));
            if let Some(place) = place {
                *place = Some(*sample);
            }
        }
    }

    /// The next 20 ms: silence where nothing is there.
    pub fn take(&mut self, frame: &mut [i16; LINE_FRAME]) {
        frame.fill(0);
        if self.rest > 0 {
            self.rest -= 1;
            return;
        }
        for sample in frame {
            match self.step() {
                Some(Some(heard)) => *sample = heard,
                Some(None) => self.figures.lost += 1,
                None => return,
            }
        }
    }

    /// The timestamp of the next sample, for this packet: where its stream is a new one, or leaps,
    /// everything begins anew with it.
    fn place_of(&mut self, packet: &LinePacket) -> u32 {
        let goes_on = self.next.filter(|(source, next)| {
            let away = packet.ts.wrapping_sub(*next);
            *source == packet.source && away.min(away.wrapping_neg()) <= LEAP
        });
        if let Some((_, next)) = goes_on {
            return next;
        }
        self.begin(packet);
        packet.ts
    }

    /// Begins anew with a packet.
    fn begin(&mut self, packet: &LinePacket) {
        self.kept.fill(None);
        self.next = Some((packet.source, packet.ts));
        self.rest = PACE_BEHIND / LINE_FRAME;
        self.late_row = 0;
    }

    /// Where the sample of a timestamp is kept; `None` where its time is over.
    fn place(&mut self, ts: u32) -> Option<&mut Option<i16>> {
        let (_, next) = self.next?;
        let ahead = usize::try_from(ts.wrapping_sub(next)).ok()?;
        if ahead >= KEPT {
            return None;
        }
        let at = Pace::ring(ts);
        self.kept.get_mut(at)
    }

    /// Takes the next sample out; `None` before anything was heard.
    fn step(&mut self) -> Option<Option<i16>> {
        let (_, next) = self.next.as_mut()?;
        let at = Pace::ring(*next);
        *next = next.wrapping_add(1);
        self.kept.get_mut(at).map(Option::take)
    }

    fn skip(&mut self, samples: u32) {
        for _ in 0..samples {
            self.step();
        }
    }

    fn ring(ts: u32) -> usize {
        usize::try_from(ts).unwrap_or(0) % KEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Codec;
    use crate::line::Line;

    /// A packet of 20 ms whose samples are all of one octet of A-law.
    fn packet(number: u32, octet: u8) -> LinePacket {
        let line = Line::new();
        line.take(Codec::Pcma, (number.wrapping_mul(160), 1), &[octet; 160]);
        line.hear().unwrap()
    }

    /// The octet that a frame is of throughout; `None` for silence.
    fn taken(pace: &mut Pace) -> Option<u8> {
        let mut frame = [1; LINE_FRAME];
        pace.take(&mut frame);
        assert!(frame.iter().all(|sample| *sample == frame[0]));
        (frame[0] != 0).then(|| audio::g711::encode_a(frame[0]))
    }

    #[test]
    fn packets_in_the_wrong_order_are_put_right_and_time_is_kept() {
        let mut pace = Pace::new();
        assert_eq!(taken(&mut pace), None, "nothing was heard");
        pace.put(&packet(0, 10));
        pace.put(&packet(2, 12));
        pace.put(&packet(1, 11));
        let heard: Vec<_> = (0..7).map(|_| taken(&mut pace)).collect();
        assert_eq!(
            heard,
            [None, None, None, Some(10), Some(11), Some(12), None]
        );
        assert_eq!(pace.figures().lost, 160);
        pace.put(&packet(4, 14));
        pace.put(&packet(3, 13));
        assert_eq!(taken(&mut pace), Some(14), "what is late is not heard");
        assert_eq!(pace.figures().late, 1);
    }

    #[test]
    fn a_loss_is_as_long_as_what_was_lost() {
        let mut pace = Pace::new();
        for (number, octet) in [(0, 10), (1, 11), (4, 14)] {
            pace.put(&packet(number, octet));
        }
        let heard: Vec<_> = (0..8).map(|_| taken(&mut pace)).collect();
        let wanted = [None, None, None, Some(10), Some(11), None, None, Some(14)];
        assert_eq!(heard, wanted);
    }

    #[test]
    fn timestamps_may_wrap_and_may_begin_anew() {
        let mut pace = Pace::new();
        let last = u32::MAX / 160;
        let near = LinePacket {
            ts: u32::MAX - 79,
            ..packet(last, 20)
        };
        pace.put(&near);
        pace.put(&LinePacket {
            ts: 80,
            ..packet(0, 21)
        });
        for _ in 0..3 {
            assert_eq!(taken(&mut pace), None);
        }
        assert_eq!((taken(&mut pace), taken(&mut pace)), (Some(20), Some(21)));
        pace.put(&packet(10_000, 30));
        for _ in 0..3 {
            assert_eq!(taken(&mut pace), None);
        }
        assert_eq!(taken(&mut pace), Some(30), "a leap begins anew");
        pace.put(&LinePacket {
            source: 2,
            ..packet(5, 31)
        });
        for _ in 0..3 {
            assert_eq!(taken(&mut pace), None);
        }
        assert_eq!(taken(&mut pace), Some(31), "so does another stream");
    }

    #[test]
    fn a_way_that_became_longer_is_waited_for_anew() {
        let mut pace = Pace::new();
        pace.put(&packet(0, 10));
        for _ in 0..20 {
            taken(&mut pace);
        }
        for number in 1..=4 {
            pace.put(&packet(number, 50));
            assert_eq!(taken(&mut pace), None);
        }
        pace.put(&packet(5, 60));
        let heard: Vec<_> = (0..4).map(|_| taken(&mut pace)).collect();
        assert_eq!(heard, [None, None, None, Some(60)]);
        assert_eq!(pace.figures().late, 5);
    }

    #[test]
    fn a_heap_of_packets_takes_no_more_room_than_there_is() {
        let mut pace = Pace::new();
        for (number, octet) in (0..20).zip(100..) {
            pace.put(&packet(number, octet));
        }
        for _ in 0..3 {
            taken(&mut pace);
        }
        // 2,048 samples are 12.8 packets: the first 7.2 are gone
        let mut frame = [0; LINE_FRAME];
        pace.take(&mut frame);
        assert_eq!(audio::g711::encode_a(frame[0]), 107);
        assert_eq!(audio::g711::encode_a(frame[159]), 108);
    }
}
