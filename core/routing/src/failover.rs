//! Which answers of a carrier let the next trunk be tried.

use domain::Trunk;
use serde::{Deserialize, Serialize};

/// What a carrier's answer means for what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The trunk's next address is tried, and after the last one the next trunk.
    NextAddress,
    /// The next trunk is tried, and no other address of this one.
    NextTrunk,
    /// The answer is the caller's.
    Ends,
}

/// Where a trunk says other than what is usual. That says nothing is the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// Statuses after which the next trunk is tried, too.
    pub next_on: Vec<u16>,
    /// Statuses that end the call all the same.
    pub stop_on: Vec<u16>,
}

impl Failover {
    /// What a trunk says.
    #[must_use]
    pub fn of(trunk: &Trunk) -> Failover {
        Failover {
            next_on: trunk.next_on.clone(),
            stop_on: trunk.stop_on.clone(),
        }
    }

    /// What follows from a final status, 300 to 699.
    ///
    /// What tells of the carrier lets the call go on: a time-out (408), a server's failure (5xx),
    /// and a carrier that does not take our word for who we are (401, 407). What tells of whoever
    /// was called ends it: busy (486, 600), declined (603), unknown (404), and all else. The
    /// trunk's own lists come before that. A carrier that was not reached has said nothing, and
    /// is never asked about here.
    #[must_use]
    pub fn verdict(&self, status: u16) -> Verdict {
        if self.stop_on.contains(&status) {
            return Verdict::Ends;
        }
        if is_carriers_failure(status) {
            return Verdict::NextAddress;
        }
        match self.next_on.contains(&status) {
            true => Verdict::NextTrunk,
            false => Verdict::Ends,
        }
    }

    /// Whether something else follows from a status than without the trunk's lists.
    #[must_use]
    pub fn is_by_rule(&self, status: u16) -> bool {
        self.verdict(status) != Failover::default().verdict(status)
    }

    /// In words, what is other than usual; nothing where nothing is.
    pub(crate) fn told(&self) -> Option<String> {
        let listed = |statuses: &[u16]| {
            let texts: Vec<String> = statuses.iter().map(u16::to_string).collect();
            texts.join(", ")
        };
        let next = (!self.next_on.is_empty())
            .then(|| format!("{} let the next trunk be tried", listed(&self.next_on)));
        let stop =
            (!self.stop_on.is_empty()).then(|| format!("{} end the call", listed(&self.stop_on)));
        let all: Vec<String> = [next, stop].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join(", and "))
    }
}

/// Whether an answer tells of the carrier, and not of whoever was called.
fn is_carriers_failure(status: u16) -> bool {
    matches!(status, 401 | 407 | 408 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriers_failure_goes_on_and_the_called_partys_answer_ends_it() {
        let usual = Failover::default();
        for status in [401, 407, 408, 500, 502, 503, 504, 580] {
            assert_eq!(usual.verdict(status), Verdict::NextAddress, "{status}");
        }
        for status in [302, 403, 404, 480, 484, 486, 487, 488, 600, 603, 604] {
            assert_eq!(usual.verdict(status), Verdict::Ends, "{status}");
            assert!(!usual.is_by_rule(status), "{status}");
        }
        assert_eq!(usual.told(), None);
    }

    #[test]
    fn a_trunks_own_lists_come_before_what_is_usual() {
        let own = Failover {
            next_on: vec![404, 503, 603],
            stop_on: vec![500],
        };
        for (status, verdict, by_rule) in [
            (404, Verdict::NextTrunk, true),
            (603, Verdict::NextTrunk, true),
            (500, Verdict::Ends, true),
            (503, Verdict::NextAddress, false),
            (486, Verdict::Ends, false),
            (501, Verdict::NextAddress, false),
        ] {
            assert_eq!(own.verdict(status), verdict, "{status}");
            assert_eq!(own.is_by_rule(status), by_rule, "{status}");
        }
        let told = "404, 503, 603 let the next trunk be tried, and 500 end the call";
        assert_eq!(own.told().as_deref(), Some(told));
    }
}
