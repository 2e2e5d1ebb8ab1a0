//! Damage to a message: a few small wounds, mostly with the characters that carry meaning.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// One wound. Places are in thousandths of the length.
#[derive(Clone, Debug)]
pub enum Wound {
    Replace(usize, u8),
    Insert(usize, &'static [u8]),
    Delete(usize, usize),
    RepeatLine(usize),
    DropLine(usize),
    SwapLines(usize),
}

const PIECES: [&[u8]; 30] = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\r\n ",
    b";",
    b",",
    b"\"",
    b"<",
    b">",
    b":",
    b"@",
    b"%",
    b"%41",
    b"\\",
    b"=",
    b"?",
    b"/",
    b"[",
    b"]",
    b"(",
    b")",
    b"*",
    b"0",
    b"\0",
    b"\x7f",
    b"\xc3\xa9",
    b"\xff",
    b"SIP/2.0",
];

/// Up to three wounds.
pub fn wounds() -> impl Strategy<Value = Vec<Wound>> {
    let place = 0_usize..1_000;
    let wound = prop_oneof![
        6 => (place.clone(), select(&PIECES[..])).prop_map(|(at, piece)| Wound::Insert(at, piece)),
        3 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Wound::Replace(at, byte)),
        3 => (place.clone(), 1_usize..6).prop_map(|(at, length)| Wound::Delete(at, length)),
        1 => place.clone().prop_map(Wound::RepeatLine),
        1 => place.clone().prop_map(Wound::DropLine),
        1 => place.prop_map(Wound::SwapLines),
    ];
    vec(wound, 1..4)
}

/// The message with its wounds, in order.
pub fn wounded(message: &[u8], wounds: &[Wound]) -> Vec<u8> {
    wounds.iter().fold(message.to_vec(), apply)
}

fn apply(mut bytes: Vec<u8>, wound: &Wound) -> Vec<u8> {
    let place = |at: usize| at * bytes.len() / 1_000;
    match *wound {
        Wound::Replace(at, byte) => {
            let at = place(at);
            if let Some(found) = bytes.get_mut(at) {
                *found = byte;
            }
            bytes
        }
        Wound::Insert(at, piece) => {
            let at = place(at);
            bytes.splice(at..at, piece.iter().copied());
            bytes
        }
        Wound::Delete(at, length) => {
            let at = place(at);
            let end = (at + length).min(bytes.len());
            bytes.drain(at..end);
            bytes
        }
        Wound::RepeatLine(at) => with_lines(&bytes, at, |lines, at| {
            let line = lines[at];
            lines.insert(at, line);
        }),
        Wound::DropLine(at) => with_lines(&bytes, at, |lines, at| {
            lines.remove(at);
        }),
        Wound::SwapLines(at) => with_lines(&bytes, at, |lines, at| {
            let other = (at + 1) % lines.len();
            lines.swap(at, other);
        }),
    }
}

fn with_lines(bytes: &[u8], at: usize, change: impl FnOnce(&mut Vec<&[u8]>, usize)) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if !lines.is_empty() {
        let at = at * lines.len() / 1_000;
        change(&mut lines, at);
    }
    lines.concat()
}
