//! Italian.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::{Currency, Date, Joint, Piece, Standing, Time};

/// The numbers up to nineteen.
const SMALL: [&str; 20] = [
    "zero",
    "uno",
    "due",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "nove",
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
];
/// The tens.
const TENS: [&str; 10] = [
    "",
    "",
    "venti",
    "trenta",
    "quaranta",
    "cinquanta",
    "sessanta",
    "settanta",
    "ottanta",
    "novanta",
];
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "domenica",
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
    "sabato",
];
/// The months.
const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// The rules of Italian.
pub(crate) struct Italian;

/// The end of a number that is written as one word: what goes before is `joint`ed to it.
fn below_hundred(number: u32, joint: Joint, out: &mut Vec<Piece>) {
    let (tens, unit) = (number / 10, number % 10);
    if number < 20 {
        let words = match (number, joint) {
            // at the end of a longer word it bears the stress
            (3, Joint::Close) => "tré",
            _ => pick(&SMALL, number),
        };
        return out.push(Piece::filed(format!("digits/{number}"), words).joined(joint));
    }
    let name = pick(&TENS, tens);
    match unit {
        // the vowel of the tens falls before that of the unit
        1 | 8 => {
            let stem = name.strip_suffix(['a', 'i']).unwrap_or(name);
            let words = format!("{stem}{}", pick(&SMALL, unit));
            out.push(Piece::filed(format!("digits/{number}"), words).joined(joint));
        }
        0 => out.push(Piece::filed(format!("digits/{tens}0"), name).joined(joint)),
        _ => {
            out.push(Piece::filed(format!("digits/{tens}0"), name).joined(joint));
            below_hundred(unit, Joint::Close, out);
        }
    }
}

fn below_thousand(number: u32, joint: Joint, out: &mut Vec<Piece>) {
    let (hundreds, rest) = (number / 100, number % 100);
    let mut joint = joint;
    if hundreds > 1 {
        below_hundred(hundreds, joint, out);
        joint = Joint::Close;
    }
    if hundreds > 0 {
        // before eight and eighty it loses its vowel
        let eight = rest == 8 || rest / 10 == 8;
        let words = if eight { "cent" } else { "cento" };
        out.push(Piece::filed("digits/hundred", words).joined(joint));
        joint = Joint::Close;
    }
    if rest > 0 || number == 0 {
        below_hundred(rest, joint, out);
    }
}

fn below_million(number: u32, out: &mut Vec<Piece>) {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    let mut joint = Joint::Space;
    if thousands == 1 {
        out.push(Piece::filed("digits/thousand", "mille"));
        joint = Joint::Close;
    } else if thousands > 1 {
        thousands_of(thousands, out);
        out.push(Piece::filed("digits/thousands", "mila").joined(Joint::Close));
        joint = Joint::Close;
    }
    if rest > 0 || number == 0 {
        below_thousand(rest, joint, out);
    }
}

/// So many thousands: those that end in one are short, and those in three have no stress there.
fn thousands_of(number: u32, out: &mut Vec<Piece>) {
    let from = out.len();
    below_thousand(number, Joint::Space, out);
    let Some(last) = out.get_mut(from..).and_then(<[_]>::last_mut) else {
        return;
    };
    if number % 10 == 1 && number % 100 > 20 {
        // no set has them
        let words = last.words.trim_end_matches('o').to_owned();
        *last = Piece::words(words).joined(last.joint);
    } else if last.words == "tré" {
        last.words = "tre".into();
    }
}

/// Before a noun a one is short, alone and at the end of another number.
fn before_noun(number: u32, count: Count, from: usize, out: &mut [Piece]) {
    let Some(last) = out.get_mut(from..).and_then(<[_]>::last_mut) else {
        return;
    };
    match (number, count) {
        (1, Count::Masculine | Count::Neuter) => *last = Piece::filed("digits/un", "un"),
        (1, Count::Feminine) => *last = Piece::words("una"),
        (0..2, _) | (_, Count::Bare) => {}
        (_, Count::Masculine | Count::Feminine | Count::Neuter) => {
            if number % 10 == 1 && number % 100 > 20 {
                let words = last.words.trim_end_matches('o').to_owned();
                *last = Piece::words(words).joined(last.joint);
            }
        }
    }
}

impl Rules for Italian {
    fn number(&self, number: u32, count: Count, out: &mut Vec<Piece>) {
        let (from, millions, rest) = (out.len(), number / 1_000_000, number % 1_000_000);
        if millions == 1 {
            out.push(Piece::filed("digits/un", "un"));
            out.push(Piece::filed("digits/million", "milione"));
        } else if millions > 1 {
            let begun = out.len();
            below_thousand(millions, Joint::Space, out);
            before_noun(millions, Count::Masculine, begun, out);
            out.push(Piece::filed("digits/millions", "milioni"));
        }
        if rest > 0 || number == 0 {
            below_million(rest, out);
            before_noun(rest, count, from, out);
        }
    }

    fn minus(&self) -> Piece {
        Piece::filed("digits/minus", "meno")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '+' => Piece::words("più"),
            '.' => Piece::words("punto"),
            '-' => Piece::words("trattino"),
            other => rules::sign(other, "asterisco", "cancelletto"),
        }
    }

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "interno",
            Standing::Recorded => "Questa chiamata viene registrata.",
            Standing::OnlyPerson => "Lei è l’unica persona in questa conferenza.",
            Standing::ThereAre => "Al momento ci sono",
            Standing::Others => "altri partecipanti nella conferenza.",
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        out.push(rules::weekday(&DAYS, date));
        match date.day() {
            1 => out.push(Piece::filed("digits/h-1", "primo")),
            day => below_hundred(day.into(), Joint::Space, out),
        }
        out.push(rules::month(&MONTHS, date));
        self.number(date.year().into(), Count::Bare, out);
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        out.push(Piece::filed("digits/hours", "ore"));
        match time.hour() {
            // no set has it behind the word for hours
            1 => out.push(Piece::words("una")),
            hour => below_hundred(hour.into(), Joint::Space, out),
        }
        if time.minute() > 0 {
            out.push(Piece::filed("digits/e", "e"));
            below_hundred(time.minute().into(), Joint::Space, out);
        }
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = Noun::new;
        let (male, female) = (Count::Masculine, Count::Feminine);
        let hundredth = noun(male, "centesimo", "centesimi");
        match currency {
            Currency::Eur => (noun(male, "euro", "euro"), hundredth),
            Currency::Usd => (noun(male, "dollaro", "dollari"), hundredth),
            Currency::Gbp => (
                noun(female, "sterlina", "sterline"),
                noun(male, "penny", "pence"),
            ),
            Currency::Chf => (noun(male, "franco", "franchi"), hundredth),
            Currency::Rub => (
                noun(male, "rublo", "rubli"),
                noun(male, "copeco", "copechi"),
            ),
        }
    }

    fn form(&self, number: u32) -> usize {
        usize::from(number != 1)
    }

    fn of(&self, number: u32, _: &Noun) -> Option<Piece> {
        let whole = number > 0 && number.is_multiple_of(1_000_000);
        whole.then(|| Piece::words("di"))
    }

    fn and(&self) -> Option<Piece> {
        Some(Piece::filed("digits/e", "e"))
    }

    fn noun_file(&self, currency: Currency, form: usize) -> Option<&'static str> {
        match currency {
            Currency::Eur => Some("digits/euros"),
            Currency::Usd if form == 1 => Some("digits/dollars"),
            Currency::Usd | Currency::Gbp | Currency::Chf | Currency::Rub => None,
        }
    }
}
