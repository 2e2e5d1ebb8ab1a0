//! French. Its set was recorded in Canada; seventy and ninety are said as there and in France.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::{Currency, Date, Joint, Piece, Standing, Time};

/// The numbers up to sixteen.
const SMALL: [&str; 20] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
];
/// The tens, as they stand before units.
const TENS: [&str; 10] = [
    "",
    "",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante",
    "quatre-vingt",
    "quatre-vingt",
];
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
];
/// The months.
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// The rules of French.
pub(crate) struct French;

/// The numbers from ten to nineteen too, which follow sixty and eighty.
fn small(number: u32, count: Count) -> Piece {
    match (number, count) {
        // no set has it
        (1, Count::Feminine) => Piece::words("une"),
        _ => Piece::filed(format!("digits/{number}"), pick(&SMALL, number)),
    }
}

/// Whether another numeral follows, before which eighty and hundreds have no mark of many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Numeral,
    Other,
}

fn below_hundred(number: u32, (count, next): (Count, Next), out: &mut Vec<Piece>) {
    let (tens, unit) = (number / 10, number % 10);
    match (number, tens) {
        (0..20, _) => return out.push(small(number, count)),
        (70, _) => return out.push(Piece::filed("digits/70", "soixante-dix")),
        (90, _) => return out.push(Piece::filed("digits/90", "quatre-vingt-dix")),
        (80, _) if next == Next::Other => {
            return out.push(Piece::filed("digits/80", "quatre-vingts"));
        }
        _ => {}
    }
    // seventy and ninety are sixty and eighty with ten and more
    let (base, rest) = match tens {
        7 | 9 => (tens - 1, unit + 10),
        tens => (tens, unit),
    };
    out.push(Piece::filed(format!("digits/{base}0"), pick(&TENS, tens)));
    if rest == 0 {
        return;
    }
    if unit == 1 && base < 8 {
        out.push(Piece::filed("digits/et", "et"));
        out.push(small(rest, count));
    } else {
        out.push(small(rest, count).joined(Joint::Hyphen));
    }
}

fn below_thousand(number: u32, (count, next): (Count, Next), out: &mut Vec<Piece>) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 1 {
        out.push(small(hundreds, Count::Bare));
    }
    if hundreds > 0 {
        let many = hundreds > 1 && rest == 0 && next == Next::Other;
        let words = if many { "cents" } else { "cent" };
        out.push(Piece::filed("digits/hundred", words));
    }
    if rest > 0 || number == 0 {
        below_hundred(rest, (count, next), out);
    }
}

fn below_million(number: u32, count: Count, out: &mut Vec<Piece>) {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    if thousands > 1 {
        below_thousand(thousands, (Count::Bare, Next::Numeral), out);
    }
    if thousands > 0 {
        out.push(Piece::filed("digits/thousand", "mille"));
    }
    if rest > 0 || number == 0 {
        below_thousand(rest, (count, Next::Other), out);
    }
}

impl Rules for French {
    fn number(&self, number: u32, count: Count, out: &mut Vec<Piece>) {
        let (millions, rest) = (number / 1_000_000, number % 1_000_000);
        if millions > 0 {
            below_thousand(millions, (Count::Bare, Next::Other), out);
            let words = if millions > 1 { "millions" } else { "million" };
            out.push(Piece::filed("digits/million", words));
        }
        if rest > 0 || number == 0 {
            below_million(rest, count, out);
        }
    }

    fn minus(&self) -> Piece {
        Piece::filed("digits/minus", "moins")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '+' => Piece::words("plus"),
            '.' => Piece::words("point"),
            '-' => Piece::words("tiret"),
            other => rules::sign(other, "étoile", "dièse"),
        }
    }

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "poste",
            Standing::Recorded => "Cet appel est enregistré.",
            Standing::OnlyPerson => "Vous êtes seul dans cette conférence.",
            Standing::ThereAre => "Il y a actuellement",
            Standing::Others => "autres participants dans la conférence.",
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        out.push(rules::weekday(&DAYS, date));
        match date.day() {
            1 => out.push(Piece::filed("digits/h-1", "premier")),
            day => below_hundred(day.into(), (Count::Bare, Next::Other), out),
        }
        out.push(rules::month(&MONTHS, date));
        self.number(date.year().into(), Count::Bare, out);
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        let hour = u32::from(time.hour());
        below_hundred(hour, (Count::Feminine, Next::Other), out);
        let words = if hour < 2 { "heure" } else { "heures" };
        out.push(Piece::filed("hours", words));
        if time.minute() > 0 {
            let minute = time.minute().into();
            below_hundred(minute, (Count::Feminine, Next::Other), out);
        }
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = Noun::new;
        let (male, female) = (Count::Masculine, Count::Feminine);
        let cent = noun(male, "cent", "cents");
        match currency {
            Currency::Eur => (noun(male, "euro", "euros"), cent),
            Currency::Usd => (noun(male, "dollar", "dollars"), cent),
            Currency::Gbp => (
                noun(female, "livre", "livres"),
                noun(male, "penny", "pence"),
            ),
            Currency::Chf => (
                noun(male, "franc", "francs"),
                noun(male, "centime", "centimes"),
            ),
            Currency::Rub => (
                noun(male, "rouble", "roubles"),
                noun(male, "kopeck", "kopecks"),
            ),
        }
    }

    fn form(&self, number: u32) -> usize {
        usize::from(number > 1)
    }

    fn of(&self, number: u32, noun: &Noun) -> Option<Piece> {
        let whole = number > 0 && number.is_multiple_of(1_000_000);
        let vowel = noun.forms.iter().any(|form| form.starts_with("euro"));
        whole.then(|| Piece::words(if vowel { "d’" } else { "de" }))
    }

    fn and(&self) -> Option<Piece> {
        Some(Piece::filed("digits/et", "et"))
    }

    fn noun_file(&self, currency: Currency, _: usize) -> Option<&'static str> {
        // one and many sound the same
        (currency == Currency::Usd).then_some("digits/dollars")
    }
}
