//! German. There is no free set of recordings, so it has words alone.

use crate::rules::{Coins, Count, Noun, Rules, pick};
use crate::{Currency, Date, Piece, Standing, Time};

/// The numbers up to nineteen.
const SMALL: [&str; 20] = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
/// The tens.
const TENS: [&str; 10] = [
    "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
];
/// The ordinals that are not made of numbers, of the first eight.
const ORDINALS: [&str; 9] = [
    "", "erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte",
];
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "Sonntag",
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
];
/// The months.
const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The rules of German.
pub(crate) struct German;

/// A number below a hundred; `one` is what a one at its end is called.
fn below_hundred(number: u32, one: &str) -> String {
    match (number, number % 10) {
        (1, _) => one.to_owned(),
        (0..20, _) => pick(&SMALL, number).to_owned(),
        (_, 0) => pick(&TENS, number / 10).to_owned(),
        (_, 1) => format!("einund{}", pick(&TENS, number / 10)),
        (_, unit) => format!("{}und{}", pick(&SMALL, unit), pick(&TENS, number / 10)),
    }
}

fn below_thousand(number: u32, one: &str) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let mut word = String::new();
    if hundreds > 0 {
        word.push_str(&below_hundred(hundreds, "ein"));
        word.push_str("hundert");
    }
    if rest > 0 || number == 0 {
        word.push_str(&below_hundred(rest, one));
    }
    word
}

fn below_million(number: u32, one: &str) -> String {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    let mut word = String::new();
    if thousands > 0 {
        word.push_str(&below_thousand(thousands, "ein"));
        word.push_str("tausend");
    }
    if rest > 0 || number == 0 {
        word.push_str(&below_thousand(rest, one));
    }
    word
}

fn ordinal(day: u32) -> String {
    match day {
        0..9 => pick(&ORDINALS, day).to_owned(),
        9..20 => format!("{}te", pick(&SMALL, day)),
        _ => format!("{}ste", below_hundred(day, "ein")),
    }
}

/// A year: those from 1100 to 1999 by their hundreds.
fn year(year: u32) -> String {
    if !(1_100..2_000).contains(&year) {
        return below_million(year, "eins");
    }
    let hundreds = below_hundred(year / 100, "ein");
    match year % 100 {
        0 => format!("{hundreds}hundert"),
        rest => format!("{hundreds}hundert{}", below_hundred(rest, "eins")),
    }
}

impl Rules for German {
    fn number(&self, number: u32, count: Count, out: &mut Vec<Piece>) {
        let one = match count {
            Count::Bare => "eins",
            Count::Masculine | Count::Neuter => "ein",
            Count::Feminine => "eine",
        };
        let (millions, rest) = (number / 1_000_000, number % 1_000_000);
        if millions == 1 {
            out.push(Piece::words("eine Million"));
        } else if millions > 1 {
            let times = below_thousand(millions, "eine");
            out.push(Piece::words(format!("{times} Millionen")));
        }
        if rest > 0 || number == 0 {
            out.push(Piece::words(below_million(rest, one)));
        }
    }

    fn minus(&self) -> Piece {
        Piece::words("minus")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '*' => Piece::words("Stern"),
            '#' => Piece::words("Raute"),
            '+' => Piece::words("plus"),
            '.' => Piece::words("Punkt"),
            '-' => Piece::words("Strich"),
            other => Piece::words(other.to_string()),
        }
    }

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "Nebenstelle",
            Standing::Recorded => "Dieses Gespräch wird aufgezeichnet.",
            Standing::OnlyPerson => "Sie sind allein in dieser Konferenz.",
            Standing::ThereAre => "In dieser Konferenz sind zurzeit",
            Standing::Others => "andere.",
        }
    }

    fn standing(&self, standing: Standing) -> Piece {
        // there is no set
        Piece::words(self.words(standing))
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        let day = pick(&DAYS, date.weekday().into());
        out.push(Piece::words(format!("{day}, der")));
        out.push(Piece::words(ordinal(date.day().into())));
        out.push(Piece::words(pick(&MONTHS, u32::from(date.month()) - 1)));
        out.push(Piece::words(year(date.year().into())));
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        out.push(Piece::words(below_hundred(time.hour().into(), "ein")));
        out.push(Piece::words("Uhr"));
        if time.minute() > 0 {
            out.push(Piece::words(below_hundred(time.minute().into(), "eins")));
        }
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = Noun::new;
        let (male, neuter) = (Count::Masculine, Count::Neuter);
        let cent = noun(male, "Cent", "Cent");
        match currency {
            Currency::Eur => (noun(male, "Euro", "Euro"), cent),
            Currency::Usd => (noun(male, "Dollar", "Dollar"), cent),
            Currency::Gbp => (noun(neuter, "Pfund", "Pfund"), noun(male, "Penny", "Pence")),
            Currency::Chf => (
                noun(male, "Franken", "Franken"),
                noun(male, "Rappen", "Rappen"),
            ),
            Currency::Rub => (
                noun(male, "Rubel", "Rubel"),
                noun(Count::Feminine, "Kopeke", "Kopeken"),
            ),
        }
    }

    fn form(&self, number: u32) -> usize {
        usize::from(number != 1)
    }

    fn and(&self) -> Option<Piece> {
        Some(Piece::words("und"))
    }
}
