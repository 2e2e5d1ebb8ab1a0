//! Key presses (RFC 4733) between streams of different clocks.

use rtp::{Event, Header};

/// A press that was heard.
#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: u32,
    /// Its timestamp as it came, and as it was sent.
    theirs: u32,
    ours: u32,
    code: u8,
    ended: bool,
}

/// Finds the timestamps of presses among those of made sound. The packets of one press bear one
/// timestamp, and those of a later one a later.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Presses {
    last: Option<Press>,
}

impl Presses {
    /// The timestamp to send a packet with, where the next sound has `next`. The clocks are those
    /// it came by and is sent by. `None` for one that came late, of a press before the last.
    pub(super) fn take(
        &mut self,
        header: &Header,
        event: Event,
        next: u32,
        clocks: (u32, u32),
    ) -> Option<u32> {
        let last = self.last.filter(|last| last.ssrc == header.ssrc);
        let ahead = last.map_or(0, |last| header.ts.wrapping_sub(last.theirs));
        let ours = match last {
            Some(last) if ahead == 0 => last.ours,
            Some(_) if ahead > u32::MAX / 2 => return None,
            Some(last) => {
                let later = last.ours.wrapping_add(stretched(ahead, clocks).max(1));
                let goes_on = !last.ended && last.code == event.code;
                let behind = later.wrapping_sub(next) > u32::MAX / 2;
                if behind && !goes_on { next } else { later }
            }
            None => next,
        };
        let over = last.is_some_and(|last| ahead == 0 && last.ended);
        let ended = event.end || over;
        self.last = Some(Press {
            ssrc: header.ssrc,
            theirs: header.ts,
            ours,
            code: event.code,
            ended,
        });
        Some(ours)
    }
}

/// Writes the durations in a payload of presses anew, from one clock to another; one that the field
/// cannot hold becomes the longest that it can.
pub(crate) fn scale(payload: &mut [u8], (from, to): (u32, u32)) {
    for octets in payload.as_chunks_mut::<{ Event::BYTES }>().0 {
        if let Some(event) = Event::parse(octets) {
            let duration = stretched(event.duration.into(), (from, to));
            let duration = u16::try_from(duration).unwrap_or(u16::MAX);
            *octets = Event { duration, ..event }.to_bytes();
        }
    }
}

/// Units of one clock as units of another.
fn stretched(units: u32, (from, to): (u32, u32)) -> u32 {
    let units = u64::from(units) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(units).unwrap_or(u32::MAX)
}
