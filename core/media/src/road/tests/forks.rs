//! What a partner hears goes to somebody else as well.

use super::*;
use crate::{Keys, Side, Tap, Tapped};
use srtp::Suite;

const SERVER: &str = "3.0.0.3:6000";

/// A rig with two who talk, and a leg to a server that hears the first of them.
fn forked(expects: Expect) -> (Rig, EndpointId, EndpointId, EndpointId) {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    let server = rig.open(30_004, expects);
    let copy = EndpointId::new(0, 0, 77, 0);
    rig.order(Command::Fork {
        id: copy,
        of: a,
        to: server,
    });
    assert!(rig.take_notices().is_empty());
    (rig, a, b, copy)
}

fn hears(at: &str) -> Expect {
    Expect {
        sends: false,
        ..plain(at)
    }
}

/// What went to the server.
fn to_server(rig: &mut Rig, time: Duration) -> Vec<Sent> {
    let sent = rig.run(time).into_iter().map(|(_, sent)| sent);
    sent.filter(|sent| sent.to == addr(SERVER)).collect()
}

const SOON: Duration = Duration::from_millis(1);

#[test]
fn a_server_hears_what_the_partner_hears_and_the_partner_hears_it_as_before() {
    let (mut rig, ..) = forked(hears(SERVER));
    let payload: Vec<u8> = (0..160).collect();
    let sent = rig.rtp_with(30_000, A, pcmu(7, 1), &payload).unwrap();
    assert_eq!((sent.to, &sent.bytes[12..]), (addr(B), &*payload));
    let forked = to_server(&mut rig, SOON);
    assert_eq!(forked.len(), 1);
    assert_eq!(
        (forked[0].port, &forked[0].bytes[12..]),
        (30_004, &*payload)
    );
    // it is a stream of its own
    let (one, other) = (Rtp::read(&sent.bytes), Rtp::read(&forked[0].bytes));
    assert_ne!(one.ssrc, other.ssrc);
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)).unwrap().to, addr(A));
    assert!(
        to_server(&mut rig, SOON).is_empty(),
        "the other side is not forked"
    );
}

#[test]
fn a_server_hears_nothing_that_the_partner_does_not_hear() {
    let (mut rig, a, ..) = forked(hears(SERVER));
    rig.order(Command::Hold { id: a, held: true });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(Verdict::Absorbed));
    assert!(to_server(&mut rig, SOON).is_empty());
    rig.order(Command::Hold { id: a, held: false });
    rig.rtp(30_000, A, pcmu(7, 2)).unwrap();
    assert_eq!(to_server(&mut rig, SOON).len(), 1);
}

#[test]
fn a_server_that_takes_nothing_for_now_gets_nothing() {
    let (mut rig, ..) = forked(Expect {
        receives: false,
        ..hears(SERVER)
    });
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    assert!(to_server(&mut rig, SOON).is_empty());
}

#[test]
fn a_server_hears_by_the_numbers_that_it_knows() {
    let numbers = formats(&[(96, "PCMU", 8000)]);
    let (mut rig, ..) = forked(Expect {
        formats: numbers,
        ..hears(SERVER)
    });
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    let sent = to_server(&mut rig, SOON);
    assert_eq!(Rtp::read(&sent[0].bytes).pt, 96);
}

#[test]
fn a_server_of_another_codec_hears_sound_made_for_it() {
    let (mut rig, a, ..) = forked(Expect {
        formats: formats(&[(8, "PCMA", 8000)]),
        ..hears(SERVER)
    });
    let mut heard = Vec::new();
    for seq in 1..50 {
        rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        heard.extend(to_server(&mut rig, Duration::from_millis(20)));
    }
    assert!(heard.len() > 40, "{}", heard.len());
    assert!(heard.iter().all(|sent| Rtp::read(&sent.bytes).pt == 8));
    assert_eq!(
        rig.figures(a).transcoded,
        0,
        "the call itself goes as it comes"
    );
}

