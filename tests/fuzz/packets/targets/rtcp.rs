//! Compounds of RTCP: read, and what is left of them for the other side.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::rtcp::{ExtendedBlock, Packet, packets};
use rtp::{Map, ReportMap, keep_feedback};

fuzz_target!(|octets: &[u8]| {
    let map = Map {
        from: 1,
        to: 0xffff_ffff,
        reports: Some(ReportMap {
            ours: 2,
            theirs: 3,
            seq_offset: 70_000,
        }),
    };
    let mut copy = octets.to_vec();
    let kept = keep_feedback(&mut copy, &map);
    let Some(all) = packets(octets) else {
        assert_eq!((kept, &*copy), (0, octets));
        return;
    };
    let mut feedback = 0;
    for packet in all {
        match packet {
            Packet::SenderReport(_, blocks) | Packet::ReceiverReport(_, blocks) => {
                blocks.for_each(|block| assert_eq!(block.to_bytes().len(), 24));
            }
            Packet::SourceDescription(_) => {}
            Packet::Bye(sources) => assert!(sources.count() < 32),
            Packet::ExtendedReport(_, blocks) => {
                let most = octets.len() / 4;
                let mut count = 0;
                for block in blocks {
                    count += 1;
                    if let ExtendedBlock::Answers(answers) = block {
                        assert!(answers.count() <= most);
                    }
                }
                assert!(count <= most);
            }
            Packet::Other { .. } => feedback += usize::from(packet.is_feedback()),
        }
    }
    let left = packets(&copy[..kept]);
    let left = left.map_or(0, |all| all.filter(Packet::is_feedback).count());
    assert_eq!(left, feedback);
});
