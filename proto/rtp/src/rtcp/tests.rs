//! Tests of `rtcp`.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use super::*;
use crate::ReportMap;

/// The peer and its stream on the other side; our stream to the peer and its input.
const PEER: u32 = 0x1111_1111;
const PEER_THERE: u32 = 0x2222_2222;
const OURS: u32 = 0x3333_3333;
const INPUT: u32 = 0x4444_4444;

const MAP: Map = Map {
    from: PEER,
    to: PEER_THERE,
    reports: Some(ReportMap {
        ours: OURS,
        theirs: INPUT,
        seq_offset: 500,
    }),
};

const BLOCK: ReportBlock = ReportBlock {
    ssrc: OURS,
    fraction_lost: 12,
    cumulative_lost: -3,
    highest_seq: 0x0001_0010,
    jitter: 99,
    last_sr: 0xaabb_ccdd,
    delay_since_last_sr: 65_536,
};

fn packet(kind: u8, count: u8, words: &[u32]) -> Vec<u8> {
    let length = u16::try_from(words.len()).unwrap().to_be_bytes();
    let mut bytes = vec![0x80 | count, kind, length[0], length[1]];
    bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    bytes
}

fn sender_report(blocks: &[ReportBlock]) -> Vec<u8> {
    let words = [PEER, 0x0102_0304, 0x0506_0708, 600, 7, 1120];
    let mut bytes = packet(kind::SENDER_REPORT, blocks.len() as u8, &words);
    bytes.extend(blocks.iter().flat_map(|block| block.to_bytes()));
    bytes[3] += 6 * blocks.len() as u8;
    bytes
}

/// One chunk with a name of this length.
fn description(source: u32, name: usize) -> Vec<u8> {
    let mut chunk = source.to_be_bytes().to_vec();
    chunk.extend([1, name as u8]);
    chunk.extend(std::iter::repeat_n(b'n', name));
    chunk.push(0);
    chunk.resize(chunk.len().next_multiple_of(4), 0);
    chunk
}

fn descriptions(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let mut bytes = packet(kind::SOURCE_DESCRIPTION, chunks.len() as u8, &[]);
    bytes[3] = (body.len() / 4) as u8;
    bytes.extend(body);
    bytes
}

fn rewritten(mut bytes: Vec<u8>) -> Vec<u8> {
    let kept = keep_feedback(&mut bytes, &MAP);
    bytes.truncate(kept);
    bytes
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks(4)
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect()
}

#[test]
fn a_compound_is_read_packet_by_packet() {
    let other = packet(kind::APPLICATION, 3, &[PEER, 0x4142_4344]);
    let compound = [
        sender_report(&[BLOCK, BLOCK]),
        descriptions(&[description(PEER, 5)]),
        packet(kind::BYE, 2, &[PEER, 9]),
        packet(kind::RECEIVER_REPORT, 0, &[PEER]),
        other.clone(),
    ]
    .concat();
    let read: Vec<_> = packets(&compound).unwrap().collect();
    let Packet::SenderReport(info, blocks) = read[0] else {
        panic!("{:?}", read[0])
    };
    assert_eq!(
        (info.ssrc, info.ntp, info.rtp_ts),
        (PEER, 0x0102_0304_0506_0708, 600)
    );
    assert_eq!((info.packets, info.octets), (7, 1120));
    assert_eq!(blocks.collect::<Vec<_>>(), [BLOCK, BLOCK]);
    assert_eq!(read[1], Packet::SourceDescription(&description(PEER, 5)));
    let Packet::Bye(sources) = read[2] else {
        panic!("{:?}", read[2])
    };
    assert_eq!(sources.collect::<Vec<_>>(), [PEER, 9]);
    assert!(matches!(read[3], Packet::ReceiverReport(PEER, blocks) if blocks.count() == 0));
    assert_eq!(
        read[4],
        Packet::Other {
            kind: kind::APPLICATION,
            bytes: &other
        }
    );
    assert_eq!(read.len(), 5);
}

