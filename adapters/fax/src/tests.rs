//! What comes out of a pipe is read as it was written, in whatever pieces, and nonsense is refused.

use machine::Random;

use crate::frame::{Frames, MOST_FRAME, Nonsense};
use crate::message::{Answer, Figures, Told, Work};
use crate::tone::Tone;

fn told_whole(octets: &[u8], piece: usize) -> usize {
    let mut frames = Frames::default();
    let mut read = 0;
    for piece in octets.chunks(piece) {
        frames.push(piece);
        while let Some((kind, content)) = frames.next().unwrap() {
            Told::read(kind, content).unwrap();
            read += 1;
        }
    }
    read
}

#[test]
fn every_order_comes_back_in_pieces_of_any_size() {
    let orders = [
        Told::Order {
            work: Work::Send,
            ecm: true,
            station: "+49 30 5550".into(),
            header: "Acme".into(),
        },
        Told::Document(b"II*\0"),
        Told::Tick([-3; 160]),
        Told::SwitchToT38,
        Told::SwitchToSound,
        Told::Ifp {
            sequence: 65_535,
            packet: &[1, 2, 3],
        },
        Told::HangUp,
        Told::Fetch,
    ];
    let mut octets = Vec::new();
    for order in &orders {
        let begin = octets.len();
        order.write(&mut octets);
        let mut frames = Frames::default();
        frames.push(&octets[begin..]);
        let (kind, content) = frames.next().unwrap().unwrap();
        assert_eq!(Told::read(kind, content).as_ref(), Ok(order));
    }
    for piece in [1, 2, 7, 1000] {
        assert_eq!(told_whole(&octets, piece), orders.len());
    }
}

#[test]
fn every_answer_comes_back() {
    for answer in [
        Answer::Ready,
        Answer::Refused("no".into()),
        Answer::Said([i16::MIN; 160]),
        Answer::Heard(Tone::V21Preamble),
        Answer::Page(3),
        Answer::Ifp {
            sequence: 7,
            copies: 3,
            packet: &[6],
        },
        Answer::Done(Figures {
            code: 49,
            pages: 2,
            bits_per_second: 14_400,
            ecm: true,
            bad_rows: 1,
            station: "5550".into(),
        }),
        Answer::Document(&[]),
    ] {
        let mut octets = Vec::new();
        answer.write(&mut octets);
        let mut frames = Frames::default();
        frames.push(&octets);
        let (kind, content) = frames.next().unwrap().unwrap();
        assert_eq!(Answer::read(kind, content).as_ref(), Ok(&answer));
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused_by_its_head() {
    let mut frames = Frames::default();
    frames.push(b"T");
    assert_eq!(frames.next(), Ok(None));
    let length = u32::try_from(MOST_FRAME).unwrap() + 1;
    frames.push(&length.to_le_bytes());
    assert_eq!(frames.next(), Err(Nonsense("a frame is too long")));
}

#[test]
fn random_octets_are_read_or_refused_and_never_kept_beyond_the_bound() {
    let mut drawn = Random::from_seed(11);
    for _ in 0..20_000 {
        let mut frames = Frames::default();
        let mut octets = Vec::new();
        for _ in 0..=drawn.below(4) {
            // heads that look right lead further than heads that do not
            octets.push(b"OTSAIHFDrxshpid"[usize::try_from(drawn.below(15)).unwrap()]);
            let length = u32::try_from(drawn.below(400)).unwrap();
            octets.extend(length.to_le_bytes());
            for _ in 0..drawn.below(400) {
                octets.push(drawn.next_u32().to_le_bytes()[0]);
            }
        }
        frames.push(&octets);
        let mut taken = 0;
        while let Ok(Some((kind, content))) = frames.next() {
            taken += 5 + content.len();
            let _ = Told::read(kind, content);
            let _ = Answer::read(kind, content);
        }
        assert!(taken <= octets.len());
    }
}
