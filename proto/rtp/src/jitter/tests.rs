//! Tests of `jitter`.

#![allow(clippy::unwrap_used)]

mod network;

use super::*;

/// Octets of a payload here.
const PAYLOAD: usize = 8;

/// A stream of packets of 20 ms at 8 kHz and the buffer it comes to; packet `n` is sent at
/// `20 n` ms, and its payload is `n`.
struct Line {
    buffer: JitterBuffer,
    first_seq: u16,
    first_ts: u32,
}

/// What was heard in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Packet(u64),
    Lost(Option<u64>),
    Silence,
}

fn number(payload: &[u8]) -> u64 {
    u64::from_be_bytes(payload.try_into().unwrap())
}

impl Line {
    fn new() -> Self {
        // close to the end of both, so that every test sees them wrap
        Self::with(&Settings::new(8000, PAYLOAD))
    }

    fn with(settings: &Settings) -> Self {
        Self {
            buffer: JitterBuffer::new(settings),
            first_seq: u16::MAX - 20,
            first_ts: u32::MAX - 5_000,
        }
    }

    fn seq(&self, n: u64) -> u16 {
        self.first_seq
            .wrapping_add(u16::try_from(n % 0x1_0000).unwrap())
    }

    fn ts(&self, n: u64) -> u32 {
        let units = 160 * n % 0x1_0000_0000;
        self.first_ts.wrapping_add(u32::try_from(units).unwrap())
    }

