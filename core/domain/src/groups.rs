//! Groups of extensions: short names that a company gives them, and by which its outbound routes
//! know who may call by them.

use crate::invalid::{Invalid, rule};
use crate::text;

/// Most groups that one extension belongs to, or one route is for.
pub const GROUPS_MAX: usize = 32;
/// Longest name, in characters.
const GROUP_MAX: usize = 64;

/// Small letters, in their order, each name once.
pub(crate) fn normal(groups: &mut Vec<String>) {
    for group in groups.iter_mut() {
        *group = group.trim().to_ascii_lowercase();
    }
    groups.sort_unstable();
    groups.dedup();
}

/// At most 32 names of 1 to 64 letters, digits or `. _ -`.
pub(crate) fn validate(groups: &[String], field: &str) -> Result<(), Invalid> {
    let few = groups.len() <= GROUPS_MAX;
    rule(few, field, "must name at most 32 groups")?;
    for (index, group) in groups.iter().enumerate() {
        let is_name = text::is_word(group, GROUP_MAX, b"._-");
        let form = "must be 1 to 64 letters, digits or . _ -";
        rule(is_name, &format!("{field}/{index}"), form)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_kept_in_small_letters_once_each() {
        let mut groups = vec![" Sales".to_owned(), "board".to_owned(), "sales".to_owned()];
        normal(&mut groups);
        assert_eq!(groups, ["board", "sales"]);
        assert_eq!(validate(&groups, "/groups"), Ok(()));
    }

    #[test]
    fn what_is_no_name_and_one_too_many_are_refused_where_they_stand() {
        let wrong = ["sales".to_owned(), "the board".to_owned()];
        let refused = validate(&wrong, "/groups").unwrap_err();
        assert_eq!(refused.field, "/groups/1");
        let many: Vec<String> = (0..33).map(|n| format!("g{n}")).collect();
        let refused = validate(&many, "/for_groups").unwrap_err();
        assert_eq!(refused.field, "/for_groups");
    }
}
