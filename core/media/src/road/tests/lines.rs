//! Lines: what goes there, what comes from there, and when they end.

use super::*;
use crate::{LINE_FRAME, Line};

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