    fn put_as(&mut self, n: u64, ms: u64, change: impl FnOnce(&mut Packet<'_>)) -> Put {
        let payload = n.to_be_bytes();
        let mut packet = Packet {
            ssrc: 1,
            seq: self.seq(n),
            ts: self.ts(n),
            marker: false,
            content: Content::Sound,
            payload: &payload,
        };
        change(&mut packet);
        self.buffer.put(&packet, Instant::from_millis(ms))
    }

    fn put(&mut self, n: u64, ms: u64) -> Put {
        self.put_as(n, ms, |_| {})
    }

    fn pull_at(&mut self, now: Instant) -> Heard {
        match self.buffer.pull(now) {
            Frame::Sound(payload) => Heard::Packet(number(payload)),
            Frame::Lost { fec } => Heard::Lost(fec.map(number)),
            Frame::Silence => Heard::Silence,
        }
    }

    fn pull(&mut self, ms: u64) -> Heard {
        self.pull_at(Instant::from_millis(ms))
    }

    /// Packets `from..to` on time, each followed by a pull; gives what was heard.
    fn talk(&mut self, from: u64, to: u64) -> Vec<Heard> {
        (from..to)
            .map(|n| {
                assert_eq!(self.put(n, 20 * n), Put::Kept);
                self.pull(20 * n)
            })
            .collect()
    }

    /// Pulls at the times of packets `from..to` while nothing comes.
    fn quiet(&mut self, from: u64, to: u64) -> Vec<Heard> {
        (from..to).map(|n| self.pull(20 * n)).collect()
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn nothing_received_is_silence() {
    let mut line = Line::new();
    assert_eq!(line.quiet(0, 100), [Heard::Silence; 100]);
    let figures = line.buffer.figures();
    assert_eq!((figures.received, figures.concealed), (0, 0));
    assert_eq!(figures.target, START_DELAY);
}

#[test]
fn an_even_stream_is_heard_whole_after_the_first_delay() {
    let mut line = Line::new();
    let heard = line.talk(0, 30);
    assert_eq!(heard[..3], [Heard::Silence; 3]);
    let numbers: Vec<Heard> = (0..27).map(Heard::Packet).collect();
    assert_eq!(heard[3..], numbers);
    assert_eq!(line.buffer.figures().delay, START_DELAY);
}

#[test]
fn a_missing_packet_is_lost_and_the_next_one_may_tell_of_it() {
    let mut line = Line::new();
    line.talk(0, 10);
    // 10 and 11 never come
    line.pull(200);
    line.pull(220);
    let mut heard = line.talk(12, 20);
    heard.truncate(4);
    let expected = [
        Heard::Packet(9),
        Heard::Lost(None),
        Heard::Lost(Some(12)),
        Heard::Packet(12),
    ];
    assert_eq!(heard, expected);
    let figures = line.buffer.figures();
    assert_eq!((figures.lost, figures.concealed, figures.late), (2, 2, 0));
}

#[test]
fn a_delay_too_long_is_shortened_first_where_a_packet_is_missing() {
    let mut line = Line::new();
    line.talk(0, 42);
    // 42 never comes; by its turn less than 60 ms are aimed at
    line.pull(840);
    let heard = line.talk(43, 50);
    assert_eq!(heard[..4], [40, 41, 43, 44].map(Heard::Packet));
    let figures = line.buffer.figures();
    assert_eq!(
        (figures.lost, figures.concealed, figures.skipped),
        (1, 0, 0)
    );
    assert_eq!(figures.delay, ms(40));
}

#[test]
fn packets_out_of_order_are_heard_in_order() {
    let mut line = Line::new();
    for (n, at) in [(1, 20), (0, 21), (3, 22), (2, 23)] {
        assert_eq!(line.put(n, at), Put::Kept);
    }
    let heard: Vec<Heard> = (0..10).map(|n| line.pull(30 + 20 * n)).collect();
    let sounds: Vec<Heard> = heard
        .into_iter()
        .filter(|heard| matches!(heard, Heard::Packet(_)))
        .collect();
    assert_eq!(sounds, [0, 1, 2, 3].map(Heard::Packet));
}

#[test]
fn a_packet_that_comes_again_is_heard_once() {
    let mut line = Line::new();
    line.talk(0, 10);
    // 9 waits, 5 was heard
    assert_eq!(line.put(9, 190), Put::Duplicate);
    assert_eq!(line.put(5, 190), Put::Duplicate);
    assert_eq!(line.buffer.figures().duplicates, 2);
    assert_eq!(line.pull(200), Heard::Packet(7));
}

#[test]
fn a_packet_overtaken_by_one_that_was_heard_is_late() {
    let mut line = Line::new();
    line.talk(0, 10);
    line.pull(200);
    line.talk(11, 16);
    assert_eq!(line.put(10, 305), Put::Late);
    let figures = line.buffer.figures();
    assert_eq!((figures.late, figures.lost), (1, 1));
}

#[test]
fn a_late_packet_lengthens_the_delay_at_once() {
    let mut line = Line::new();
    line.talk(0, 10);
    line.pull(200);
    line.talk(11, 16);
    assert_eq!(line.put(10, 305), Put::Late);
    // 105 ms behind the others, found to the next part of the histogram
    let target = line.buffer.figures().target;
    assert!(ms(105) <= target && target < ms(110), "{target:?}");
    let heard = line.talk(16, 22);
    let holds = heard.iter().filter(|h| **h == Heard::Lost(None)).count();
    assert_eq!(holds, 3);
    assert!(line.buffer.figures().delay >= ms(105));
}

#[test]
fn what_comes_late_is_heard_if_nothing_after_it_was() {
    let mut line = Line::new();
    line.talk(0, 10);
    // the network stands still for 160 ms; frames 7 to 9 are there, 10 to 14 are concealed
    let heard = line.quiet(10, 18);
    assert_eq!(heard[..3], [7, 8, 9].map(Heard::Packet));
    assert_eq!(heard[3..], [Heard::Lost(None); 5]);
    for n in 10..18 {
        assert_eq!(line.put(n, 355), Put::Kept);
    }
    let heard = line.talk(18, 26);
    let numbers: Vec<Heard> = (10..18).map(Heard::Packet).collect();
    assert_eq!(heard, numbers);
    assert_eq!(line.buffer.figures().late, 0);
    assert_eq!(line.buffer.figures().delay, ms(160));
}

#[test]
fn a_stream_that_ends_is_concealed_for_a_while_and_silent_then() {
    let mut line = Line::new();
    line.talk(0, 10);
    let heard = line.quiet(10, 40);
    let concealed = usize::try_from(CONCEALED_IN_A_ROW).unwrap();
    assert_eq!(heard[3..3 + concealed], vec![Heard::Lost(None); concealed]);
    assert!(heard[3 + concealed..].iter().all(|h| *h == Heard::Silence));
}

#[test]
fn silence_that_was_said_is_not_concealed() {
    let mut line = Line::new();
    line.talk(0, 10);
    let put = line.put_as(10, 200, |packet| packet.content = Content::Quiet);
    assert_eq!(put, Put::Kept);
    let heard = line.quiet(10, 40);
    assert_eq!(heard[..3], [7, 8, 9].map(Heard::Packet));
    assert!(heard[3..].iter().all(|h| *h == Heard::Silence));
    // the sender has given no numbers to its silence
    let first_seq = line.seq(11);
    let put = line.put_as(40, 800, |packet| {
        packet.seq = first_seq;
        packet.marker = true;
    });
    assert_eq!(put, Put::Kept);
    let heard = line.quiet(40, 44);
    assert_eq!(heard[..3], [Heard::Silence; 3]);
    assert_eq!(heard[3], Heard::Packet(40));
    assert_eq!(line.buffer.figures().lost, 0);
    assert_eq!(line.buffer.figures().concealed, 0);
}

#[test]
fn a_gap_in_time_without_one_in_numbers_is_silence() {
    let mut line = Line::new();
    line.talk(0, 10);
    assert_eq!(line.pull(200), Heard::Packet(7));
    let next = line.seq(10);
    assert_eq!(line.put_as(11, 220, |packet| packet.seq = next), Put::Kept);
    let heard = line.quiet(11, 15);
    assert_eq!(heard[..2], [8, 9].map(Heard::Packet));
    assert_eq!(heard[2..], [Heard::Silence, Heard::Packet(11)]);
}

// rfc: 4733 §2.5.1.2 packets of one key press share their timestamp
#[test]
fn a_key_press_is_neither_heard_nor_missed() {
    let mut line = Line::new();
    line.talk(0, 10);
    let ts = line.ts(10);
    let mut heard = Vec::new();
    for n in 10..20 {
        let put = line.put_as(n, 20 * n, |packet| {
            packet.ts = ts;
            packet.content = Content::Quiet;
        });
        assert_eq!(put, Put::Kept);
        heard.push(line.pull(20 * n));
    }
    assert_eq!(heard[..3], [7, 8, 9].map(Heard::Packet));
    assert_eq!(heard[3..], [Heard::Silence; 7]);
    let heard = line.talk(20, 25);
    assert_eq!(heard[3..], [20, 21].map(Heard::Packet));
    assert_eq!(line.buffer.figures().lost, 0);
}

#[test]
fn keys_before_any_sound_take_no_room() {
    let mut line = Line::new();
    for n in 0..200 {
        let put = line.put_as(n, 20 * n, |packet| packet.content = Content::Quiet);
        assert_eq!(put, Put::Kept);
        assert_eq!(line.pull(20 * n), Heard::Silence);
    }
    assert_eq!(line.buffer.figures().skipped, 0);
}

#[test]
fn another_source_begins_anew() {
    let mut line = Line::new();
    line.talk(0, 10);
    for n in 10..20 {
        let put = line.put_as(n, 20 * n, |packet| {
            packet.ssrc = 2;
            packet.seq = packet.seq.wrapping_add(30_000);
            packet.ts = packet.ts.wrapping_add(1 << 30);
        });
        assert_eq!(put, Put::Kept);
        let heard = line.pull(20 * n);
        let expected = match n {
            10..13 => Heard::Silence,
            _ => Heard::Packet(n - 3),
        };
        assert_eq!(heard, expected);
    }
    assert_eq!(line.buffer.figures().restarts, 1);
}

// rfc: 3550 §A.1 two packets in a row elsewhere are a restart, one is not
#[test]
fn a_stray_packet_is_ignored_and_two_in_a_row_begin_anew() {
    let mut line = Line::new();
    line.talk(0, 10);
    assert_eq!(line.put(40_000, 200), Put::Stray);
    line.talk(10, 12);
    assert_eq!(line.put(40_000, 240), Put::Stray);
    assert_eq!(line.put(40_001, 240), Put::Kept);
    assert_eq!(line.buffer.figures().restarts, 1);
    let heard = line.quiet(13, 16);
    assert_eq!(
        heard,
        [Heard::Silence, Heard::Silence, Heard::Packet(40_001)]
    );
}

#[test]
fn timestamps_set_anew_begin_anew_at_once_with_a_marker() {
    let mut line = Line::new();
    line.talk(0, 10);
    let put = line.put_as(10, 200, |packet| {
        packet.ts = packet.ts.wrapping_add(1 << 29);
        packet.marker = true;
    });
    assert_eq!(put, Put::Kept);
    assert_eq!(line.buffer.figures().restarts, 1);
    assert_eq!(line.quiet(13, 14), [Heard::Packet(10)]);
}

#[test]
fn a_longer_route_is_found_even_beyond_the_longest_delay() {
    let mut line = Line::new();
    line.talk(0, 50);
    let mut late = 0;
    let mut heard = Vec::new();
    for n in 50..100 {
        late += u32::from(line.put(n, 20 * n + 700) == Put::Late);
        heard.push(line.pull(20 * n + 700));
    }
    assert_eq!(late, LATE_IN_A_ROW - 1);
    assert_eq!(line.buffer.figures().restarts, 1);
    assert_eq!(heard.last(), Some(&Heard::Packet(97)));
}

#[test]
fn a_payload_too_long_is_refused() {
    let mut line = Line::new();
    let put = line.put_as(0, 0, |packet| packet.payload = &[0; PAYLOAD + 1]);
    assert_eq!(put, Put::TooLong);
    let settings = Settings::new(8000, usize::MAX);
    assert_eq!(
        JitterBuffer::new(&settings).slots.payload_bytes(),
        MOST_PAYLOAD
    );
}

#[test]
fn a_full_buffer_lets_the_oldest_go() {
    let settings = Settings {
        most: ms(1_900),
        ..Settings::new(8000, PAYLOAD)
    };
    let mut line = Line::with(&settings);
    let slots = u64::try_from(JitterBuffer::SLOTS).unwrap();
    for n in 0..slots + 5 {
        assert_eq!(line.put(n, 20), Put::Kept);
    }
    assert_eq!(line.buffer.figures().skipped, 5);
    assert_eq!(line.put(2, 20), Put::Late);
}

#[test]
fn frames_that_nobody_asked_for_are_left_out() {
    let mut line = Line::new();
    line.talk(0, 20);
    // the host stands still for a second while packets go on coming
    for n in 20..70 {
        line.put(n, 20 * n);
    }
    let heard = line.talk(70, 72);
    assert_eq!(heard, [50, 51].map(Heard::Packet));
    assert_eq!(line.buffer.figures().delay, MOST_DELAY);
    assert_eq!(line.buffer.figures().skipped, 33);
}

#[test]
fn the_length_of_packets_is_learnt() {
    let mut line = Line::new();
    assert_eq!(line.buffer.frame(), ms(20));
    for n in 0..4 {
        line.put_as(2 * n, 40 * n, |packet| {
            packet.seq = u16::try_from(n).unwrap();
        });
    }
    assert_eq!(line.buffer.frame(), ms(40));
    // once is an accident, and a second of sound in one packet is none at all
    line.put_as(9, 180, |packet| packet.seq = 4);
    assert_eq!(line.buffer.frame(), ms(40));
    line.put_as(59, 1180, |packet| packet.seq = 5);
    line.put_as(109, 2180, |packet| packet.seq = 6);
    assert_eq!(line.buffer.frame(), ms(40));
}

#[test]
fn bounds_that_contradict_each_other_are_drawn_together() {
    let settings = Settings {
        least: ms(300),
        most: ms(100),
        ..Settings::new(8000, PAYLOAD)
    };
    let mut line = Line::with(&settings);
    assert_eq!(line.buffer.figures().target, ms(300));
    let heard = line.talk(0, 20);
    assert_eq!(heard[15..], [0, 1, 2, 3, 4].map(Heard::Packet));
}
