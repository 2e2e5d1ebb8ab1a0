//! Numbers of Russian in the nominative, and the forms of what they count.

use crate::Piece;
use crate::rules::{Count, pick};

/// The numbers up to nineteen.
const SMALL: [&str; 20] = [
    "ноль",
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
];
/// The tens.
pub(crate) const TENS: [&str; 10] = [
    "",
    "",
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
];
/// The hundreds.
pub(crate) const HUNDREDS: [&str; 10] = [
    "",
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
];

/// Thousands.
const THOUSAND: [&str; 3] = ["тысяча", "тысячи", "тысяч"];

/// Millions.
const MILLION: [&str; 3] = ["миллион", "миллиона", "миллионов"];

/// Which form a noun has with a number: with one, with two to four, with others.
pub(crate) fn form(number: u32) -> usize {
    match (number % 10, number % 100) {
        (_, 11..=14) => 2,
        (1, _) => 0,
        (2..=4, _) => 1,
        _ => 2,
    }
}

/// A noun as it is with a number.
pub(crate) fn formed(forms: [&'static str; 3], number: u32) -> &'static str {
    forms.get(form(number)).copied().unwrap_or_default()
}

/// A number below a hundred.
pub(crate) fn below_hundred(number: u32, count: Count, out: &mut Vec<Piece>) {
    match (number, count) {
        (1, Count::Feminine) => out.push(Piece::words("одна")),
        (2, Count::Feminine) => out.push(Piece::words("две")),
        (1, Count::Neuter) => out.push(Piece::filed("digits/1n", "одно")),
        (0..20, _) => out.push(Piece::filed(
            format!("digits/{number}"),
            pick(&SMALL, number),
        )),
        _ => {
            let tens = number / 10;
            out.push(Piece::filed(format!("digits/{tens}0"), pick(&TENS, tens)));
            if !number.is_multiple_of(10) {
                below_hundred(number % 10, count, out);
            }
        }
    }
}

fn below_thousand(number: u32, count: Count, out: &mut Vec<Piece>) {
    match number / 100 {
        0 => {}
        1 => out.push(Piece::filed("digits/hundred", "сто")),
        hundreds => out.push(Piece::words(pick(&HUNDREDS, hundreds))),
    }
    if !number.is_multiple_of(100) || number == 0 {
        below_hundred(number % 100, count, out);
    }
}

/// A number in the nominative.
pub(crate) fn number(number: u32, count: Count, out: &mut Vec<Piece>) {
    let (millions, thousands) = (number / 1_000_000, number / 1_000 % 1_000);
    if millions > 0 {
        if millions > 1 {
            below_thousand(millions, Count::Masculine, out);
        }
        out.push(match millions {
            1 => Piece::filed("digits/million", "миллион"),
            _ => Piece::words(formed(MILLION, millions)),
        });
    }
    match thousands {
        0 => {}
        1 if millions == 0 => out.push(Piece::filed("digits/thousand", "тысяча")),
        _ => {
            below_thousand(thousands, Count::Feminine, out);
            out.push(Piece::words(formed(THOUSAND, thousands)));
        }
    }
    if !number.is_multiple_of(1_000) || number == 0 {
        below_thousand(number % 1_000, count, out);
    }
}
