//! English, as it is said in the United States, where its set was recorded.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::{Currency, Date, Joint, Piece, Standing, Time};

/// The numbers up to nineteen.
const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The tens.
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// The ordinals up to the nineteenth.
const ORDINALS: [&str; 20] = [
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// The months.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The rules of English.
pub(crate) struct English;

fn below_hundred(number: u32, out: &mut Vec<Piece>) {
    if number < 20 {
        out.push(Piece::filed(
            format!("digits/{number}"),
            pick(&SMALL, number),
        ));
        return;
    }
    let tens = number / 10;
    out.push(Piece::filed(format!("digits/{tens}0"), pick(&TENS, tens)));
    if !number.is_multiple_of(10) {
        let unit = number % 10;
        let unit = Piece::filed(format!("digits/{unit}"), pick(&SMALL, unit));
        out.push(unit.joined(Joint::Hyphen));
    }
}

fn below_thousand(number: u32, out: &mut Vec<Piece>) {
    if number >= 100 {
        below_hundred(number / 100, out);
        out.push(Piece::filed("digits/hundred", "hundred"));
    }
    if !number.is_multiple_of(100) || number == 0 {
        below_hundred(number % 100, out);
    }
}

fn number(number: u32, out: &mut Vec<Piece>) {
    if number < 1_000 {
        return below_thousand(number, out);
    }
    let scales = [
        (1_000_000, "digits/million", "million"),
        (1_000, "digits/thousand", "thousand"),
    ];
    let mut rest = number;
    for (size, file, words) in scales {
        if rest >= size {
            below_thousand(rest / size, out);
            out.push(Piece::filed(file, words));
        }
        rest %= size;
    }
    if rest > 0 {
        below_thousand(rest, out);
    }
}

fn ordinal(day: u32, out: &mut Vec<Piece>) {
    match day {
        0..20 => out.push(Piece::filed(
            format!("digits/h-{day}"),
            pick(&ORDINALS, day),
        )),
        20 => out.push(Piece::filed("digits/h-20", "twentieth")),
        30 => out.push(Piece::filed("digits/h-30", "thirtieth")),
        _ => {
            let (tens, unit) = (day / 10, day % 10);
            out.push(Piece::filed(format!("digits/{tens}0"), pick(&TENS, tens)));
            let unit = Piece::filed(format!("digits/h-{unit}"), pick(&ORDINALS, unit));
            out.push(unit.joined(Joint::Hyphen));
        }
    }
}

/// A year: by its hundreds, but for those about the thousands.
fn year(year: u32, out: &mut Vec<Piece>) {
    if year % 1_000 < 10 {
        return number(year, out);
    }
    below_hundred(year / 100, out);
    match year % 100 {
        0 => out.push(Piece::filed("digits/hundred", "hundred")),
        rest @ 1..10 => {
            out.push(Piece::filed("digits/oh", "oh"));
            below_hundred(rest, out);
        }
        rest => below_hundred(rest, out),
    }
}

impl Rules for English {
    fn number(&self, size: u32, _: Count, out: &mut Vec<Piece>) {
        number(size, out);
    }

    fn minus(&self) -> Piece {
        Piece::filed("digits/minus", "minus")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '+' => Piece::words("plus"),
            '.' => Piece::words("dot"),
            '-' => Piece::words("dash"),
            other => rules::sign(other, "star", "pound"),
        }
    }

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "extension",
            Standing::Recorded => "This call is being recorded.",
            Standing::OnlyPerson => "You are currently the only person in this conference.",
            Standing::ThereAre => "There are currently",
            Standing::Others => "other participants in the conference.",
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        out.push(rules::weekday(&DAYS, date));
        out.push(rules::month(&MONTHS, date));
        ordinal(date.day().into(), out);
        year(date.year().into(), out);
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        below_hundred(time.of_twelve().into(), out);
        match time.minute() {
            0 => {}
            minute @ 1..10 => {
                out.push(Piece::filed("digits/oh", "oh"));
                below_hundred(minute.into(), out);
            }
            minute => below_hundred(minute.into(), out),
        }
        out.push(if time.is_morning() {
            Piece::filed("digits/a-m", "a.m.")
        } else {
            Piece::filed("digits/p-m", "p.m.")
        });
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = |one, many| Noun::new(Count::Neuter, one, many);
        let cent = noun("cent", "cents");
        match currency {
            Currency::Eur => (noun("euro", "euros"), cent),
            Currency::Usd => (noun("dollar", "dollars"), cent),
            Currency::Gbp => (noun("pound", "pounds"), noun("penny", "pence")),
            Currency::Chf => (noun("franc", "francs"), noun("centime", "centimes")),
            Currency::Rub => (noun("rouble", "roubles"), noun("kopeck", "kopecks")),
        }
    }

    fn form(&self, number: u32) -> usize {
        usize::from(number != 1)
    }

    fn and(&self) -> Option<Piece> {
        Some(Piece::filed("vm-and", "and"))
    }

    fn noun_file(&self, currency: Currency, form: usize) -> Option<&'static str> {
        (currency == Currency::Usd && form == 1).then_some("digits/dollars")
    }
}
