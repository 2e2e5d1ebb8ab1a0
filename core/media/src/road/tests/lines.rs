//! Lines: what goes there, what comes from there, when they carry a fax, and when they end.

use super::*;
use crate::{FaxFigures, LINE_DATAGRAM, LINE_FRAME, Line};

/// A leg on a line.
fn lined(rig: &mut Rig) -> (EndpointId, Arc<Line>) {
    let a = rig.open(30_000, plain(A));
    let line = Arc::new(Line::new());
    rig.order(Command::Line {
        id: a,
        line: Arc::clone(&line),
    });
    (a, line)
}

#[test]
fn a_line_hears_what_its_leg_says_in_plain_and_nothing_goes_back() {
    let mut rig = Rig::new();
    let (_, line) = lined(&mut rig);
    let loud = rig.rtp_with(30_000, A, pcmu(7, 3), &[0x80; 160]);
    assert_eq!(loud, Err(Verdict::Kept));
    let packet = line.hear().unwrap();
    assert_eq!((packet.ts, packet.source), (480, 7));
    assert_eq!(packet.samples(), [audio::g711::decode_mu(0x80); 160]);
    let key = Rtp {
        pt: 101,
        ..pcmu(7, 4)
    };
    let pressed = rig.rtp_with(30_000, A, key, &[5, 10, 0, 160]);
    assert_eq!(pressed, Err(Verdict::Absorbed), "a key is no sound");
    assert_eq!(line.hear(), None);
}

#[test]
fn a_leg_hears_20_ms_of_its_line_each_20_ms_and_silence_when_there_is_none() {
    let mut rig = Rig::new();
    let (_, line) = lined(&mut rig);
    for loud in [1_000, 2_000] {
        assert!(line.say(&[loud; LINE_FRAME]));
    }
    let start = rig.now;
    let sent = rig.run(Duration::from_millis(59));
    let wanted = [1_000, 2_000, 0].map(audio::g711::encode_mu);
    assert_eq!(sent.len(), 3);
    let first = Rtp::read(&sent[0].1.bytes);
    for (n, ((at, frame), octet)) in (0_u16..).zip(sent.iter().zip(wanted)) {
        assert_eq!(*at, start + Duration::from_millis(20) * n.into());
        assert_eq!((frame.port, frame.to), (30_000, addr(A)));
        let head = Rtp::read(&frame.bytes);
        assert_eq!((head.pt, head.marker), (0, n == 0));
        assert_eq!(head.seq, first.seq.wrapping_add(n));
        assert_eq!(head.ts, first.ts.wrapping_add(160 * u32::from(n)));
        assert_eq!(frame.bytes[12..], [octet; 160]);
    }
    let figures = line.figures();
    assert_eq!((figures.said, figures.underruns), (2, 1));
}

#[test]
fn a_line_is_spoken_in_a_law_where_that_is_what_the_peer_understands() {
    let mut rig = Rig::new();
    let (a, line) = lined(&mut rig);
    let mut expects = plain(A);
    expects.formats = formats(&[(9, "G722", 8000), (8, "PCMA", 8000)]);
    rig.describe(a, expects);
    line.say(&[500; LINE_FRAME]);
    let sent = rig.run(Duration::from_millis(1));
    assert_eq!(Rtp::read(&sent[0].1.bytes).pt, 8);
    assert_eq!(sent[0].1.bytes[12..], [audio::g711::encode_a(500); 160]);
}

#[test]
fn a_leg_that_is_held_hears_and_says_nothing_and_its_line_goes_on() {
    let mut rig = Rig::new();
    let (a, line) = lined(&mut rig);
    rig.order(Command::Hold { id: a, held: true });
    line.say(&[500; LINE_FRAME]);
    assert_eq!(rig.run(Duration::from_millis(30)), []);
    assert_eq!(line.waiting(), 0);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(Verdict::Absorbed));
    assert_eq!(line.hear(), None);
}

#[test]
fn a_line_is_told_when_its_leg_hears_something_else_and_when_it_is_gone() {
    let end: [fn(EndpointId) -> Command; 3] = [
        |id| Command::Echo { id },
        |id| Command::Stop { id },
        |id| Command::Close { id },
    ];
    for end in end {
        let mut rig = Rig::new();
        let (a, line) = lined(&mut rig);
        rig.run(Duration::from_millis(50));
        assert!(!line.is_parted());
        rig.order(end(a));
        assert!(line.is_parted());
        assert_eq!(rig.run(Duration::from_millis(50)), [], "no timer is left");
        assert_eq!(Arc::strong_count(&line), 1);
    }
}

