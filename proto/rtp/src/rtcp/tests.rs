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
    ts_offset: 0u32.wrapping_sub(1000),
    reports: Some(ReportMap {
        ours: OURS,
        theirs: INPUT,
        seq_offset: 500,
        first: 100,
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
    assert!(rewrite_rtcp(&mut bytes, &MAP));
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
        assert!(!rewrite_rtcp(&mut copy, &MAP));
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
fn a_sender_report_is_translated_and_keeps_what_is_end_to_end() {
    let bytes = rewritten(sender_report(&[BLOCK]));
    let Some(Packet::SenderReport(info, mut blocks)) = packets(&bytes).unwrap().next() else {
        panic!("{bytes:?}")
    };
    assert_eq!(info.ssrc, PEER_THERE);
    // the timestamp wraps below zero
    assert_eq!(info.rtp_ts, 600_u32.wrapping_sub(1000));
    assert_eq!(
        (info.ntp, info.packets, info.octets),
        (0x0102_0304_0506_0708, 7, 1120)
    );
    let highest_seq = BLOCK.highest_seq - 500;
    assert_eq!(
        blocks.next(),
        Some(ReportBlock {
            ssrc: INPUT,
            highest_seq,
            ..BLOCK
        })
    );
}

#[test]
fn reports_on_other_sources_are_left_alone() {
    let foreign = ReportBlock { ssrc: 5, ..BLOCK };
    let bytes = rewritten(sender_report(&[foreign, BLOCK]));
    let Some(Packet::SenderReport(_, mut blocks)) = packets(&bytes).unwrap().next() else {
        panic!("{bytes:?}")
    };
    assert_eq!(blocks.next(), Some(foreign));
    assert_eq!(blocks.next().map(|block| block.ssrc), Some(INPUT));
    // and without an input nothing is
    let mut bytes = sender_report(&[BLOCK]);
    assert!(rewrite_rtcp(
        &mut bytes,
        &Map {
            reports: None,
            ..MAP
        }
    ));
    assert_eq!(bytes[28..], BLOCK.to_bytes());
}

#[test]
fn extended_numbers_wrap_and_never_fall_before_the_input() {
    let told = |highest_seq, reports| {
        let mut bytes = sender_report(&[ReportBlock {
            highest_seq,
            ..BLOCK
        }]);
        assert!(rewrite_rtcp(
            &mut bytes,
            &Map {
                reports: Some(reports),
                ..MAP
            }
        ));
        ReportBlock::parse(&bytes[28..]).unwrap().highest_seq
    };
    // the input counts higher than we do: the offset is negative
    let ahead = ReportMap {
        ours: OURS,
        theirs: INPUT,
        seq_offset: 0u32.wrapping_sub(60_000),
        first: 60_100,
    };
    assert_eq!(told(100, ahead), 60_100);
    assert_eq!(told(5536, ahead), 65_536);
    // one from before the change of input
    assert_eq!(told(99, ahead), 60_099);
    assert_eq!(told(3, ahead), 60_099);
    // an input whose first number was 0
    let zero = ReportMap {
        first: 0,
        seq_offset: 700,
        ..ahead
    };
    assert_eq!(told(700, zero), 0);
    assert_eq!(told(650, zero), u32::MAX);
}

#[test]
fn every_chunk_of_a_description_is_translated() {
    // names of every length, so that every padding occurs
    for name in 0..9 {
        let chunks = |source| {
            descriptions(&[
                description(source, name),
                description(8, 3),
                description(source, 1),
            ])
        };
        assert_eq!(rewritten(chunks(PEER)), chunks(PEER_THERE), "{name}");
    }
    // an item that claims more than there is
    let mut broken = descriptions(&[description(PEER, 2), description(PEER, 2)]);
    broken[9] = 200;
    let told = rewritten(broken.clone());
    assert_eq!(words(&told)[1], PEER_THERE);
    assert_eq!(told[8..], broken[8..]);
}

#[test]
fn goodbyes_and_applications_are_translated() {
    let bye = rewritten(packet(kind::BYE, 2, &[PEER, 9, 0x0372_6970]));
    assert_eq!(words(&bye)[1..], [PEER_THERE, 9, 0x0372_6970]);
    let application = rewritten(packet(kind::APPLICATION, 0, &[PEER, PEER]));
    assert_eq!(words(&application)[1..], [PEER_THERE, PEER]);
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

#[test]
fn extended_reports_are_translated_block_by_block() {
    let range = 600 << 16 | 700;
    let report = [
        PEER, // run lengths of loss, numbers 600 to 700
        0x0100_0003,
        OURS,
        range,
        0, // a receiver's time, which names nobody
        0x0400_0002,
        OURS,
        OURS, // replies to two receivers
        0x0500_0006,
        OURS,
        1,
        2,
        9,
        3,
        4, // VoIP metrics of another's stream
        0x0700_0008,
        9,
        0,
        0,
        0,
        0,
        0,
        0,
        0, // and of ours
        0x0700_0008,
        OURS,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ];
    let told = words(&rewritten(packet(kind::EXTENDED_REPORT, 0, &report)));
    let mut expected = report;
    expected[0] = PEER_THERE;
    expected[2] = INPUT;
    expected[3] = 100 << 16 | 200;
    expected[9] = INPUT;
    expected[25] = INPUT;
    assert_eq!(told[1..], expected);
    // a block that passes the end ends the translation
    let cut = packet(kind::EXTENDED_REPORT, 0, &[PEER, 0x0700_0009, OURS, 0]);
    assert_eq!(words(&rewritten(cut))[3], OURS);
}

#[test]
fn unknown_packets_pass_as_they_are() {
    let unknown = packet(210, 1, &[PEER, OURS]);
    assert_eq!(rewritten(unknown.clone()), unknown);
}
