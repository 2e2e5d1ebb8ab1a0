//! The streams of one direction: which packets of each have been there.

use crate::window::Window;

/// Streams (SSRC) that are remembered of one direction. A telephone has one or two.
pub const MAX_STREAMS: usize = 4;

/// What is remembered of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) ssrc: u32,
    /// Its packets of RTP; none before the first.
    pub(crate) rtp: Option<Window>,
    /// Its packets of RTCP; none before the first.
    pub(crate) rtcp: Option<Window>,
}

impl Stream {
    /// A stream of which nothing has been there.
    pub(crate) fn new(ssrc: u32) -> Stream {
        let (rtp, rtcp) = (None, None);
        Stream { ssrc, rtp, rtcp }
    }

    /// A packet of RTP with this index has been there.
    pub(crate) fn note_rtp(&mut self, index: u64) {
        note(&mut self.rtp, index);
    }

    /// A packet of RTCP with this index has been there.
    pub(crate) fn note_rtcp(&mut self, index: u64) {
        note(&mut self.rtcp, index);
    }
}

fn note(window: &mut Option<Window>, index: u64) {
    match window {
        Some(window) => window.note(index),
        None => *window = Some(Window::opened_by(index)),
    }
}

/// The index that ends in this sequence number and lies nearest to the highest one so far (RFC 3711
/// section 3.3.1); none where that would lie before the first of all.
pub(crate) fn nearest(highest: u64, seq: u16) -> Option<u64> {
    const HALF: u64 = 1 << 15;
    let (rollovers, latest, seq) = (highest >> 16, highest & 0xffff, u64::from(seq));
    let rollovers = if latest < HALF && seq > latest + HALF {
        rollovers.checked_sub(1)?
    } else if latest > seq + HALF {
        rollovers + 1
    } else {
        rollovers
    };
    Some(rollovers << 16 | seq)
}

/// The streams of one direction, at most [`MAX_STREAMS`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams {
    kept: [Option<Kept>; MAX_STREAMS],
    /// How often one was kept.
    keepings: u64,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    stream: Stream,
    /// The keeping at which it was kept last.
    last: u64,
}

impl Streams {
    /// What is remembered of a stream.
    pub(crate) fn find(&self, ssrc: u32) -> Option<Stream> {
        let mut all = self.kept.iter().flatten().map(|kept| kept.stream);
        all.find(|stream| stream.ssrc == ssrc)
    }

    /// Would a new stream take the place of another?
    pub(crate) fn are_full(&self) -> bool {
        self.kept.iter().all(Option::is_some)
    }

    /// Remembers a stream in its own place, else in an empty one, else instead of the one that was
    /// kept longest ago.
    pub(crate) fn keep(&mut self, stream: Stream) {
        self.keepings += 1;
        let last = self.keepings;
        let place = self.kept.iter_mut().min_by_key(|kept| match kept {
            Some(kept) if kept.stream.ssrc == stream.ssrc => (0, 0),
            None => (1, 0),
            Some(kept) => (2, kept.last),
        });
        if let Some(place) = place {
            *place = Some(Kept { stream, last });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 3711 §3.3.1
    #[test]
    fn a_sequence_number_belongs_to_the_nearest_roll_over() {
        assert_eq!(nearest(0x0003_0005, 6), Some(0x0003_0006));
        assert_eq!(nearest(0x0003_fff0, 2), Some(0x0004_0002));
        assert_eq!(nearest(0x0004_0002, 0xfff0), Some(0x0003_fff0));
        assert_eq!(nearest(0x0004_8000, 0), Some(0x0004_0000));
        assert_eq!(nearest(0x0004_8001, 0), Some(0x0005_0000));
        assert_eq!(nearest(0x0004_7fff, 0xffff), Some(0x0004_ffff));
        assert_eq!(nearest(0x0004_7ffe, 0xffff), Some(0x0003_ffff));
    }

    #[test]
    fn nothing_lies_before_the_first_roll_over() {
        assert_eq!(nearest(2, 0xffff), None);
        assert_eq!(nearest(2, 1), Some(1));
    }

    #[test]
    fn a_fifth_stream_takes_the_place_of_the_one_kept_longest_ago() {
        let mut streams = Streams::default();
        for ssrc in 1..=4 {
            assert!(!streams.are_full());
            streams.keep(Stream::new(ssrc));
        }
        assert!(streams.are_full());
        streams.keep(Stream::new(1));
        streams.keep(Stream::new(5));
        let known: Vec<u32> = (0..9)
            .filter(|ssrc| streams.find(*ssrc).is_some())
            .collect();
        assert_eq!(known, [1, 3, 4, 5]);
    }
}
