//! Numbers that call for help.

/// Numbers that call for help almost everywhere, or in a country that has no other. A company that
/// uses one of them for something else loses nothing: such a call is only refused later than
/// others.
pub const EMERGENCY_NUMBERS: [&str; 6] = ["112", "911", "999", "000", "110", "119"];

/// Whether somebody who dials this calls for help, as far as that can be told before anything is
/// known of the company.
pub fn is_emergency(dialled: &str) -> bool {
    EMERGENCY_NUMBERS.contains(&dialled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_called_by_short_numbers_and_not_by_what_begins_like_them() {
        assert!(is_emergency("112") && is_emergency("911"));
        assert!(!is_emergency("1120") && !is_emergency("+112") && !is_emergency(""));
    }
}
