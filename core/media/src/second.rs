//! What one direction of a leg was in one second, told in batches.

use std::time::Duration;

use machine::Instant;

/// Seconds that one batch holds at most.
pub const SECONDS: usize = 5;

/// Which way packets go, seen from the exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Way {
    /// From the leg's peer to us; measured here.
    Received,
    /// From us to the leg's peer; as the peer reports it (RFC 3550 §6.4.1).
    Sent,
}

/// How loud a second was: of one packet of G.711 in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loudness {
    /// -dBov: 0 is the loudest there can be, 127 is silence (RFC 6464 §3).
    pub level: u8,
    /// Samples on plateaus at the edge, at most 255.
    pub clipped: u8,
}

/// How the peer hears what is sent to it, by its own account (RFC 3611 §4.7); shares since it began
/// to hear it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Listening {
    /// Packets that came there and were thrown away, too late or too early, in 1/256 of all.
    pub discarded: u8,
    /// Packets that were lost or thrown away within bursts, in 1/256 of those in bursts.
    pub burst_density: u8,
    /// Mean length of a burst, milliseconds.
    pub burst_ms: u16,
    /// Its mean opinion score of listening, times 10: 10 to 50; 0 = it has none.
    pub mos_deci: u8,
}

/// One direction of a leg's RTP in one second.
///
/// Of what is sent, a second tells of all that went since the report before, and there is one only
/// where a report came. What of it went missing before it reached us does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Second {
    /// Packets that should have come. 0: none did, though they were awaited.
    pub expected: u16,
    /// Of those, the ones that had not come by the end of the second. Where they come later, so
    /// many of the next that are lost do not count.
    pub lost: u16,
    /// The most that were lost in a row; 0 where that is not known.
    pub longest_loss: u16,
    /// Interarrival jitter at its end, tenths of a millisecond (RFC 3550 A.8).
    pub jitter: u16,
    /// To the peer and back, milliseconds, where a report told it (RFC 3550 §6.4.1, LSR and DLSR;
    /// RFC 3611 §4.5). Of what is received where nothing is sent.
    pub round_trip_ms: Option<u16>,
    /// Frames that were made up on the way into another codec, at most 255.
    pub concealed: u8,
    /// Estimated listening quality, hundredths of a MOS (100 to 450); 0 = nothing to judge.
    pub mos_centi: u16,
    /// How loud it was, where that is known.
    pub loudness: Option<Loudness>,
}

/// Seconds of one direction that follow each other, as many as there are up to [`SECONDS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seconds {
    since: Instant,
    /// `None` where nothing is known of a second.
    list: [Option<Second>; SECONDS],
    count: u8,
    listening: Option<Listening>,
}

impl Seconds {
    /// Those from a moment on; none yet.
    pub(crate) fn since(since: Instant) -> Seconds {
        Seconds {
            since,
            list: [None; SECONDS],
            count: 0,
            listening: None,
        }
    }

    /// Adds one; what is beyond the bound is left out. Where the peer has told in it how it hears
    /// what is sent, that stands for all of them.
    pub(crate) fn push(&mut self, second: Option<Second>, listening: Option<Listening>) {
        self.listening = listening.or(self.listening);
        if let Some(place) = self.list.get_mut(usize::from(self.count)) {
            *place = second;
            self.count += 1;
        }
    }

    /// Whether there is no room for another.
    pub(crate) fn is_full(&self) -> bool {
        usize::from(self.count) >= SECONDS
    }

    /// When the last of them ends.
    pub(crate) fn until(&self) -> Instant {
        self.since + Duration::from_secs(self.count.into())
    }

    /// Of what is sent: how the peer hears it, by what it has told last in these seconds.
    #[must_use]
    pub fn listening(&self) -> Option<Listening> {
        self.listening
    }

    /// The seconds of which anything is known, each with its begin.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, Second)> + '_ {
        let begins = (0..).map(|n| self.since + Duration::from_secs(n));
        begins
            .zip(&self.list)
            .filter_map(|(at, second)| second.map(|second| (at, second)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_follow_each_other_and_those_that_nobody_knows_are_left_out() {
        let mut batch = Seconds::since(Instant::from_secs(7));
        let known = Second {
            expected: 50,
            ..Second::default()
        };
        for second in [Some(known), None, Some(known), None, None] {
            assert!(!batch.is_full());
            batch.push(second, None);
        }
        assert!(batch.is_full());
        assert_eq!(batch.until(), Instant::from_secs(12));
        batch.push(Some(known), None);
        let all: Vec<_> = batch.iter().collect();
        let at = |secs| (Instant::from_secs(secs), known);
        assert_eq!(all, [at(7), at(9)]);
    }

    #[test]
    fn a_batch_makes_notices_hardly_larger_than_figures_do() {
        let largest = size_of::<crate::LegFigures>() + 24;
        assert!(size_of::<crate::Notice>() <= largest);
    }
}
