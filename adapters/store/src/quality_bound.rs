//! How many values of a dimension an hour keeps apart, the same in all stores.

use std::collections::BTreeSet;

use domain::{OTHER, QUALITY_VALUES_MAX};

/// The value that something counts as, beside those that its hour has already: its own while there
/// is room, and [`OTHER`] from then on.
pub(crate) fn counts_as(known: &mut BTreeSet<String>, value: String) -> String {
    if value == OTHER || known.contains(&value) {
        return value;
    }
    let others = usize::from(known.contains(OTHER));
    if known.len() - others < QUALITY_VALUES_MAX {
        known.insert(value.clone());
        return value;
    }
    known.insert(OTHER.to_owned());
    OTHER.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_when_the_hour_is_full_counts_as_other_and_what_is_known_as_itself() {
        let mut known = BTreeSet::new();
        for number in 0..QUALITY_VALUES_MAX {
            let value = format!("phone {number}");
            assert_eq!(counts_as(&mut known, value.clone()), value);
        }
        assert_eq!(counts_as(&mut known, "one more".to_owned()), OTHER);
        assert_eq!(counts_as(&mut known, "phone 7".to_owned()), "phone 7");
        assert_eq!(known.len(), QUALITY_VALUES_MAX + 1, "other is beside them");
    }

    #[test]
    fn a_telephone_that_calls_itself_other_takes_no_room() {
        let mut known = BTreeSet::new();
        assert_eq!(counts_as(&mut known, OTHER.to_owned()), OTHER);
        assert!(known.is_empty());
    }
}
