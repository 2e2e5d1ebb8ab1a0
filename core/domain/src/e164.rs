//! Telephone numbers of the world (ITU-T E.164): at most fifteen digits after a plus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Fewest digits that are taken for a number of the world.
const DIGITS_MIN: usize = 4;

/// Most digits (E.164 §6).
const DIGITS_MAX: usize = 15;

/// A number of the world, as its digits without the plus: 4 to 15, the first not 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct E164(Box<str>);

impl E164 {
    /// Takes digits without a plus.
    pub fn of_digits(digits: &str) -> Option<E164> {
        let good = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        good.then(|| E164(digits.into()))
    }

    /// Reads `+` and digits, as people write them: blanks, hyphens, dots, slashes and brackets
    /// between them count for nothing.
    pub fn written(text: &str) -> Option<E164> {
        let rest = text.trim().strip_prefix('+')?;
        let digits: String = rest.chars().filter(|c| !" -./()".contains(*c)).collect();
        E164::of_digits(&digits)
    }

    /// The digits, without the plus.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The numbers from it to another, both included: of the same length, and not before it.
    pub fn through(&self, last: &E164) -> Option<impl Iterator<Item = E164> + use<>> {
        let span = last.offset_from(self)?;
        let first = self.0.parse::<u64>().ok()?;
        let numbers = (0..=span).map(move |offset| E164((first + offset).to_string().into()));
        Some(numbers)
    }

    /// How far it lies behind another number of the same length; `None` when it lies before it,
    /// or is longer or shorter.
    pub fn offset_from(&self, first: &E164) -> Option<u64> {
        let same = self.0.len() == first.0.len();
        let value = |number: &E164| number.0.parse::<u64>().ok();
        value(self).filter(|_| same)?.checked_sub(value(first)?)
    }
}

impl fmt::Display for E164 {
    /// With the plus.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// The same number in the form in which it is stored: a plus and digits. What is no number stays
/// as it is, for its rule to refuse.
pub(crate) fn normal(text: &mut String) {
    if let Some(number) = E164::written(text) {
        *text = number.to_string();
    }
}

/// The text as a number, if it is one in the stored form.
pub(crate) fn stored(text: &str) -> Option<E164> {
    E164::of_digits(text.strip_prefix('+')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Option<String> {
        E164::written(text).map(|number| number.digits().to_owned())
    }

    #[test]
    fn a_number_is_read_however_people_group_it() {
        for text in ["+49 30 123-456", "+49(30)123.456", " +4930/123456 "] {
            assert_eq!(digits(text).as_deref(), Some("4930123456"));
        }
    }

    #[test]
    fn what_has_no_plus_too_many_digits_or_letters_is_no_number() {
        for text in [
            "4930123456",
            "+",
            "+123",
            "+0301234",
            "+1234567890123456",
            "+49x30",
        ] {
            assert_eq!(digits(text), None, "{text}");
        }
    }

    #[test]
    fn the_offset_of_a_number_counts_from_the_first_of_its_length() {
        let number = |text| E164::of_digits(text);
        let far = |a, b| number(a)?.offset_from(&number(b)?);
        assert_eq!(far("493055512", "493055500"), Some(12));
        assert_eq!(far("493055500", "493055500"), Some(0));
        assert_eq!(far("493055499", "493055500"), None);
        assert_eq!(far("4930555000", "493055500"), None);
    }

    #[test]
    fn the_numbers_of_a_range_are_counted_up_from_its_first_to_its_last() {
        let number = |text| E164::of_digits(text);
        let all = |a, b| -> Option<Vec<String>> {
            let all = number(a)?.through(&number(b)?)?;
            Some(all.map(|number| number.to_string()).collect())
        };
        let three = ["+4930599", "+4930600", "+4930601"].map(str::to_owned);
        assert_eq!(all("4930599", "4930601"), Some(three.to_vec()));
        assert_eq!(all("4930599", "4930598"), None);
        assert_eq!(all("4930599", "49305990"), None);
    }
}
