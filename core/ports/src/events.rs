//! The event log of each tenant.

use async_trait::async_trait;
use domain::{Event, EventFilter};
use ids::TenantId;
use tenancy::TenantScope;

use crate::error::StoreError;
use crate::page::PAGE_MAX;

/// Events kept of each tenant: the latest so many.
pub const EVENTS_KEPT: u64 = 10_000;

/// How long an event is kept, in days, at least as long as nothing new comes.
pub const EVENT_DAYS: u32 = 7;

/// Entries of the log that one query looks at, at most; those that its filter does not admit
/// count.
pub const EVENTS_SCANNED: usize = 2_000;

/// Which events. Conditions add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Events after this cursor; 0 for all that are kept.
    pub after: u64,
    /// Most events; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
    /// Which types.
    pub filter: EventFilter,
}

impl EventQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }
}

/// A piece of a tenant's event log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// The events, oldest first.
    pub events: Vec<Event>,
    /// Where it begins: the cursor given or, when what follows it is lost, the one before the
    /// oldest event that is kept.
    pub begin: u64,
    /// Where to go on from: the cursor of the last entry looked at.
    pub next: u64,
    /// Cursor of the latest event there is; 0 when there never was one. What follows `next` is
    /// read by the next query.
    pub latest: u64,
    /// Events after the cursor given are no longer kept, or there never was such a cursor: what
    /// is here begins with the oldest that is kept.
    pub lost: bool,
}

/// Where in which tenant's log something new is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHead {
    /// Its place in the sequence over all tenants.
    pub turn: u64,
    /// Whose event.
    pub tenant: TenantId,
    /// Its cursor in the tenant's log.
    pub cursor: u64,
}

/// The event logs. A change of documents adds its events in its own transaction, and so does a
/// finished call record; what else the exchange has to tell is written here.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// A piece of the tenant's log.
    async fn events(
        &self,
        scope: &TenantScope,
        query: &EventQuery,
    ) -> Result<EventPage, StoreError>;

    /// Adds events, each once: one whose id is in its tenant's log already is not added again,
    /// and neither is one of a tenant that is not there. Gives the number that were new.
    async fn write_events(&self, events: Vec<Event>) -> Result<usize, StoreError>;

    /// What was added after a turn, in order: at most `limit` entries (at most 10,000). Entries
    /// that are no longer kept are left out.
    async fn event_heads(&self, after: u64, limit: usize) -> Result<Vec<EventHead>, StoreError>;

    /// Turn of the latest event as far as this process knows; one atomic read.
    fn told(&self) -> u64;
}
