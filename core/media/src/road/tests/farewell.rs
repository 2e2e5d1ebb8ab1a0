//! Goodbyes to peers whose legs end, and ways that are kept open while nothing is said.

use super::*;
use rtp::rtcp::{Packet, packets};

const A_RTCP: &str = "1.0.0.1:4001";

/// The sources that a compound says goodbye of, if that is its last word.
fn gone(bytes: &[u8]) -> Vec<u32> {
    match packets(bytes).unwrap().last().unwrap() {
        Packet::Bye(sources) => sources.collect(),
        other @ (Packet::SenderReport(..)
        | Packet::ReceiverReport(..)
        | Packet::SourceDescription(_)
        | Packet::ExtendedReport(..)
        | Packet::Other { .. }) => panic!("{other:?}"),
    }
}

// rfc: 3550 §6.6
#[test]
fn a_peer_that_was_spoken_to_is_told_when_its_leg_ends() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    let heard = Rtp::read(&rig.rtp(30_002, B, pcmu(8, 1)).unwrap().bytes);
    rig.order(Command::Close { id: a });
    let sent = rig.run_reporting(Duration::ZERO);
    let [(_, goodbye)] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!((goodbye.port, goodbye.to), (30_001, addr(A_RTCP)));
    assert_eq!(gone(&goodbye.bytes), [heard.ssrc]);
    assert_eq!(rig.road.figures().rtcp.goodbyes, 1);
    assert_eq!(rig.road.deadline().is_some(), rig.road.figures().open > 0);
}

#[test]
fn a_peer_that_nothing_was_said_to_is_not_told_of_an_end_either() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.order(Command::Close { id: a });
    assert!(rig.run_reporting(Duration::ZERO).is_empty());
    rig.order(Command::Close { id: b });
    assert_eq!(rig.run_reporting(Duration::ZERO).len(), 1);
}

#[test]
fn of_very_many_that_end_at_once_some_end_without_a_word() {
    let mut rig = Rig::new();
    for each in 0..300 {
        let port = 30_000 + 2 * each;
        let id = rig.open(port, plain(A));
        rig.order(Command::Echo { id });
        rig.rtp(port, A, pcmu(7, 1)).unwrap();
        rig.order(Command::Close { id });
    }
    assert_eq!(rig.run_reporting(Duration::ZERO).len(), 256);
    let told = rig.road.figures().rtcp;
    assert_eq!((told.goodbyes, told.unsaid), (256, 44));
}

// rfc: 6263 §4.6
#[test]
fn a_way_on_which_nothing_goes_is_kept_open_with_empty_packets() {
    let mut rig = Rig::new();
    rig.bridged();
    let first = Rtp::read(&rig.rtp(30_000, A, pcmu(7, 1)).unwrap().bytes);
    assert!(rig.run(Duration::from_secs(14)).is_empty());
    let sent = rig.run(Duration::from_secs(20));
    let empty: Vec<_> = sent.iter().map(|(_, sent)| sent).collect();
    assert_eq!(empty.len(), 2, "one in fifteen seconds, and none to A");
    for (place, packet) in (1..).zip(&empty) {
        assert_eq!((packet.port, packet.to), (30_002, addr(B)));
        let read = Rtp::read(&packet.bytes);
        assert_eq!(packet.bytes.len(), 12);
        assert_eq!((read.ssrc, read.seq), (first.ssrc, first.seq + place));
        assert!(
            plain(B)
                .formats
                .iter()
                .all(|format| format.payload != read.pt)
        );
    }
    let after = Rtp::read(&rig.rtp(30_000, A, pcmu(7, 1_700)).unwrap().bytes);
    assert_eq!((after.ssrc, after.seq), (first.ssrc, first.seq + 3));
    assert!(after.marker, "sound begins anew");
}

#[test]
fn where_reports_go_the_same_way_they_keep_it_open() {
    let mut rig = Rig::new();
    let expects = |at| Expect {
        mux: true,
        ..plain(at)
    };
    let a = rig.open(30_000, expects(A));
    let b = rig.open(30_002, expects(B));
    rig.order(Command::Bridge { a, b });
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    assert!(rig.run(Duration::from_secs(40)).is_empty());
}
