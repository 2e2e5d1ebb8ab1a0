//! What is to be said, before any language has a say in it.

use crate::rules::{self, Count, NUMBER_MAX, Rules};
use crate::{Amount, Date, Language, Piece, Standing, Time};
use crate::{english, french, german, italian, russian, spanish};

/// Characters of a row of digits that are said; what comes behind them is left out.
pub const DIGITS_MAX: usize = 40;

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Words that are always the same.
    Standing(Standing),
    /// A number, as one counts.
    Number(i64),
    /// Digits, star, hash and letters, one by one.
    Digits(String),
    /// A day, with the day of the week and the year.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// An amount of money.
    Amount(Amount),
}

/// What is said in one go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Phrase(pub Vec<Part>);

impl Phrase {
    /// It in pieces, by the rules of a language. There is always at least one for each part, but
    /// for digits of which there are none.
    #[must_use]
    pub fn pieces(&self, language: Language) -> Vec<Piece> {
        let rules = rules_of(language);
        let mut out = Vec::new();
        for part in &self.0 {
            part_of(rules, part, &mut out);
        }
        out
    }
}

fn part_of(rules: &dyn Rules, part: &Part, out: &mut Vec<Piece>) {
    match part {
        Part::Standing(standing) => out.push(rules.standing(*standing)),
        Part::Number(number) => {
            if *number < 0 {
                out.push(rules.minus());
            }
            match u32::try_from(number.unsigned_abs()) {
                Ok(size) if size <= NUMBER_MAX => rules.number(size, Count::Bare, out),
                Ok(_) | Err(_) => digits(rules, &number.unsigned_abs().to_string(), out),
            }
        }
        Part::Digits(text) => digits(rules, text, out),
        Part::Date(date) => rules.date(*date, out),
        Part::Time(time) => rules.time(*time, out),
        Part::Amount(amount) => rules::amount(rules, *amount, out),
    }
}

fn digits(rules: &dyn Rules, text: &str, out: &mut Vec<Piece>) {
    for sign in text.chars().take(DIGITS_MAX) {
        match sign.to_digit(10) {
            Some(digit) => rules.number(digit, Count::Bare, out),
            None => out.push(rules.sign(sign)),
        }
    }
}

/// The rules of a language.
fn rules_of(language: Language) -> &'static dyn Rules {
    match language {
        Language::De => &german::German,
        Language::En => &english::English,
        Language::Es => &spanish::Spanish,
        Language::Fr => &french::French,
        Language::It => &italian::Italian,
        Language::Ru => &russian::Russian,
    }
}
