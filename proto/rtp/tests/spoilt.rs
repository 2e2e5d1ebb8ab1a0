//! Packets that are nearly right: dropped or understood, never a panic, never read beyond their
//! end.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use machine::Instant;
use machine::harness::Spoiler;
use rtp::jitter::{self, Content, Frame, JitterBuffer, Put, Settings};
use rtp::rtcp::{ExtendedBlock, Packet, packets};
use rtp::{
    Continuity, Event, EventEnds, HEADER_BYTES, Header, Map, Receiver, Traffic, keep_feedback,
    looks_like_rtcp, set_marker, set_pt, set_seq, set_ssrc, set_ts,
};

/// RTP: plain, with sources and an extension, with padding, and a key press.
const RTP: [&[u8]; 4] = [
    b"\x80\x00\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xefspeechspeechspeech",
    b"\x92\x88\x00\x01\x00\x00\x00\xa0\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\
      \xbe\xde\x00\x01\x10\xff\x00\x00sound",
    b"\xa0\x09\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04sound\x00\x00\x00\x04",
    b"\x80\xe5\x00\x07\x00\x00\x00\x50\x0a\x0b\x0c\x0d\x05\x8a\x03\x20",
];

/// RTCP: a sender report with a block and a description, a receiver report with a goodbye,
/// feedback.
const RTCP: [&[u8]; 3] = [
    b"\x81\xc8\x00\x0c\x00\x00\x00\x01\x83\xaa\x7e\x80\x00\x00\x00\x00\x00\x00\x01\x40\
      \x00\x00\x00\x64\x00\x00\x3e\x80\x00\x00\x00\x02\x01\x00\x00\x05\x00\x00\x12\x34\
      \x00\x00\x00\x0a\x7e\x80\x00\x00\x00\x01\x00\x00\
      \x81\xca\x00\x03\x00\x00\x00\x01\x01\x04anna\x00\x00",
    b"\x81\xc9\x00\x07\x00\x00\x00\x01\x00\x00\x00\x02\x00\xff\xff\xff\x00\x00\xff\xff\
      \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x81\xcb\x00\x02\x00\x00\x00\x01\x03bye",
    b"\x81\xcd\x00\x03\x00\x00\x00\x01\x00\x00\x00\x02\x00\x01\x00\x00",
];

const MAP: Map = Map {
    from: 1,
    to: 0xffff_ffff,
    reports: None,
};

#[test]
fn a_spoilt_packet_has_its_payload_inside_itself_or_none() {
    let mut spoiler = Spoiler::new(0x47);
    let mut understood = 0;
    for _ in 0..60_000 {
        let input = spoiler.spoil(&RTP);
        let Some(header) = Header::parse(&input) else {
            continue;
        };
        understood += 1;
        let range = header.payload_range();
        assert!(HEADER_BYTES <= range.start && range.start <= range.end);
        assert!(
            range.end <= input.len(),
            "{header:?} in {} octets",
            input.len()
        );
        assert_eq!(header.payload(&input).len(), header.payload_len());
        let _event = Event::parse(header.payload(&input));
    }
    assert!(understood > 10_000, "{understood}");
}

#[test]
fn rewriting_a_packet_changes_what_it_says_and_nothing_else() {
    let mut spoiler = Spoiler::new(0x48);
    for _ in 0..20_000 {
        let mut input = spoiler.spoil(&RTP);
        let before = Header::parse(&input);
        let (length, tail) = (input.len(), input.get(HEADER_BYTES..).map(<[u8]>::to_vec));
        set_seq(&mut input, 7);
        set_ts(&mut input, 8);
        set_ssrc(&mut input, 9);
        set_pt(&mut input, 10);
        set_marker(&mut input, true);
        assert_eq!(input.len(), length);
        assert_eq!(input.get(HEADER_BYTES..).map(<[u8]>::to_vec), tail);
        if let Some(before) = before {
            let after = Header::parse(&input).expect("it was one before");
            assert_eq!((after.seq, after.ts, after.ssrc, after.pt), (7, 8, 9, 10));
            assert_eq!(after.payload_range(), before.payload_range());
        }
    }
}