#[test]
fn a_leg_that_gets_another_line_leaves_the_first() {
    let mut rig = Rig::new();
    let (a, first) = lined(&mut rig);
    let second = Arc::new(Line::new());
    rig.order(Command::Line {
        id: a,
        line: Arc::clone(&second),
    });
    assert_eq!((first.is_parted(), second.is_parted()), (true, false));
    second.say(&[500; LINE_FRAME]);
    assert_eq!(rig.run(Duration::from_millis(19)).len(), 1);
    assert_eq!(second.figures().said, 1);
}

/// A peer that faxes from where it says.
fn faxing(at: &str) -> Expect {
    Expect::fax(addr(at), addr(at).ip())
}

/// A datagram of a fax: one octet, and one once more.
fn udptl(seq: u16) -> Vec<u8> {
    udptl::Packet::print(seq, &[0x06], [&[0x02][..]].into_iter())
}

/// The datagrams that have come to a line.
fn received(line: &Line) -> Vec<Vec<u8>> {
    let mut place = [0; LINE_DATAGRAM];
    let next = || line.receive(&mut place).map(<[u8]>::to_vec);
    std::iter::from_fn(next).collect()
}

#[test]
fn a_leg_that_goes_over_to_fax_gets_and_gives_datagrams_by_its_line_and_no_sound() {
    let mut rig = Rig::new();
    let (a, line) = lined(&mut rig);
    assert_eq!(line.over(), None);
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap_err();
    let mut expects = faxing(A);
    expects.max_datagram = Some(300);
    rig.describe(a, expects);
    assert_eq!(line.over(), Some(300));
    rig.run(Duration::from_millis(20));
    for seq in 0..3 {
        assert_eq!(rig.carry(30_000, A, udptl(seq)), Err(Verdict::Kept));
    }
    assert_eq!(received(&line), [udptl(0), udptl(1), udptl(2)]);
    line.say(&[500; LINE_FRAME]);
    assert!(line.send(&udptl(0)) && line.send(&udptl(1)));
    let sent = rig.run(Duration::from_millis(20));
    let sent: Vec<_> = sent.into_iter().map(|(_, sent)| sent).collect();
    let wanted = [0, 1].map(|seq| Sent {
        port: 30_000,
        to: addr(A),
        bytes: udptl(seq),
    });
    assert_eq!(sent, wanted, "no sound goes between them");
    let fax = FaxFigures {
        received: 3,
        sent: 2,
    };
    assert_eq!(rig.figures(a).fax, fax);
    // and back
    rig.describe(a, plain(A));
    assert_eq!(line.over(), None);
    let sent = rig.run(Duration::from_millis(20));
    assert_eq!(sent.len(), 1);
    assert_eq!(Rtp::read(&sent[0].1.bytes).pt, 0);
}

#[test]
fn what_is_no_datagram_and_what_a_stranger_sends_does_not_reach_a_line() {
    let mut rig = Rig::new();
    let (a, line) = lined(&mut rig);
    rig.describe(a, faxing(A));
    rig.carry(30_000, A, udptl(0)).unwrap_err();
    assert_eq!(rig.carry(30_000, "6.6.6.6:4000", udptl(1)), Err(STRANGER));
    let broken = rig.carry(30_000, A, vec![0, 1, 200, 1]);
    assert_eq!(broken, Err(Verdict::Drop(DropReason::Malformed)));
    let flood = (2..2_000).filter(|seq| {
        let verdict = rig.carry(30_000, A, udptl(*seq));
        verdict == Err(Verdict::Drop(DropReason::Flood))
    });
    assert!(flood.count() > 1_000);
    assert_eq!(received(&line)[0], udptl(0));
    assert_eq!(rig.figures(a).strangers, 1);
}

#[test]
fn a_leg_behind_nat_gets_datagrams_once_its_own_have_shown_where_it_is() {
    let mut rig = Rig::new();
    let (a, line) = lined(&mut rig);
    rig.describe(a, Expect::fax(addr("10.0.0.5:4000"), ip("9.9.9.9")));
    line.send(&udptl(0));
    assert_eq!(rig.run(Duration::from_millis(20)), []);
    let first = rig.carry(30_000, "9.9.9.9:7777", udptl(0));
    assert_eq!(first, Err(Verdict::Kept));
    line.send(&udptl(1));
    let sent = rig.run(Duration::from_millis(20));
    assert_eq!(sent[0].1.to, addr("9.9.9.9:7777"));
    assert_eq!(received(&line), [udptl(0)]);
}

#[test]
fn a_leg_that_faxes_already_tells_its_new_line_so() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, faxing(A));
    let line = Arc::new(Line::new());
    rig.order(Command::Line {
        id: a,
        line: Arc::clone(&line),
    });
    assert_eq!(line.over(), Some(LINE_DATAGRAM));
    rig.order(Command::Hold { id: a, held: true });
    assert_eq!(rig.carry(30_000, A, udptl(0)), Err(Verdict::Absorbed));
    line.send(&udptl(0));
    assert_eq!(rig.run(Duration::from_millis(30)), []);
}
