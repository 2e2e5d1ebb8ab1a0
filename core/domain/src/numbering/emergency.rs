//! Numbers by which people call for help, by country: the one table of them.
//!
//! The table beside this file is libphonenumber's (`tools/numbering.py` writes it). Two of its
//! numbers mean help wherever they are dialled.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Numbers that call for help wherever they are dialled (3GPP TS 22.101 §10.1.1).
const EVERYWHERE: [&str; 2] = ["112", "911"];

/// Numbers that call for help in some countries and are of no use in most others
/// (3GPP TS 22.101 §10.1.1, the widest known of them). They are taken for such where nobody has
/// said in which country the caller is.
const IN_MANY: [&str; 4] = ["000", "110", "119", "999"];

/// Numbers that read an address back to whoever calls them, so that it can be tried where a call
/// for help would lead; common practice of carriers in these countries.
const TRIALS: [(&str, &str); 2] = [("CA", "933"), ("US", "933")];

static TABLE: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut table = BTreeMap::<_, Vec<_>>::new();
    let lines = include_str!("emergency.txt").lines();
    for (country, numbers) in lines.filter_map(|line| line.split_once(' ')) {
        table.entry(country).or_default().extend(numbers.split(' '));
    }
    table
});

/// Whether a number calls for help wherever it is dialled.
pub fn is_help_everywhere(dialled: &str) -> bool {
    EVERYWHERE.contains(&dialled)
}

/// Whether a number calls for help in many countries, or in all.
pub fn is_help_in_many(dialled: &str) -> bool {
    is_help_everywhere(dialled) || IN_MANY.contains(&dialled)
}

/// Whether a number calls for help in a country, which is written as two letters.
pub fn is_help_in(country: &str, dialled: &str) -> bool {
    let numbers = TABLE.get(country);
    is_help_everywhere(dialled) || numbers.is_some_and(|numbers| numbers.contains(&dialled))
}

/// The number for help of every sort in a country: one of those that are common, else the country's
/// first.
pub fn help_number(country: Option<&str>) -> &'static str {
    let numbers = country.and_then(|country| TABLE.get(country));
    let first = numbers.and_then(|numbers| {
        let common = ["911", "112", "999", "000", "111"].into_iter();
        let mut common = common.filter(|number| numbers.contains(number));
        common.next().or_else(|| numbers.first().copied())
    });
    first.unwrap_or("112")
}

/// The number by which it is tried in a country where a call for help would lead.
pub fn trial_number(country: &str) -> Option<&'static str> {
    let known = TRIALS.iter().find(|(of, _)| *of == country);
    known.map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_called_by_the_numbers_of_the_country_and_by_two_everywhere() {
        for (country, number) in [
            ("DE", "110"),
            ("DE", "112"),
            ("US", "911"),
            ("GB", "999"),
            ("AU", "000"),
            ("JP", "119"),
            ("FR", "15"),
            ("ZA", "10111"),
            ("JP", "112"),
            ("XX", "911"),
        ] {
            assert!(is_help_in(country, number), "{number} in {country}");
        }
        for (country, number) in [("DE", "999"), ("US", "110"), ("XX", "110"), ("DE", "")] {
            assert!(!is_help_in(country, number), "{number} in {country}");
        }
    }

    #[test]
    fn help_is_not_called_by_what_only_begins_like_it() {
        for dialled in ["1120", "+112", "11", "0112", ""] {
            assert!(!is_help_in_many(dialled), "{dialled}");
        }
    }

    #[test]
    fn each_country_has_one_number_for_all_sorts_of_help() {
        let known = ["DE", "US", "GB", "AU", "NZ", "JP"].map(|of| help_number(Some(of)));
        assert_eq!(known, ["112", "911", "112", "112", "111", "110"]);
        assert_eq!(help_number(None), "112");
        assert_eq!(trial_number("US"), Some("933"));
        assert_eq!(trial_number("DE"), None);
    }
}
