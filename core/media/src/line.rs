//! A line: what a leg says and hears, joined to something outside of the road that makes sound of
//! its own, such as a fax machine.
//!
//! It is two rings of packets between two threads, of which each has one end: the road puts there
//! what the leg says, in plain and as it came, and fetches 20 ms of sound whenever they are due.
//! Nobody waits for the other, and nothing is made louder, quieter, longer or shorter on the way.
//!
//! While the leg carries a fax (UDPTL), its datagrams go by two rings more, as they are.

mod datagrams;
mod pace;
mod ring;

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};

use audio::g711;

use crate::format::Codec;
use datagrams::Datagrams;
pub use datagrams::{LINE_DATAGRAM, LINE_DATAGRAMS};
pub use pace::{PACE_BEHIND, Pace, PaceFigures};
use ring::Ring;

/// Packets of the leg that wait to be fetched, at most; of 20 ms each, these are 1.28 s. Those
/// beyond it are missed and counted.
pub const LINE_HEARD: usize = 64;

/// Frames of 20 ms that wait to be sent, at most. Whoever makes more is told that there is no room.
pub const LINE_SAID: usize = 16;

/// Samples of 20 ms at 8 kHz.
pub const LINE_FRAME: usize = 160;

/// Most samples of a packet of the leg: 60 ms. What is longer is cut.
pub const LINE_PACKET: usize = 480;

/// Samples in one word of a ring.
const TOGETHER: usize = 4;

/// Words of a packet that say what it is.
const HEAD: usize = 2;

/// What is counted of a line, since it was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LineFigures {
    /// Packets of the leg.
    pub heard: u64,
    /// Packets and datagrams of the leg for which there was no room.
    pub missed: u64,
    /// Frames that were sent.
    pub said: u64,
    /// Frames of silence that were sent since nothing else was there in time, once something was.
    pub underruns: u64,
}

#[derive(Debug, Default)]
struct Counts {
    heard: AtomicU64,
    missed: AtomicU64,
    said: AtomicU64,
    underruns: AtomicU64,
}

/// A packet of the leg, as samples at 8 kHz.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinePacket {
    /// Where it belongs: its RTP timestamp.
    pub ts: u32,
    /// The stream that it is of: its synchronisation source.
    pub source: u32,
    samples: [i16; LINE_PACKET],
    length: usize,
}

impl LinePacket {
    /// What it says.
    #[must_use]
    pub fn samples(&self) -> &[i16] {
        self.samples.get(..self.length).unwrap_or_default()
    }
}

/// A line. One thread has the road's end and one the other; it allocates when it is made and never
/// again.
#[derive(Debug)]
pub struct Line {
    heard: Ring,
    said: Ring,
    /// Datagrams of the leg.
    came: Datagrams,
    /// Datagrams for the leg.
    going: Datagrams,
    /// Octets of the longest datagram that the leg's peer takes; 0 while it speaks.
    over: AtomicU16,
    counts: Counts,
    parted: AtomicBool,
}

impl Default for Line {
    fn default() -> Line {
        Line::new()
    }
}

impl Line {
    /// A line on which nothing was said.
    #[must_use]
    pub fn new() -> Line {
        Line {
            heard: Ring::new(LINE_HEARD, HEAD + LINE_PACKET / TOGETHER),
            said: Ring::new(LINE_SAID, LINE_FRAME / TOGETHER),
            came: Datagrams::new(),
            going: Datagrams::new(),
            over: AtomicU16::new(0),
            counts: Counts::default(),
            parted: AtomicBool::new(false),
        }
    }

    /// The next packet of the leg, in the order in which they came; `None` while there is none.
    #[must_use]
    pub fn hear(&self) -> Option<LinePacket> {
        let mut packet = LinePacket {
            ts: 0,
            source: 0,
            samples: [0; LINE_PACKET],
            length: 0,
        };
        self.heard.fetch(|at, word| match at {
            0 => {
                packet.ts = low(word);
                packet.length = usize::from(quarter(word, 2)).min(LINE_PACKET);
            }
            1 => packet.source = low(word),
            _ => spread(word, packet.samples.get_mut((at - HEAD) * TOGETHER..)),
        })?;
        Some(packet)
    }

    /// Gives 20 ms of sound that the leg is to hear behind what was given before; false where there
    /// is no room for them.
    pub fn say(&self, frame: &[i16; LINE_FRAME]) -> bool {
        let mut words = frame.chunks(TOGETHER).map(gathered);
        self.said.put(&mut words)
    }