// rfc: 3550 §6.1
#[test]
fn malformed_compounds_are_refused_whole_and_left_alone() {
    let good = sender_report(&[BLOCK]);
    let mut version = good.clone();
    version[0] = 0x41;
    let mut count = good.clone();
    count[0] = 0x82;
    let mut longer = good.clone();
    longer[3] += 1;
    let trailing = [good.clone(), vec![0x80, 201]].concat();
    let second = [good.clone(), packet(kind::RECEIVER_REPORT, 1, &[PEER])].concat();
    let bye = packet(kind::BYE, 2, &[PEER]);
    let short = packet(kind::SENDER_REPORT, 0, &[PEER, 1, 2]);
    let bad = [
        version,
        count,
        longer,
        trailing,
        second,
        bye,
        short,
        good[..50].to_vec(),
        vec![],
    ];
    for bytes in bad {
        assert!(packets(&bytes).is_none(), "{bytes:?}");
        let mut copy = bytes.clone();
        assert_eq!(keep_feedback(&mut copy, &MAP), 0);
        assert_eq!(copy, bytes);
    }
}

// rfc: 3550 §6.4
#[test]
fn report_blocks_are_read_and_written_with_their_sign() {
    for lost in [0, 1, -1, 0x7f_ffff, -0x80_0000] {
        let block = ReportBlock {
            cumulative_lost: lost,
            ..BLOCK
        };
        assert_eq!(ReportBlock::parse(&block.to_bytes()), Some(block));
    }
    assert_eq!(ReportBlock::parse(&[0; 23]), None);
}

#[test]
fn feedback_names_the_input_and_its_packets() {
    // number 600 and a mask, then a picture loss
    let nack = rewritten(packet(
        kind::TRANSPORT_FEEDBACK,
        1,
        &[PEER, OURS, 600 << 16 | 0xff],
    ));
    assert_eq!(words(&nack)[1..], [PEER_THERE, INPUT, 100 << 16 | 0xff]);
    let loss = rewritten(packet(kind::PAYLOAD_FEEDBACK, 1, &[PEER, OURS]));
    assert_eq!(words(&loss)[1..], [PEER_THERE, INPUT]);
    let other = rewritten(packet(
        kind::TRANSPORT_FEEDBACK,
        15,
        &[PEER, OURS, 600 << 16],
    ));
    assert_eq!(words(&other)[1..], [PEER_THERE, INPUT, 600 << 16]);
}

// rfc: 3550 §6.1
// rfc: 4585 §3.1
#[test]
fn of_a_compound_its_feedback_is_left_behind_an_empty_report() {
    let loss = packet(kind::PAYLOAD_FEEDBACK, 1, &[PEER, OURS]);
    let nack = packet(kind::TRANSPORT_FEEDBACK, 1, &[PEER, OURS, 600 << 16]);
    let compound = [
        sender_report(&[BLOCK]),
        descriptions(&[description(PEER, 5)]),
        loss,
        packet(kind::EXTENDED_REPORT, 0, &[PEER]),
        packet(kind::BYE, 1, &[PEER]),
        nack,
    ]
    .concat();
    let expected = [
        packet(kind::RECEIVER_REPORT, 0, &[PEER_THERE]),
        packet(kind::PAYLOAD_FEEDBACK, 1, &[PEER_THERE, INPUT]),
        packet(kind::TRANSPORT_FEEDBACK, 1, &[PEER_THERE, INPUT, 100 << 16]),
    ]
    .concat();
    assert_eq!(rewritten(compound), expected);
}

#[test]
fn of_a_compound_without_feedback_nothing_is_left() {
    for whole in [
        sender_report(&[BLOCK]),
        packet(kind::RECEIVER_REPORT, 0, &[PEER]),
        packet(kind::BYE, 1, &[PEER]),
        packet(kind::APPLICATION, 0, &[PEER, PEER]),
        packet(210, 1, &[PEER, OURS]),
    ] {
        let mut copy = whole.clone();
        assert_eq!(keep_feedback(&mut copy, &MAP), 0);
        assert_eq!(copy, whole);
    }
}

#[test]
fn feedback_on_other_sources_is_passed_as_it_is() {
    let foreign = packet(kind::TRANSPORT_FEEDBACK, 1, &[PEER, 5, 600 << 16]);
    assert_eq!(words(&rewritten(foreign))[2], 5);
    let mut bytes = packet(kind::PAYLOAD_FEEDBACK, 1, &[PEER, OURS]);
    let unknown = Map {
        reports: None,
        ..MAP
    };
    assert_eq!(keep_feedback(&mut bytes, &unknown), bytes.len());
    assert_eq!(words(&bytes)[1..], [PEER_THERE, OURS]);
}
