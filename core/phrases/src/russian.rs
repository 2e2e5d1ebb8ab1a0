//! Russian. Its set has numbers up to 199 that count nothing, or what is masculine; all that is
//! declined beyond them is spoken by a made voice.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::russian_numbers::{below_hundred, form, formed, number};
use crate::russian_ordinals::{genitive_year, neuter_day};
use crate::{Currency, Date, Piece, Standing, Time};

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
/// Hours.
const HOUR: [&str; 3] = ["час", "часа", "часов"];
/// Minutes.
const MINUTE: [&str; 3] = ["минута", "минуты", "минут"];

/// The rules of Russian.
pub(crate) struct Russian;

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

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "добавочный номер",
            Standing::Recorded => "Этот разговор записывается.",
            Standing::OnlyPerson => "Вы единственный участник этой конференции.",
            Standing::ThereAre => "Сейчас в конференции ещё",
            Standing::Others => "участников.",
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        out.push(rules::weekday(&DAYS, date));
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
