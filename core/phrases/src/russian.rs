//! Russian. Its set has numbers up to 199 that count nothing, or what is masculine; all that is
//! declined beyond them is spoken by a made voice.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::russian_ordinals::{genitive_year, neuter_day};
use crate::{Currency, Date, Piece, Standing, Time};

/// The numbers up to nineteen.
pub(crate) const SMALL: [&str; 20] = [
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
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "воскресенье",
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
];
/// The months, in the genitive.
const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
/// Thousands.
const THOUSAND: [&str; 3] = ["тысяча", "тысячи", "тысяч"];
/// Millions.
const MILLION: [&str; 3] = ["миллион", "миллиона", "миллионов"];
/// Hours.
const HOUR: [&str; 3] = ["час", "часа", "часов"];
/// Minutes.
const MINUTE: [&str; 3] = ["минута", "минуты", "минут"];

/// The rules of Russian.
pub(crate) struct Russian;

/// Which form a noun has with a number: with one, with two to four, with others.
fn form(number: u32) -> usize {
    match (number % 10, number % 100) {
        (_, 11..=14) => 2,
        (1, _) => 0,
        (2..=4, _) => 1,
        _ => 2,
    }
}

fn formed(forms: [&'static str; 3], number: u32) -> &'static str {
    forms.get(form(number)).copied().unwrap_or_default()
}

fn below_hundred(number: u32, count: Count, out: &mut Vec<Piece>) {
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

impl Rules for Russian {
    fn number(&self, size: u32, count: Count, out: &mut Vec<Piece>) {
        number(size, count, out);
    }

    fn minus(&self) -> Piece {
        Piece::filed("digits/minus", "минус")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '+' => Piece::words("плюс"),
            '.' => Piece::words("точка"),
            '-' => Piece::words("дефис"),
            other => rules::sign(other, "звёздочка", "решётка"),
        }
    }

    fn standing(&self, standing: Standing) -> Piece {
        let words = match standing {
            Standing::Extension => "добавочный номер",
            Standing::Recorded => "Этот разговор записывается.",
            Standing::OnlyPerson => "Вы единственный участник этой конференции.",
            Standing::ThereAre => "Сейчас в конференции ещё",
            Standing::Others => "участников.",
        };
        match standing.file() {
            Some(file) => Piece::filed(file, words),
            None => Piece::words(words),
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        let weekday = date.weekday();
        let day = pick(&DAYS, weekday.into());
        out.push(Piece::filed(format!("digits/day-{weekday}"), day));
        neuter_day(date.day().into(), out);
        out.push(Piece::words(pick(&MONTHS, u32::from(date.month()) - 1)));
        genitive_year(date.year().into(), out);
        out.push(Piece::words("года"));
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        let units = [
            (time.hour(), Count::Masculine, HOUR, "hours"),
            (time.minute(), Count::Feminine, MINUTE, "minutes"),
        ];
        for (number, count, forms, file) in units {
            let number = u32::from(number);
            below_hundred(number, count, out);
            let words = formed(forms, number);
            // the set says them as they are with many
            out.push(if form(number) == 2 {
                Piece::filed(file, words)
            } else {
                Piece::words(words)
            });
        }
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = |gender, forms| Noun { gender, forms };
        let (male, female) = (Count::Masculine, Count::Feminine);
        let cent = noun(male, ["цент", "цента", "центов"]);
        match currency {
            Currency::Eur => (noun(Count::Masculine, ["евро"; 3]), cent),
            Currency::Usd => (noun(male, ["доллар", "доллара", "долларов"]), cent),
            Currency::Gbp => (
                noun(male, ["фунт", "фунта", "фунтов"]),
                noun(male, ["пенс", "пенса", "пенсов"]),
            ),
            Currency::Chf => (
                noun(male, ["франк", "франка", "франков"]),
                noun(male, ["раппен", "раппена", "раппенов"]),
            ),
            Currency::Rub => (
                noun(male, ["рубль", "рубля", "рублей"]),
                noun(female, ["копейка", "копейки", "копеек"]),
            ),
        }
    }

    fn form(&self, number: u32) -> usize {
        form(number)
    }

    fn and(&self) -> Option<Piece> {
        None
    }
}
