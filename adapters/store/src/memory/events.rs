//! The face of the event logs over the state in memory.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::Event;
use ports::{EventHead, EventLog, EventPage, EventQuery, StoreError};
use tenancy::TenantScope;

use super::MemoryStore;
use super::event_book::EventBook;
use super::state::State;
use crate::FEED_PAGE_MAX;

impl State {
    /// Adds an event to its tenant's log, if there is such a tenant; whether it was new.
    pub(super) fn tell(&mut self, event: Event) -> bool {
        let tenant = event.tenant;
        if !self.has_tenant(tenant) {
            return false;
        }
        let book = &mut self.estates.entry(tenant.into()).or_default().events;
        let Some(cursor) = book.add(event) else {
            return false;
        };
        self.turns.add(tenant, cursor);
        true
    }

    fn heads(&self, after: u64, limit: usize) -> Vec<EventHead> {
        let kept = |head: &EventHead| {
            let book = self
                .estates
                .get(&head.tenant.into())
                .map(|estate| &estate.events);
            book.is_some_and(|book| book.keeps(head.cursor))
        };
        let limit = limit.clamp(1, FEED_PAGE_MAX);
        self.turns.after(after).filter(kept).take(limit).collect()
    }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn events(
        &self,
        scope: &TenantScope,
        query: &EventQuery,
    ) -> Result<EventPage, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        Ok(estate.map_or_else(
            || EventBook::default().page(query),
            |estate| estate.events.page(query),
        ))
    }

    async fn write_events(&self, events: Vec<Event>) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let new = events.into_iter().filter(|event| state.tell(event.clone()));
        let new = new.count();
        self.publish(&state);
        Ok(new)
    }

    async fn event_heads(&self, after: u64, limit: usize) -> Result<Vec<EventHead>, StoreError> {
        Ok(self.state()?.heads(after, limit))
    }

    fn told(&self) -> u64 {
        self.told.load(Ordering::Acquire)
    }
}
