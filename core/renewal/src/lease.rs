//! The lease by which one node of an exchange at a time asks for certificates.

use std::time::Duration;

use machine::WallTime;
use serde::{Deserialize, Serialize};

/// How long a lease is good for. What is done under it must take less.
pub const LEASE: Duration = Duration::from_secs(300);

/// Who may ask, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The process that has it: a number that it drew when it started.
    pub holder: String,
    /// When it ends, unless it is given back before.
    pub until: WallTime,
}

impl Lease {
    /// The lease that `holder` may write in place of the one that is kept; `None` while another
    /// holds that one.
    #[must_use]
    pub fn after(kept: Option<&Lease>, holder: &str, now: WallTime) -> Option<Lease> {
        let free = kept.is_none_or(|kept| kept.holder == holder || kept.until <= now);
        free.then(|| Lease {
            holder: holder.to_owned(),
            until: now + LEASE,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lease_is_taken_when_there_is_none_when_it_has_ended_and_when_it_is_ones_own() {
        let now = WallTime::from_unix_ms(1_000);
        let first = Lease::after(None, "a", now).unwrap();
        assert_eq!(first.until, now + LEASE);
        assert_eq!(Lease::after(Some(&first), "b", now), None);
        let later = now + Duration::from_secs(1);
        assert_eq!(
            Lease::after(Some(&first), "a", later).unwrap().until,
            later + LEASE
        );
        assert_eq!(
            Lease::after(Some(&first), "b", first.until).unwrap().holder,
            "b"
        );
    }
}
