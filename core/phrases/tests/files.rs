//! Every file that the rules name is in the set of the language, as Debian's packages have them.
#![allow(clippy::unwrap_used)]

use phrases::{Amount, Currency, Date, Language, Part, Phrase, Standing, Time};
use std::collections::BTreeSet;

/// The names of the files of a language's set that numbers, dates and standing words could need.
fn set(language: Language) -> BTreeSet<&'static str> {
    let names = match language {
        Language::De => "",
        Language::En => include_str!("sets/en.txt"),
        Language::Es => include_str!("sets/es.txt"),
        Language::Fr => include_str!("sets/fr.txt"),
        Language::It => include_str!("sets/it.txt"),
        Language::Ru => include_str!("sets/ru.txt"),
    };
    names.lines().collect()
}

/// Everything that there is of dates, times, letters and words, and numbers of all sizes.
fn everything() -> Vec<Part> {
    let mut parts: Vec<Part> = Standing::ALL.map(Part::Standing).to_vec();
    for month in 1..=12 {
        for day in 1..=31 {
            for year in [1999, 2000, 2026] {
                parts.extend(Date::new(year, month, day).map(Part::Date));
            }
        }
    }
    for hour in 0..24 {
        for minute in 0..60 {
            parts.extend(Time::new(hour, minute).map(Part::Time));
        }
    }
    parts.push(Part::Digits("0123456789*#abcdefghijklmn".to_owned()));
    parts.push(Part::Digits("opqrstuvwxyzAZ+.-_".to_owned()));
    let small = 0..2_100_i64;
    let sizes = small.chain([
        21_000,
        31_000,
        80_000,
        123_456,
        1_000_000,
        21_000_000,
        999_999_999,
    ]);
    for number in sizes {
        parts.extend([Part::Number(number), Part::Number(-number)]);
        for currency in Currency::ALL {
            for hundredths in [number, number * 100] {
                parts.push(Part::Amount(Amount {
                    hundredths,
                    currency,
                }));
            }
        }
    }
    parts
}

#[test]
fn what_the_rules_name_is_there_or_they_name_nothing() {
    for language in Language::ALL {
        let names = set(language);
        for part in everything() {
            for piece in Phrase(vec![part.clone()]).pieces(language) {
                assert!(!piece.words.is_empty(), "{language:?} {part:?}");
                if let Some(file) = piece.file {
                    assert!(
                        names.contains(&*file),
                        "{language:?} has no {file}: {part:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn clocks_of_english_spanish_and_french_are_recorded_as_a_rule() {
    let parts = vec![
        Part::Date(Date::new(2026, 11, 28).unwrap()),
        Part::Time(Time::new(22, 30).unwrap()),
    ];
    for language in [Language::En, Language::Es, Language::Fr, Language::It] {
        let pieces = Phrase(parts.clone()).pieces(language);
        assert!(
            pieces.iter().all(|piece| piece.file.is_some()),
            "{language:?}: {pieces:?}"
        );
    }
}
