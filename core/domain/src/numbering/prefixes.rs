//! What people of a country dial before numbers of it, and before those of others: the one table
//! of it.
//!
//! The table beside this file is libphonenumber's (`tools/numbering.py` writes it).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Country;

/// What is dialled before numbers in one country.
#[derive(Debug)]
pub(crate) struct Prefixes {
    /// Its calling code.
    pub(crate) code: &'static str,
    /// Before numbers of the country; empty where nothing is.
    pub(crate) national: &'static str,
    /// Before numbers of other countries, each of them; more than one where callers choose a
    /// carrier by it. None begins with another.
    pub(crate) international: Box<[&'static str]>,
}

static TABLE: LazyLock<BTreeMap<Country, Prefixes>> = LazyLock::new(|| {
    let lines = include_str!("dialling.txt").lines();
    lines.filter_map(line).collect()
});

fn line(text: &'static str) -> Option<(Country, Prefixes)> {
    let mut words = text.split(' ');
    let (country, code, national) = (words.next()?, words.next()?, words.next()?);
    let national = if national == "-" { "" } else { national };
    let prefixes = Prefixes {
        code,
        national,
        international: words.collect(),
    };
    Some((country, prefixes))
}

/// What is dialled before numbers in a country, which is written as two letters.
pub(crate) fn of(country: &str) -> Option<&'static Prefixes> {
    TABLE.get(country)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_country_with_numbers_is_in_the_table_once() {
        let lines = include_str!("dialling.txt").lines().count();
        assert_eq!(lines, TABLE.len());
        for (country, prefixes) in TABLE.iter() {
            let letters = country.bytes().all(|b| b.is_ascii_uppercase());
            assert!(country.len() == 2 && letters, "{country}");
            assert!(!prefixes.international.is_empty(), "{country}");
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            assert!(digits(prefixes.code) && digits(prefixes.national));
            assert!(prefixes.international.iter().all(|text| digits(text)));
        }
    }

    #[test]
    fn prefixes_are_those_that_people_know() {
        for (country, code, national, international) in [
            ("DE", "49", "0", "00"),
            ("US", "1", "1", "011"),
            ("IT", "39", "", "00"),
            ("HU", "36", "06", "00"),
            ("RU", "7", "8", "810"),
            ("AU", "61", "0", "0011"),
        ] {
            let found = of(country).unwrap();
            assert_eq!((found.code, found.national), (code, national), "{country}");
            assert_eq!(*found.international, [international], "{country}");
        }
        assert!(of("XX").is_none());
    }
}
