//! What an archive must withstand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read, Write};

use ports::{ArchiveError, Giver, SeededEntropy, Taker};

use super::*;

fn key(byte: u8) -> ArchiveKey {
    ArchiveKey::parse(&[byte; KEY_LENGTH]).unwrap()
}

fn archive(text: &[u8], key: &ArchiveKey) -> Vec<u8> {
    let mut writer = ArchiveWriter::begin(Vec::new(), key, &SeededEntropy::new(1)).unwrap();
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

fn opened(bytes: &[u8], key: &ArchiveKey) -> Result<Vec<u8>, ArchiveError> {
    let mut text = Vec::new();
    let read = ArchiveReader::open(bytes, key)?.read_to_end(&mut text);
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(error
            .get_ref()
            .and_then(|e| e.downcast_ref::<ArchiveError>())
            .unwrap()
            .clone()),
    }
}

fn text(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect()
}

#[test]
fn what_went_in_comes_out_whatever_its_length() {
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7] {
        let text = text(length);
        assert_eq!(
            opened(&archive(&text, &key(1)), &key(1)),
            Ok(text),
            "{length}"
        );
    }
}

#[test]
fn any_flipped_bit_is_noticed() {
    let whole = archive(b"small enough to try every bit of it", &key(1));
    for bit in 0..whole.len() * 8 {
        let mut spoilt = whole.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        assert!(
            opened(&spoilt, &key(1)).is_err(),
            "bit {bit} went unnoticed"
        );
    }
}

#[test]
fn a_flipped_bit_is_told_with_its_piece() {
    let whole = archive(&text(3 * PIECE), &key(1));
    for piece in 1..3_u64 {
        let mut spoilt = whole.clone();
        let at = spoilt.len() - usize::try_from(3 - piece).unwrap() * (PIECE + TAG);
        spoilt[at] ^= 1;
        assert_eq!(
            opened(&spoilt, &key(1)),
            Err(ArchiveError::Damaged { piece })
        );
    }
}

#[test]
fn an_archive_that_is_cut_off_anywhere_is_refused() {
    let whole = archive(&text(2 * PIECE + 5), &key(1));
    let head = whole.len() - (2 * (PIECE + TAG) + 5 + TAG);
    for length in (0..whole.len()).step_by(997) {
        assert!(
            opened(&whole[..length], &key(1)).is_err(),
            "{length} bytes were enough"
        );
    }
    let between = head + PIECE + TAG;
    assert_eq!(
        opened(&whole[..between], &key(1)),
        Err(ArchiveError::CutOff)
    );
}

#[test]
fn pieces_in_another_order_twice_or_appended_are_refused() {
    let whole = archive(&text(3 * PIECE + 5), &key(1));
    let head = whole.len() - (3 * (PIECE + TAG) + 5 + TAG);
    let piece = |number: usize| {
        let at = head + number * (PIECE + TAG);
        whole[at..at + PIECE + TAG].to_vec()
    };
    let last = whole[head + 3 * (PIECE + TAG)..].to_vec();
    for order in [vec![1, 0, 2], vec![0, 0, 1, 2], vec![0, 2], vec![0, 2, 1]] {
        let pieces = order.iter().flat_map(|&number| piece(number));
        let made: Vec<u8> = whole[..head]
            .iter()
            .copied()
            .chain(pieces)
            .chain(last.clone())
            .collect();
        assert!(opened(&made, &key(1)).is_err(), "{order:?}");
    }
    let longer = [whole.as_slice(), b"more"].concat();
    assert_eq!(
        opened(&longer, &key(1)),
        Err(ArchiveError::Damaged { piece: 3 })
    );
}

#[test]
fn only_the_key_it_was_made_with_opens_it() {
    let whole = archive(b"secret", &key(1));
    assert_eq!(opened(&whole, &key(2)), Err(ArchiveError::OtherKey));
    let words = ArchiveKey::passphrase("correct horse battery").unwrap();
    let told = opened(&whole, &words).unwrap_err().to_string();
    assert!(told.contains("key file"), "{told}");
    let whole = archive(b"secret", &words);
    assert_eq!(opened(&whole, &words), Ok(b"secret".to_vec()));
    let others = ArchiveKey::passphrase("correct horse buttery").unwrap();
    assert_eq!(opened(&whole, &others), Err(ArchiveError::OtherKey));
    assert!(!whole.windows(6).any(|bytes| bytes == b"secret"));
}

#[test]
fn a_key_is_32_bytes_or_a_line_of_base64_and_a_passphrase_is_long() {
    let line = ArchiveKey::generate(&SeededEntropy::new(7));
    let made = ArchiveKey::parse(format!("{}\n", *line).as_bytes()).unwrap();
    assert_eq!(opened(&archive(b"x", &made), &made), Ok(b"x".to_vec()));
    assert_eq!(ArchiveKey::parse(b"short").unwrap_err(), BadKey::NoKey);
    assert_eq!(
        ArchiveKey::passphrase("  elevenchars ").unwrap_err(),
        BadKey::Short
    );
}

#[test]
fn an_archive_that_demands_too_much_memory_is_refused_before_it_gets_any() {
    let words = ArchiveKey::passphrase("correct horse battery").unwrap();
    let mut whole = archive(b"x", &words);
    whole[18..22].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(opened(&whole, &words), Err(ArchiveError::NoArchive));
}

#[test]
fn items_travel_as_lines_and_an_end_without_its_line_is_refused() {
    let mut taker = LineTaker::over(Vec::new());
    for item in ["one", "two\nlines", "three"] {
        taker.take(&item).unwrap();
    }
    let lines = taker.into_inner();
    let mut giver = LineGiver::over(lines.as_slice());
    let mut items: Vec<String> = Vec::new();
    while let Some(item) = giver.give().unwrap() {
        items.push(item);
    }
    assert_eq!(items, ["one", "two\nlines", "three"]);
    let mut giver = LineGiver::over(&lines[..lines.len() - 1]);
    let mut give = || Giver::<String>::give(&mut giver);
    assert!(give().is_ok() && give().is_ok());
    assert!(matches!(give(), Err(ArchiveError::Odd(_))));
}
