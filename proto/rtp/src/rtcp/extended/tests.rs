//! Extended reports octet by octet, and whatever may come instead of one.
#![allow(clippy::unwrap_used)]
use super::super::{Packet, packets};
use super::*;
use proptest::prelude::*;

/// A block of VoIP metrics, octet by octet as RFC 3611 section 4.7 draws it.
const DRAWN: [u8; 36] = [
    7, 0, 0, 8, // type, reserved, words
    0x12, 0x34, 0x56, 0x78, // source
    12, 3, 128, 2, // loss, discard, burst density, gap density
    0x01, 0x90, 0x27, 0x10, // burst 400 ms, gap 10,000 ms
    0x00, 0x78, 0x00, 0x3c, // round trip 120 ms, end system 60 ms
    0xeb, 0xc4, 55, 16, // signal -21 dBm0, noise -60 dBm0, echo, Gmin
    84, 127, 41, 39, // R, none, MOS of listening, of conversation
    0xf3, 0, 0x00, 0x28, // standard concealment, adaptive; nominal 40 ms
    0x00, 0x50, 0x00, 0xa0, // maximal 80 ms, at most 160 ms
];

fn drawn() -> VoipMetrics {
    VoipMetrics {
        ssrc: 0x1234_5678,
        loss: 12,
        discard: 3,
        course: Course {
            burst_density: 128,
            gap_density: 2,
            burst_ms: 400,
            gap_ms: 10_000,
            gap_least: 16,
        },
        round_trip_ms: 120,
        end_system_ms: 60,
        levels: Levels {
            signal: Some(-21),
            noise: Some(-60),
            echo_return_loss: Some(55),
        },
        scores: Scores {
            rating: Some(84),
            outer_rating: None,
            listening_x10: Some(41),
            conversation_x10: Some(39),
        },
        configuration: 0xf3,
        buffer_ms: [40, 80, 160],
    }
}

fn packet(blocks: &[u8]) -> Vec<u8> {
    let words = u16::try_from(1 + blocks.len() / 4).unwrap();
    let [high, low] = words.to_be_bytes();
    let mut packet = vec![0x80, kind::EXTENDED_REPORT, high, low, 0, 0, 0, 9];
    packet.extend(blocks);
    packet
}

fn blocks(octets: &[u8]) -> Vec<ExtendedBlock<'_>> {
    let first = packets(octets).unwrap().next().unwrap();
    let Packet::ExtendedReport(9, blocks) = first else {
        panic!("{first:?}");
    };
    blocks.collect()
}

// rfc: 3611 §4.7
#[test]
fn metrics_are_read_and_written_as_they_are_drawn() {
    let octets = packet(&DRAWN);
    assert_eq!(blocks(&octets), [ExtendedBlock::Voip(drawn())]);
    assert_eq!(drawn().to_bytes(), DRAWN);
}

// rfc: 3611 §4.7.4
// rfc: 3611 §4.7.5
#[test]
fn what_is_not_known_is_said_by_127() {
    let unknown = VoipMetrics::default().to_bytes();
    assert_eq!(unknown[20..23], [127; 3]);
    assert_eq!(unknown[24..28], [127; 4]);
    assert_eq!(VoipMetrics::parse(&unknown), Some(VoipMetrics::default()));
}

#[test]
fn a_score_that_no_scale_has_is_none() {
    let mut octets = DRAWN;
    octets[24..28].copy_from_slice(&[101, 255, 9, 51]);
    let read = VoipMetrics::parse(&octets).unwrap();
    assert_eq!(read.scores, Scores::default());
}

// rfc: 3611 §4.4
// rfc: 3611 §4.5
#[test]
fn times_are_asked_for_and_answered() {
    let report = OwnExtended {
        reference: Some(0x0000_0012_8000_0001),
        answer: Some(ReferenceAnswer {
            ssrc: 7,
            last: 0x0012_8000,
            delay_since: 65_536,
        }),
        voip: Some(drawn()),
    };
    let mut octets = Vec::new();
    report.write(9, &mut |piece| octets.extend_from_slice(piece));
    assert_eq!(octets.len(), OWN_EXTENDED_BYTES);
    let read = blocks(&octets);
    let ExtendedBlock::Answers(answers) = read[1] else {
        panic!("{read:?}");
    };
    assert_eq!(read[0], ExtendedBlock::Reference(0x0000_0012_8000_0001));
    assert_eq!(answers.collect::<Vec<_>>(), [report.answer.unwrap()]);
    assert_eq!(read[2], ExtendedBlock::Voip(drawn()));
}

#[test]
fn a_report_that_says_nothing_is_not_written() {
    let silent = OwnExtended::default();
    silent.write(9, &mut |piece| panic!("{piece:?}"));
}

// rfc: 3611 §3
#[test]
fn blocks_of_other_types_are_passed_over() {
    let mut all = vec![1, 0, 0, 1, 0, 0, 0, 9];
    all.extend(DRAWN);
    let read = packet(&all);
    let other = ExtendedBlock::Other(1);
    assert_eq!(blocks(&read), [other, ExtendedBlock::Voip(drawn())]);
}

#[test]
fn a_block_that_is_too_short_is_unknown_and_one_that_is_too_long_the_end() {
    let short = packet(&[7, 0, 0, 0, 4, 0, 0, 0]);
    assert_eq!(
        blocks(&short),
        [ExtendedBlock::Other(7), ExtendedBlock::Other(4)]
    );
    let long = packet(&[7, 0, 0, 8, 0, 0, 0, 9]);
    assert_eq!(blocks(&long), []);
}

proptest! {
    #[test]
    fn whatever_comes_is_read_to_its_end(octets in proptest::collection::vec(any::<u8>(), 0..96)) {
        let most = octets.len() / 4;
        let mut count = 0;
        for block in ExtendedBlocks(&octets) {
            count += 1;
            if let ExtendedBlock::Answers(answers) = block {
                prop_assert!(answers.count() <= most);
            }
        }
        prop_assert!(count <= most);
    }

    #[test]
    fn metrics_of_any_octets_are_written_as_they_were_read(
        octets in proptest::array::uniform32(any::<u8>()),
    ) {
        let mut block = [0; VOIP_BYTES];
        block[..4].copy_from_slice(&[7, 0, 0, 8]);
        block[4..].copy_from_slice(&octets);
        let read = VoipMetrics::parse(&block).unwrap();
        prop_assert_eq!(VoipMetrics::parse(&read.to_bytes()), Some(read));
    }
}
