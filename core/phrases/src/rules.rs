//! What the rules of a language have to say, and what all languages have in common.

use crate::{Amount, Currency, Date, Piece, Standing, Time};

/// The greatest number that is said as such, above and below zero; greater ones are said digit by
/// digit.
pub const NUMBER_MAX: u32 = 999_999_999;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// Nothing: it is a number.
    Bare,
    /// A noun of masculine gender, which follows.
    Masculine,
    /// A noun of feminine gender, which follows.
    Feminine,
    /// A noun of neuter gender, which follows.
    Neuter,
}

/// A noun that is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun {
    pub(crate) gender: Count,
    /// With one, with few (two to four, where that is different) and with many.
    pub(crate) forms: [&'static str; 3],
}

impl Noun {
    /// One that is the same with few and with many.
    pub(crate) fn new(gender: Count, one: &'static str, many: &'static str) -> Noun {
        let forms = [one, many, many];
        Noun { gender, forms }
    }
}

/// What an amount is counted in: the whole, and its hundredth.
pub(crate) type Coins = (Noun, Noun);

/// The rules of a language.
pub(crate) trait Rules {
    /// A number, not above [`NUMBER_MAX`].
    fn number(&self, number: u32, count: Count, out: &mut Vec<Piece>);
    /// What is said before a number below zero.
    fn minus(&self) -> Piece;
    /// A sign of a row of digits that is no digit.
    fn sign(&self, sign: char) -> Piece;
    /// Standing words, as they are written.
    fn words(&self, standing: Standing) -> &'static str;
    /// Standing words.
    fn standing(&self, standing: Standing) -> Piece {
        let words = self.words(standing);
        match standing.file() {
            Some(file) => Piece::filed(file, words),
            None => Piece::words(words),
        }
    }
    /// A day.
    fn date(&self, date: Date, out: &mut Vec<Piece>);
    /// A time.
    fn time(&self, time: Time, out: &mut Vec<Piece>);
    /// What a currency's coins are called.
    fn coins(&self, currency: Currency) -> Coins;
    /// Which form a noun has with a number: 0, 1 or 2.
    fn form(&self, number: u32) -> usize;
    /// What stands between a number and its noun, if anything does.
    fn of(&self, _number: u32, _noun: &Noun) -> Option<Piece> {
        None
    }
    /// What stands between the whole and the hundredths, if anything does.
    fn and(&self) -> Option<Piece>;
    /// The file that says a noun in this form, if sets have one.
    fn noun_file(&self, _currency: Currency, _form: usize) -> Option<&'static str> {
        None
    }
}

/// A word of a list; nothing beyond its end.
pub(crate) fn pick(list: &[&'static str], at: u32) -> &'static str {
    let at = usize::try_from(at).ok();
    at.and_then(|at| list.get(at)).copied().unwrap_or_default()
}

/// The day of the week, of a list that begins with Sunday.
pub(crate) fn weekday(days: &[&'static str; 7], date: Date) -> Piece {
    let weekday = date.weekday();
    Piece::filed(format!("digits/day-{weekday}"), pick(days, weekday.into()))
}

/// The month.
pub(crate) fn month(months: &[&'static str; 12], date: Date) -> Piece {
    let month = date.month() - 1;
    Piece::filed(format!("digits/mon-{month}"), pick(months, month.into()))
}

/// A sign that stands in every set: star, hash and the letters; others are their own words.
pub(crate) fn sign(sign: char, star: &'static str, hash: &'static str) -> Piece {
    match sign {
        '*' => Piece::filed("digits/star", star),
        '#' => Piece::filed("digits/pound", hash),
        'a'..='z' | 'A'..='Z' => {
            let letter = sign.to_ascii_lowercase();
            Piece::filed(format!("letters/{letter}"), letter.to_string())
        }
        other => Piece::words(other.to_string()),
    }
}

/// An amount of money; one that is beyond all bounds is said as the greatest there is.
pub(crate) fn amount(rules: &dyn Rules, amount: Amount, out: &mut Vec<Piece>) {
    let size = amount.hundredths.unsigned_abs();
    let whole = u32::try_from(size / 100)
        .unwrap_or(NUMBER_MAX)
        .min(NUMBER_MAX);
    let rest = u32::try_from(size % 100).unwrap_or(0);
    if amount.hundredths < 0 {
        out.push(rules.minus());
    }
    let (coin, hundredth) = rules.coins(amount.currency);
    if whole > 0 || rest == 0 {
        counted(rules, whole, &coin, Some(amount.currency), out);
    }
    if rest > 0 {
        out.extend(rules.and().filter(|_| whole > 0));
        counted(rules, rest, &hundredth, None, out);
    }
}

/// So many of a noun.
pub(crate) fn counted(
    rules: &dyn Rules,
    number: u32,
    noun: &Noun,
    currency: Option<Currency>,
    out: &mut Vec<Piece>,
) {
    rules.number(number, noun.gender, out);
    out.extend(rules.of(number, noun));
    let form = rules.form(number);
    let words = noun.forms.get(form).copied().unwrap_or_default();
    let file = currency.and_then(|currency| rules.noun_file(currency, form));
    out.push(match file {
        Some(file) => Piece::filed(file, words),
        None => Piece::words(words),
    });
}