#[test]
fn a_receiver_outlives_any_order_of_any_numbers() {
    let mut spoiler = Spoiler::new(0x49);
    let (mut receiver, mut digits) = (Receiver::new(8_000), EventEnds::new());
    let mut continuity = Continuity::new(1, 0, 0);
    for millis in 0..60_000 {
        let now = Instant::from_millis(millis);
        let input = spoiler.spoil(&RTP);
        let Some(header) = Header::parse(&input) else {
            continue;
        };
        receiver.receive(&header, now);
        continuity.stamp(header.ssrc, header.seq, header.ts, 8_000, now);
        if let Some(event) = Event::parse(header.payload(&input)) {
            digits.receive(header.ssrc, header.ts, event, now);
        }
        digits.expire(now);
    }
    let statistics = receiver.statistics();
    assert!((0.0..=1.0).contains(&statistics.loss()), "{statistics:?}");
    assert!(receiver.report().is_some());
}

#[test]
fn a_jitter_buffer_outlives_any_order_of_any_numbers() {
    let mut spoiler = Spoiler::new(0x4c);
    let mut buffer = JitterBuffer::new(&Settings::new(8_000, 24));
    let (mut unkept, mut longest) = (0, 0);
    for millis in 0..60_000_u16 {
        let now = Instant::from_millis(millis.into());
        // among others a stream that is right
        let (even, n) = (millis % 20 == 0, millis / 20);
        let mut input = RTP[0].to_vec();
        set_seq(&mut input, n);
        set_ts(&mut input, 160 * u32::from(n));
        if millis % 20 == 7 {
            input = spoiler.spoil(&RTP[..1]);
        } else if !even {
            continue;
        }
        let Some(header) = Header::parse(&input) else {
            continue;
        };
        let content = match header.pt {
            101 => Content::Quiet,
            _ => Content::Sound,
        };
        let packet = jitter::Packet {
            ssrc: header.ssrc,
            seq: header.seq,
            ts: header.ts,
            marker: header.marker,
            content,
            payload: header.payload(&input),
        };
        let put = buffer.put(&packet, now);
        unkept += u64::from(matches!(put, Put::Stray | Put::TooLong));
        if even {
            match buffer.pull(now) {
                Frame::Sound(payload) | Frame::Lost { fec: Some(payload) } => {
                    longest = longest.max(payload.len());
                }
                Frame::Lost { fec: None } | Frame::Silence => {}
            }
        }
    }
    let figures = buffer.figures();
    assert!(
        figures.played > 1_000 && figures.restarts > 0,
        "{figures:?}"
    );
    assert!(unkept + figures.played + figures.late + figures.duplicates <= figures.received);
    assert!(0 < longest && longest <= 24, "{longest}");
}

#[test]
fn a_spoilt_compound_is_read_whole_or_not_at_all() {
    let mut spoiler = Spoiler::new(0x4a);
    let mut understood = 0;
    for _ in 0..60_000 {
        let mut input = spoiler.spoil(&RTCP);
        let Some(found) = packets(&input) else {
            let before = input.clone();
            assert_eq!(keep_feedback(&mut input, &MAP), 0);
            assert_eq!(input, before, "what is malformed is left as it is");
            continue;
        };
        understood += 1;
        let count = found.map(read).count();
        assert!((1..=input.len() / 4).contains(&count));
        let kept = keep_feedback(&mut input, &MAP);
        let left = packets(&input[..kept]).map_or(0, Iterator::count);
        assert!(left <= count && (kept == 0) == (left == 0));
    }
    assert!(understood > 3_000, "{understood}");
}

/// Walks over all that a block of an extended report holds.
fn walk(block: ExtendedBlock<'_>) -> usize {
    match block {
        ExtendedBlock::Answers(answers) => answers.count(),
        ExtendedBlock::Reference(_) | ExtendedBlock::Voip(_) | ExtendedBlock::Other(_) => 1,
    }
}

/// Walks over all that a packet holds.
fn read(packet: Packet<'_>) -> usize {
    match packet {
        Packet::SenderReport(_, blocks) | Packet::ReceiverReport(_, blocks) => blocks.count(),
        Packet::SourceDescription(bytes) => bytes.len(),
        Packet::Bye(sources) => sources.count(),
        Packet::ExtendedReport(_, blocks) => blocks.map(walk).sum(),
        Packet::Other { bytes, .. } => bytes.len(),
    }
}

#[test]
fn every_datagram_is_one_kind_of_traffic() {
    let mut spoiler = Spoiler::new(0x4b);
    for _ in 0..60_000 {
        let noise = spoiler.noise(64);
        let rtcp = Traffic::of(&noise) == Traffic::Rtcp;
        assert_eq!(rtcp, looks_like_rtcp(&noise), "{noise:02x?}");
    }
}