    /// Frames that wait to be sent.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.said.waiting()
    }

    /// Whether the leg carries a fax in place of sound, and then the octets of the longest datagram
    /// that its peer takes, at most [`LINE_DATAGRAM`].
    #[must_use]
    pub fn over(&self) -> Option<usize> {
        let longest = self.over.load(Ordering::Acquire);
        (longest > 0).then_some(longest.into())
    }

    /// The next datagram of the leg, read into this place; `None` while there is none.
    pub fn receive<'a>(&self, into: &'a mut [u8; LINE_DATAGRAM]) -> Option<&'a [u8]> {
        let length = self.came.fetch(into)?;
        into.get(..length)
    }

    /// Gives a datagram that the leg is to get behind what was given before, within the next 20 ms;
    /// false where there is no room for it, or it has more than [`LINE_DATAGRAM`] octets.
    pub fn send(&self, datagram: &[u8]) -> bool {
        self.going.put(datagram)
    }

    /// Whether the leg has gone, or hears something else.
    #[must_use]
    pub fn is_parted(&self) -> bool {
        self.parted.load(Ordering::Acquire)
    }

    /// What was counted.
    #[must_use]
    pub fn figures(&self) -> LineFigures {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        LineFigures {
            heard: count(&self.counts.heard),
            missed: count(&self.counts.missed),
            said: count(&self.counts.said),
            underruns: count(&self.counts.underruns),
        }
    }

    /// Takes a packet of the leg; what is not G.711 is none of the line's.
    pub(crate) fn take(&self, codec: Codec, (ts, source): (u32, u32), payload: &[u8]) {
        let decode = match codec {
            Codec::Pcmu => g711::decode_mu,
            Codec::Pcma => g711::decode_a,
            Codec::G722 | Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_) => return,
        };
        let payload = payload.get(..LINE_PACKET).unwrap_or(payload);
        let length = u64::try_from(payload.len()).unwrap_or(0);
        let head = [u64::from(ts) | (length << 32), u64::from(source)];
        let sound = payload.chunks(TOGETHER).map(|octets| {
            let mut samples = [0; TOGETHER];
            for (sample, octet) in samples.iter_mut().zip(octets) {
                *sample = decode(*octet);
            }
            gathered(&samples)
        });
        let counter = match self.heard.put(&mut head.into_iter().chain(sound)) {
            true => &self.counts.heard,
            false => &self.counts.missed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Fills a frame with what the leg is to hear next: silence where nothing is there in time.
    pub(crate) fn next(&self, codec: Codec, frame: &mut [u8]) {
        let encode = match codec {
            Codec::Pcma => g711::encode_a,
            Codec::Pcmu
            | Codec::G722
            | Codec::Opus
            | Codec::Event
            | Codec::Comfort
            | Codec::Other(_) => g711::encode_mu,
        };
        let fetched = self.said.fetch(|at, word| {
            let mut samples = [0; TOGETHER];
            spread(word, Some(&mut samples));
            let place = frame.iter_mut().skip(at * TOGETHER);
            for (octet, sample) in place.zip(samples) {
                *octet = encode(sample);
            }
        });
        if fetched.is_some() {
            self.counts.said.fetch_add(1, Ordering::Relaxed);
            return;
        }
        frame.fill(encode(0));
        if self.counts.said.load(Ordering::Relaxed) > 0 {
            self.counts.underruns.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes a datagram of the leg.
    pub(crate) fn take_datagram(&self, datagram: &[u8]) {
        if !self.came.put(datagram) {
            self.counts.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Fills a place with the datagram that the leg is to get next; how many octets it has.
    pub(crate) fn next_datagram(&self, into: &mut [u8; LINE_DATAGRAM]) -> Option<usize> {
        self.going.fetch(into)
    }

    /// The leg carries a fax from now on, whose peer takes datagrams of so many octets; or sound.
    pub(crate) fn go_over(&self, longest: Option<u16>) {
        let most = u16::try_from(LINE_DATAGRAM).unwrap_or(u16::MAX);
        let longest = longest.map_or(0, |longest| longest.clamp(1, most));
        self.over.store(longest, Ordering::Release);
    }

    /// The leg is no longer there.
    pub(crate) fn part(&self) {
        self.parted.store(true, Ordering::Release);
    }
}

/// The lower half of a word.
fn low(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(0)
}

/// One of the four parts of a word.
fn quarter(word: u64, at: usize) -> u16 {
    let part = (word >> (16 * at)) & u64::from(u16::MAX);
    u16::try_from(part).unwrap_or(0)
}

/// Four samples as one word.
fn gathered(samples: &[i16]) -> u64 {
    let bits = |sample: &i16| u64::from(sample.cast_unsigned());
    let samples = samples.iter().take(TOGETHER).enumerate();
    samples.fold(0, |word, (at, sample)| word | (bits(sample) << (16 * at)))
}

/// The samples of a word, as many as there is room for.
fn spread(word: u64, into: Option<&mut [i16]>) {
    let places = into.into_iter().flatten().take(TOGETHER).enumerate();
    for (at, sample) in places {
        *sample = quarter(word, at).cast_signed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 ms that begin with a sample.
    fn frame(first: i16) -> [i16; LINE_FRAME] {
        let mut frame = [0; LINE_FRAME];
        for (sample, at) in frame.iter_mut().zip(0_i16..) {
            *sample = first.wrapping_add(at.wrapping_mul(-201));
        }
        frame
    }

    #[test]
    fn what_is_said_is_heard_in_its_order_and_silence_behind_it() {
        let line = Line::new();
        let mut octets = [0; LINE_FRAME];
        line.next(Codec::Pcmu, &mut octets);
        assert_eq!(octets, [0xff; LINE_FRAME], "nothing has been said yet");
        assert!(line.say(&frame(1_000)) && line.say(&frame(-32_000)));
        for first in [1_000, -32_000] {
            line.next(Codec::Pcma, &mut octets);
            let wanted = frame(first).map(g711::encode_a);
            assert_eq!(octets, wanted, "{first}");
        }
        line.next(Codec::Pcma, &mut octets);
        assert_eq!(octets, [g711::encode_a(0); LINE_FRAME]);
        let figures = line.figures();
        assert_eq!((figures.said, figures.underruns), (2, 1));
    }

    #[test]
    fn packets_are_heard_as_they_came_and_those_without_room_are_counted() {
        let line = Line::new();
        let payload: Vec<u8> = (0..=239).collect();
        line.take(Codec::Pcmu, (u32::MAX, 7), &payload);
        line.take(Codec::Pcma, (3, 9), &[0x55; 3]);
        line.take(Codec::G722, (3, 9), &payload);
        let first = line.hear().unwrap();
        assert_eq!((first.ts, first.source), (u32::MAX, 7));
        let wanted: Vec<i16> = payload
            .iter()
            .map(|octet| g711::decode_mu(*octet))
            .collect();
        assert_eq!(first.samples(), wanted);
        let second = line.hear().unwrap();
        assert_eq!((second.ts, second.source), (3, 9));
        assert_eq!(second.samples(), [g711::decode_a(0x55); 3]);
        assert_eq!(line.hear(), None, "G.722 is no telephone line's");
        for ts in 0..70 {
            line.take(Codec::Pcmu, (ts, 1), &payload);
        }
        let figures = line.figures();
        assert_eq!((figures.heard, figures.missed), (66, 6));
    }

    #[test]
    fn whoever_says_more_than_there_is_room_for_is_told() {
        let line = Line::new();
        let fits = (0..20).filter(|_| line.say(&frame(1))).count();
        assert_eq!((fits, line.waiting()), (LINE_SAID, LINE_SAID));
        line.next(Codec::Pcmu, &mut [0; LINE_FRAME]);
        assert!(line.say(&frame(2)) && !line.say(&frame(3)));
    }

    #[test]
    fn datagrams_pass_as_they_are_and_those_without_room_are_told_of() {
        let line = Line::new();
        let mut place = [0; LINE_DATAGRAM];
        let lengths = [0, 1, 7, 8, 9, LINE_DATAGRAM];
        let datagram = |length: usize| -> Vec<u8> { (1..=u8::MAX).cycle().take(length).collect() };
        for length in lengths {
            line.take_datagram(&datagram(length));
            assert!(line.send(&datagram(length)));
        }
        for length in lengths {
            assert_eq!(line.receive(&mut place), Some(&datagram(length)[..]));
            assert_eq!(line.next_datagram(&mut place), Some(length));
            assert_eq!(place[..length], datagram(length));
        }
        assert_eq!(line.receive(&mut place), None);
        assert!(!line.send(&datagram(LINE_DATAGRAM + 1)), "it is too long");
        for _ in 0..LINE_DATAGRAMS + 3 {
            line.take_datagram(&datagram(40));
        }
        assert_eq!(line.figures().missed, 3);
    }

    #[test]
    fn whether_a_leg_faxes_is_told_with_the_longest_datagram_that_its_peer_takes() {
        let line = Line::new();
        assert_eq!(line.over(), None);
        for (told, over) in [(0, 1), (200, 200), (u16::MAX, LINE_DATAGRAM)] {
            line.go_over(Some(told));
            assert_eq!(line.over(), Some(over));
        }
        line.go_over(None);
        assert_eq!(line.over(), None);
    }

    #[test]
    fn two_threads_lose_and_mix_nothing() {
        let line = Line::new();
        let last = 20_000_u32;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for ts in 1..=last {
                    let low = u8::try_from(ts % 256).unwrap();
                    while line.waiting_to_be_heard() >= LINE_HEARD {
                        std::thread::yield_now();
                    }
                    line.take(Codec::Pcmu, (ts, ts), &[low; 160]);
                }
            });
            let mut heard = 0;
            while heard < last {
                let Some(packet) = line.hear() else {
                    std::thread::yield_now();
                    continue;
                };
                heard += 1;
                let low = g711::decode_mu(u8::try_from(heard % 256).unwrap());
                assert_eq!((packet.ts, packet.source), (heard, heard));
                assert_eq!(packet.samples(), [low; 160]);
            }
        });
        assert_eq!(line.figures().missed, 0);
    }

    impl Line {
        fn waiting_to_be_heard(&self) -> usize {
            self.heard.waiting()
        }
    }
}
