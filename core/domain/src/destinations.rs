//! Lists of countries and beginnings of numbers: where calls may go, and where they may not.

use crate::e164::E164;
use crate::invalid::{Invalid, rule};
use crate::numbering;

/// Most entries of one list.
const ENTRIES_MAX: usize = 300;

/// Most digits of a beginning.
const DIGITS_MAX: usize = 15;

/// Whether a call may go to a number: to where `only` says, anywhere when it is empty, but nowhere
/// that `never` says. A number that is none of the world is in no list.
pub(crate) fn covers(only: &[String], never: &[String], number: Option<&E164>) -> bool {
    let listed = |list: &[String]| number.is_some_and(|number| has(list, number));
    (only.is_empty() || listed(only)) && !listed(never)
}

fn has(list: &[String], number: &E164) -> bool {
    let country = numbering::country(number);
    list.iter().any(|entry| match entry.strip_prefix('+') {
        Some(digits) => number.digits().starts_with(digits),
        None => country == Some(entry.as_str()),
    })
}

/// Countries in capitals, each entry once.
pub(crate) fn normal(list: &mut Vec<String>) {
    for entry in list.iter_mut() {
        *entry = entry.trim().to_ascii_uppercase();
    }
    list.sort_unstable();
    list.dedup();
}

/// At most 300 entries, each the two letters of a country or a plus and 1 to 15 digits.
pub(crate) fn validate(list: &[String], field: &str) -> Result<(), Invalid> {
    rule(
        list.len() <= ENTRIES_MAX,
        field,
        "must have at most 300 entries",
    )?;
    for (index, entry) in list.iter().enumerate() {
        let good = match entry.strip_prefix('+') {
            Some(digits) => {
                (1..=DIGITS_MAX).contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_digit())
            }
            None => numbering::is_country(entry),
        };
        rule(
            good,
            &format!("{field}/{index}"),
            "must be the two letters of a country, or a plus and 1 to 15 digits",
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Vec<String> {
        let mut list = entries.iter().map(|entry| (*entry).to_owned()).collect();
        normal(&mut list);
        list
    }

    #[test]
    fn a_number_is_covered_by_its_country_or_its_beginning_unless_it_is_ruled_out() {
        let french = E164::of_digits("33140205050");
        let all = |only: &[&str], never: &[&str], number: Option<&E164>| {
            covers(&list(only), &list(never), number)
        };
        assert!(all(&[], &[], french.as_ref()));
        assert!(all(&["fr", "de"], &[], french.as_ref()));
        assert!(all(&["+33"], &["+336"], french.as_ref()));
        assert!(!all(&["DE", "+44"], &[], french.as_ref()));
        assert!(!all(&["FR"], &["+331"], french.as_ref()));
        assert!(!all(&[], &["FR"], french.as_ref()));
        assert!(all(&[], &["FR"], None));
        assert!(!all(&["FR"], &[], None));
    }

    #[test]
    fn what_is_neither_a_country_nor_a_beginning_is_refused_where_it_stands() {
        assert_eq!(validate(&list(&["fr", "+33", "FR"]), "/only_to"), Ok(()));
        for wrong in ["XX", "33", "+", "+3x", "+1234567890123456", "FRA"] {
            let refused = validate(&list(&["+1", wrong]), "/only_to");
            let field = refused.err().map(|invalid| invalid.field);
            assert!(
                field.is_some_and(|field| field.starts_with("/only_to/")),
                "{wrong}"
            );
        }
        let many: Vec<String> = (0..301).map(|n| format!("+{n}")).collect();
        assert!(validate(&many, "/never_to").is_err());
    }
}
