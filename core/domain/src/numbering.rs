//! What a number tells of itself by how it begins: whose country it is of, and what a call to it
//! costs like.
//!
//! The two tables beside this file are plain beginnings of numbers (`tools/numbering.py`
//! writes them). The longest that fits decides, as it does between exchanges.

pub(crate) mod emergency;
pub(crate) mod prefixes;

use std::sync::LazyLock;

use crate::e164::E164;

/// What a call to a number costs like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// What a call to any desk costs.
    Ordinary,
    /// What a call to a mobile telephone costs.
    Mobile,
    /// More, by the minute or by the call: services, personal numbers, satellites.
    Premium,
}

/// A country, as the two letters of ISO 3166-1.
pub(crate) type Country = &'static str;

static COUNTRIES: LazyLock<Beginnings> =
    LazyLock::new(|| Beginnings::read(include_str!("numbering/countries.txt")));

static COSTS: LazyLock<Beginnings> =
    LazyLock::new(|| Beginnings::read(include_str!("numbering/costs.txt")));

/// The country that a number is of; `None` for one that no country has.
pub(crate) fn country(number: &E164) -> Option<Country> {
    COUNTRIES.longest(number.digits())
}

impl E164 {
    /// The country that it is of, as two letters; `None` for one that no country has.
    pub fn country(&self) -> Option<&'static str> {
        country(self)
    }
}

/// Whether there is a country of these two letters.
pub(crate) fn is_country(letters: &str) -> bool {
    COUNTRIES.0.iter().any(|(_, country)| *country == letters)
}

/// What a call to a number costs like.
pub(crate) fn cost(number: &E164) -> Cost {
    match COSTS.longest(number.digits()) {
        Some("mobile") => Cost::Mobile,
        Some("premium") => Cost::Premium,
        Some(_) | None => Cost::Ordinary,
    }
}

/// What beginnings of numbers mean, in the order of the beginnings.
struct Beginnings(Box<[(&'static str, &'static str)]>);

impl Beginnings {
    /// Reads a table: in each line what beginnings mean, and then the beginnings.
    fn read(table: &'static str) -> Beginnings {
        let lines = table.lines().filter_map(|line| line.split_once(' '));
        let all = lines.flat_map(|(value, starts)| starts.split(' ').map(move |one| (one, value)));
        let mut all: Box<[_]> = all.collect();
        all.sort_unstable();
        Beginnings(all)
    }

    /// What the longest beginning of these digits means.
    fn longest(&self, digits: &str) -> Option<&'static str> {
        let lengths = (1..=digits.len()).rev();
        let mut starts = lengths.filter_map(|length| digits.get(..length));
        let (_, value) = starts.find_map(|start| {
            let at = self.0.binary_search_by(|(known, _)| known.cmp(&start));
            self.0.get(at.ok()?)
        })?;
        Some(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> E164 {
        E164::of_digits(digits).expect("a number")
    }

    #[test]
    fn a_number_is_of_the_country_that_its_longest_beginning_names() {
        for (digits, of) in [
            ("493055501", Some("DE")),
            ("12125550100", Some("US")),
            ("14165550100", Some("CA")),
            ("18765550100", Some("JM")),
            ("12425550100", Some("BS")),
            ("74955550100", Some("RU")),
            ("77172550100", Some("KZ")),
            ("441481555010", Some("GG")),
            ("442075550100", Some("GB")),
            ("88160000000", None),
        ] {
            assert_eq!(country(&number(digits)), of, "{digits}");
        }
        assert!(is_country("FR"));
        assert!(!is_country("XX"));
    }

    #[test]
    fn mobile_and_premium_numbers_are_known_by_how_they_begin() {
        for (digits, costs) in [
            ("493055501", Cost::Ordinary),
            ("4915112345678", Cost::Mobile),
            ("49900123456", Cost::Premium),
            ("447400123456", Cost::Mobile),
            ("447000900123", Cost::Premium),
            ("442075550100", Cost::Ordinary),
            ("33612345678", Cost::Mobile),
            ("33899123456", Cost::Premium),
            ("12125550100", Cost::Ordinary),
            ("19005550100", Cost::Premium),
            ("390612345678", Cost::Ordinary),
            ("393331234567", Cost::Mobile),
            ("881612345678", Cost::Premium),
            ("979123456789", Cost::Premium),
        ] {
            assert_eq!(cost(&number(digits)), costs, "{digits}");
        }
    }
}
