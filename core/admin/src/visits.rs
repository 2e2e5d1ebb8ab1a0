//! Which of the operators' visits are noted already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ids::TenantId;
use tenancy::Actor;

/// Most visits that are remembered; beyond, all are forgotten and noted anew, which changes
/// nothing, since the store keeps one entry of equal ones.
const VISITS_MAX: usize = 10_000;

/// The hour of each operator's last visit to each tenant, as far as this process noted it. It
/// spares the store a write for every look an operator takes.
#[derive(Debug, Default)]
pub(crate) struct Visits(Mutex<HashMap<(Actor, TenantId), u64>>);

impl Visits {
    /// Whether this visit was noted within its hour.
    pub(crate) fn knows(&self, actor: Actor, tenant: TenantId, hour: u64) -> bool {
        // entries are whole or not there, so a poisoned lock is as good as any
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(actor, tenant)) == Some(&hour)
    }

    /// Remembers a visit that was noted.
    pub(crate) fn remember(&self, actor: Actor, tenant: TenantId, hour: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= VISITS_MAX {
            known.clear();
        }
        known.insert((actor, tenant), hour);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_visit_is_known_within_its_hour_to_its_tenant_and_of_its_operator() {
        let (visits, acme, globex) = (Visits::default(), TenantId::new(1, 1), TenantId::new(1, 2));
        assert!(!visits.knows(Actor::Operator, acme, 7));
        visits.remember(Actor::Operator, acme, 7);
        assert!(visits.knows(Actor::Operator, acme, 7));
        assert!(!visits.knows(Actor::Operator, acme, 8));
        assert!(!visits.knows(Actor::Operator, globex, 7));
        assert!(!visits.knows(Actor::Job("demo"), acme, 7));
    }

    #[test]
    fn no_more_visits_are_remembered_than_the_bound() {
        let visits = Visits::default();
        for number in 0..=10_000 {
            visits.remember(Actor::Operator, TenantId::new(1, number), 7);
        }
        assert!(visits.0.lock().unwrap().len() <= VISITS_MAX);
        assert!(visits.knows(Actor::Operator, TenantId::new(1, 10_000), 7));
    }
}
