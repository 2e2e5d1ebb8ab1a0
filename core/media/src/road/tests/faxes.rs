//! Legs that carry a fax: whose datagrams pass, where to, and what is counted.

use super::*;
use crate::FaxFigures;

/// A peer that faxes from where it says.
fn faxing(at: &str) -> Expect {
    Expect::fax(addr(at), addr(at).ip())
}

/// A datagram of a fax: one octet, and one once more.
fn udptl(seq: u16) -> Vec<u8> {
    udptl::Packet::print(seq, &[0x06], [&[0x02][..]].into_iter())
}

/// Two legs that have gone over to fax in the midst of a call.
fn gone_over(rig: &mut Rig) -> (EndpointId, EndpointId) {
    let (a, b) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.rtp(30_002, B, pcmu(8, 1)).unwrap();
    rig.describe(a, faxing(A));
    rig.describe(b, faxing(B));
    rig.take_notices();
    (a, b)
}

#[test]
fn datagrams_of_a_fax_go_to_the_other_side_as_they_are() {
    let mut rig = Rig::new();
    let (a, b) = gone_over(&mut rig);
    // numbers run through all that the first octet of sound, checks and handshakes may be
    for seq in [0, 1, 2_000, 5_120, 16_128, 32_768, 33_000, 49_151, 65_535] {
        let sent = rig.carry(30_000, A, udptl(seq)).unwrap();
        assert_eq!((sent.port, sent.to), (30_002, addr(B)), "{seq}");
        assert_eq!(sent.bytes, udptl(seq));
    }
    let back = rig.carry(30_002, B, udptl(0)).unwrap();
    assert_eq!((back.port, back.to), (30_000, addr(A)));
    let fax = FaxFigures {
        received: 9,
        sent: 1,
    };
    assert_eq!(rig.figures(a).fax, fax);
    assert_eq!(rig.figures(b).fax.sent, 9);
    assert_eq!(rig.figures(a).received.packets, 1, "sound is counted apart");
}

#[test]
fn a_stranger_sends_nothing_into_a_fax() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    rig.carry(30_000, A, udptl(0)).unwrap();
    for from in ["6.6.6.6:4000", "1.0.0.1:4001", "2.0.0.2:5000"] {
        for seq in 1..20 {
            assert_eq!(rig.carry(30_000, from, udptl(seq)), Err(STRANGER), "{from}");
        }
    }
    let figures = rig.figures(a);
    assert_eq!((figures.fax.received, figures.strangers), (1, 57));
    assert_eq!(rig.carry(30_000, A, udptl(1)).unwrap().bytes, udptl(1));
}

#[test]
fn a_fax_from_another_place_than_the_sound_is_believed_there_and_no_longer_here() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    rig.describe(a, plain(A));
    rig.describe(a, faxing("1.0.0.1:4100"));
    assert_eq!(rig.carry(30_000, A, udptl(0)), Err(STRANGER));
    let sent = rig.carry(30_000, "1.0.0.1:4100", udptl(0)).unwrap();
    assert_eq!(sent.to, addr(B));
    let learnt = |notice: &Notice| matches!(notice, Notice::Learnt { .. });
    assert_eq!(
        rig.take_notices().iter().filter(|one| learnt(one)).count(),
        1
    );
    let back = rig.carry(30_002, B, udptl(0)).unwrap();
    assert_eq!(back.to, addr("1.0.0.1:4100"));
}

#[test]
fn a_fax_behind_a_router_is_found_by_its_first_datagram() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    rig.describe(a, plain(A));
    rig.describe(a, Expect::fax(addr("10.0.0.5:4000"), ip("1.0.0.1")));
    let nowhere = rig.carry(30_002, B, udptl(0));
    assert_eq!(
        nowhere,
        Err(Verdict::Absorbed),
        "it is not known where it is"
    );
    assert_eq!(rig.carry(30_000, "6.6.6.6:9", udptl(0)), Err(STRANGER));
    rig.carry(30_000, "1.0.0.1:61000", udptl(0)).unwrap();
    let back = rig.carry(30_002, B, udptl(1)).unwrap();
    assert_eq!(back.to, addr("1.0.0.1:61000"));
    assert_eq!(rig.carry(30_000, "1.0.0.1:61001", udptl(1)), Err(STRANGER));
}

