//! Open files, which sockets are.

use crate::sys;

/// Raises this process's soft limit of open files to its hard limit; gives what holds now.
pub fn raise_file_limit() -> u64 {
    sys::raise_file_limit()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_limit_is_known_and_stays_when_raised_again() {
        let first = super::raise_file_limit();
        assert!(first > 0);
        assert_eq!(super::raise_file_limit(), first);
    }
}