#[test]
fn a_leg_that_speaks_by_other_numbers_is_heard_on() {
    let (mut rig, a, ..) = forked(hears(SERVER));
    rig.describe(
        a,
        Expect {
            formats: formats(&[(97, "PCMA", 8000)]),
            ..plain(A)
        },
    );
    let packet = Rtp {
        pt: 97,
        ..pcmu(7, 1)
    };
    rig.rtp(30_000, A, packet).unwrap();
    let sent = to_server(&mut rig, SOON);
    assert_eq!(Rtp::read(&sent[0].bytes).pt, 8);
}

#[test]
fn packets_to_a_server_are_protected_by_its_keys() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let server = rig.open(30_004, hears(SERVER));
    let key = || secured::key(Suite::AesCm128Sha1Tag80, 7);
    let keys = Keys {
        takes: key(),
        sends: key(),
        resumed: false,
    };
    rig.order(Command::Secure {
        id: server,
        keys: Some(Box::new(keys)),
    });
    let copy = EndpointId::new(0, 0, 77, 0);
    rig.order(Command::Fork {
        id: copy,
        of: a,
        to: server,
    });
    let plain = rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    let sent = to_server(&mut rig, SOON);
    assert_eq!(sent[0].bytes.len(), plain.bytes.len() + 10);
}

#[test]
fn a_fork_that_is_closed_is_heard_no_more_and_leaves_the_call_alone() {
    let (mut rig, a, _, copy) = forked(hears(SERVER));
    rig.order(Command::Close { id: copy });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)).unwrap().to, addr(B));
    assert!(to_server(&mut rig, SOON).is_empty());
    rig.order(Command::Close { id: a });
    assert_eq!(rig.road.figures().stale_commands, 0);
}

#[test]
fn a_leg_that_ends_leaves_a_copy_that_says_nothing() {
    let (mut rig, a, _, copy) = forked(hears(SERVER));
    rig.order(Command::Close { id: a });
    let other = rig.open(30_000, plain(A));
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap_err();
    assert!(to_server(&mut rig, SOON).is_empty());
    rig.order(Command::Close { id: copy });
    rig.order(Command::Close { id: other });
    assert_eq!(rig.road.figures().stale_commands, 0);
}

#[test]
fn another_fork_of_the_same_leg_takes_the_place_of_the_first() {
    let (mut rig, a, ..) = forked(hears(SERVER));
    let second = rig.open(30_006, hears("3.0.0.3:7000"));
    let copy = EndpointId::new(0, 0, 78, 0);
    rig.order(Command::Fork {
        id: copy,
        of: a,
        to: second,
    });
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    let sent = rig.run(SOON);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].1.to, addr("3.0.0.3:7000"));
}

#[test]
fn so_many_forked_packets_as_nobody_comes_for_are_missed_and_counted() {
    let (mut rig, ..) = forked(hears(SERVER));
    for seq in 1..=600 {
        // its rate is bounded as well
        rig.pass_ms(20);
        rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
    }
    assert_eq!(rig.road.tap_figures().missed, 600 - 512);
}

#[test]
fn what_a_recording_client_says_is_kept_and_heard_by_nobody() {
    let mut rig = Rig::new();
    let client = rig.open(
        30_000,
        Expect {
            receives: false,
            ..plain(A)
        },
    );
    let tap = Tap {
        recording: 5,
        side: Side::Right,
    };
    rig.order(Command::Keep {
        id: client,
        tap: Some(tap),
    });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(Verdict::Absorbed));
    let tapped = rig.road.take_tapped(Box::<Tapped>::default()).unwrap();
    let all: Vec<_> = tapped.packets().map(|packet| packet.tap).collect();
    assert_eq!(all, [tap]);
    rig.order(Command::Keep {
        id: client,
        tap: None,
    });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 2)), Err(Verdict::Absorbed));
    assert!(rig.road.tapped_since().is_none());
}