#[test]
fn a_fax_from_another_port_than_was_said_has_to_go_on_for_a_while_first() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, faxing(A));
    let b = rig.open(30_002, faxing(B));
    rig.order(Command::Bridge { a, b });
    let tries: Vec<bool> = (0..8)
        .map(|seq| rig.carry(30_000, "1.0.0.1:4666", udptl(seq)).is_ok())
        .collect();
    assert!(!tries[0] && tries[7], "{tries:?}");
    assert!(tries.is_sorted(), "{tries:?}");
}

#[test]
fn what_is_no_datagram_of_a_fax_does_not_pass() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    let malformed = Err(Verdict::Drop(DropReason::Malformed));
    let other = pcmu(9, 0x7002).bytes(&[0xd5; 160]);
    for octets in [other, vec![0; 2], vec![0, 1, 200, 3], vec![255; 60]] {
        assert_eq!(rig.carry(30_000, A, octets), malformed);
    }
    assert_eq!(rig.figures(a).refused, 4);
    assert_eq!(rig.figures(a).fax.received, 0);
}

#[test]
fn what_is_left_of_the_sound_does_not_pass_as_a_fax() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    // numbers at which a packet of sound could be read as a datagram of a fax
    for seq in [0, 1, 2, 300, 0x7002, 0xfff0] {
        let sound = pcmu(7, seq).bytes(&[0; 160]);
        assert_eq!(rig.carry(30_000, A, sound), Err(Verdict::Absorbed), "{seq}");
    }
    let report = [&[0x80, 201, 0, 1][..], &7_u32.to_be_bytes()].concat();
    assert_eq!(rig.carry(30_000, A, report), Err(Verdict::Absorbed));
    assert_eq!(rig.figures(a).fax.received, 0);
}

#[test]
fn a_fax_is_not_sent_to_whoever_hears_sound() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.describe(a, faxing(A));
    assert_eq!(rig.carry(30_000, A, udptl(0)), Err(Verdict::Absorbed));
    assert_eq!(rig.figures(b).fax, FaxFigures::default());
    let to_fax = rig.rtp(30_002, B, pcmu(8, 1));
    assert!(to_fax.is_err(), "nor sound to whoever faxes: {to_fax:?}");
}

#[test]
fn a_call_comes_back_to_sound() {
    let mut rig = Rig::new();
    let (a, b) = gone_over(&mut rig);
    rig.carry(30_000, A, udptl(0)).unwrap();
    rig.describe(a, plain(A));
    rig.describe(b, plain(B));
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 400)).unwrap().to, addr(B));
    assert_eq!(rig.rtp(30_002, B, pcmu(8, 400)).unwrap().to, addr(A));
    assert!(rig.carry(30_000, A, udptl(1)).is_err());
}

#[test]
fn a_fax_that_says_nothing_is_not_told_of_as_silent() {
    let mut rig = Rig::new();
    gone_over(&mut rig);
    rig.run(Duration::from_secs(120));
    assert_eq!(rig.take_notices(), []);
}

#[test]
fn a_fax_is_bounded_like_sound() {
    let mut rig = Rig::new();
    let (a, _) = gone_over(&mut rig);
    let flood = Err(Verdict::Drop(DropReason::Flood));
    let passed = (0..2_000).filter(|seq| rig.carry(30_000, A, udptl(*seq)) != flood);
    let passed = passed.count();
    assert!((200..300).contains(&passed), "{passed}");
    assert!(rig.figures(a).refused > 1_000);
}

#[test]
fn legs_with_sound_on_the_port_of_a_fax_are_not_disturbed() {
    let mut rig = Rig::new();
    gone_over(&mut rig);
    let c = rig.open(30_000, plain("3.0.0.3:6000"));
    let d = rig.open(30_006, plain("4.0.0.4:7000"));
    rig.order(Command::Bridge { a: c, b: d });
    let sent = rig.rtp(30_000, "3.0.0.3:6000", pcmu(9, 1)).unwrap();
    assert_eq!(sent.to, addr("4.0.0.4:7000"));
    let back = rig.rtp(30_006, "4.0.0.4:7000", pcmu(9, 1)).unwrap();
    assert_eq!(back.to, addr("3.0.0.3:6000"));
    assert_eq!(rig.carry(30_000, A, udptl(3)).unwrap().to, addr(B));
}
