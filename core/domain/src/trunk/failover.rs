//! Which answers of a carrier let the route's next trunk be tried, and which end the call, where a
//! trunk says other than what is usual.

use super::Trunk;
use crate::invalid::{Invalid, rule};

/// Most statuses in each of a trunk's two lists.
pub const FAILOVER_MAX: usize = 32;

impl Trunk {
    pub(super) fn validate_failover(&self) -> Result<(), Invalid> {
        for (list, name) in [(&self.next_on, "/next_on"), (&self.stop_on, "/stop_on")] {
            let few = list.len() <= FAILOVER_MAX;
            rule(few, name, "must have at most 32 statuses")?;
            for (at, status) in list.iter().enumerate() {
                let known = (400..=699).contains(status);
                let field = format!("{name}/{at}");
                rule(known, &field, "must be a status of 400 to 699")?;
            }
        }
        for (at, status) in self.stop_on.iter().enumerate() {
            let apart = !self.next_on.contains(status);
            let both = "must not be in next_on too";
            rule(apart, &format!("/stop_on/{at}"), both)?;
        }
        Ok(())
    }
}
