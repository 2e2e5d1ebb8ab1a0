//! Ordinals of Russian, as days and years need them. No set has them.

use crate::Piece;
use crate::rules::{Count, pick};
use crate::russian_numbers::{HUNDREDS, TENS, number};

/// The ordinals up to the nineteenth, without their endings.
const STEMS: [&str; 20] = [
    "",
    "перв",
    "втор",
    "трет",
    "четвёрт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
];
/// Those of the tens.
const TEN_STEMS: [&str; 10] = [
    "",
    "",
    "двадцат",
    "тридцат",
    "сороков",
    "пятидесят",
    "шестидесят",
    "семидесят",
    "восьмидесят",
    "девяност",
];
/// What goes before a hundred and a thousand in an ordinal.
const TIMES: [&str; 10] = [
    "",
    "",
    "двух",
    "трёх",
    "четырёх",
    "пяти",
    "шести",
    "семи",
    "восьми",
    "девяти",
];

/// An ordinal from the first to the ninety-ninth with an ending, which is another for the third.
fn ordinal(number: u32, (ending, of_third): (&str, &str), out: &mut Vec<Piece>) {
    let (tens, unit) = (number / 10, number % 10);
    if number >= 20 && unit > 0 {
        out.push(Piece::words(pick(&TENS, tens)));
        return ordinal(unit, (ending, of_third), out);
    }
    let stem = if number < 20 {
        pick(&STEMS, number)
    } else {
        pick(&TEN_STEMS, tens)
    };
    let ending = if number == 3 { of_third } else { ending };
    out.push(Piece::words(format!("{stem}{ending}")));
}

/// A day of the month: "двадцать восьмое".
pub(crate) fn neuter_day(day: u32, out: &mut Vec<Piece>) {
    ordinal(day, ("ое", "ье"), out);
}

/// A year in the genitive: "две тысячи двадцать шестого".
pub(crate) fn genitive_year(year: u32, out: &mut Vec<Piece>) {
    let (thousands, hundreds, rest) = (year / 1_000, year / 100 % 10, year % 100);
    if hundreds == 0 && rest == 0 {
        out.push(Piece::words(format!(
            "{}тысячного",
            pick(&TIMES, thousands)
        )));
        return;
    }
    number(thousands * 1_000, Count::Bare, out);
    if rest == 0 {
        out.push(Piece::words(format!("{}сотого", pick(&TIMES, hundreds))));
        return;
    }
    if hundreds > 0 {
        out.push(Piece::words(pick(&HUNDREDS, hundreds)));
    }
    ordinal(rest, ("ого", "ьего"), out);
}
