//! Event logs in memory, and the sequence over all of them.

use std::collections::VecDeque;

use domain::Event;
use ids::TenantId;
use ports::{EVENTS_KEPT, EVENTS_SCANNED, EventHead, EventPage, EventQuery};

use crate::event_age::is_too_old;

/// Turns that are kept; whoever is further behind looks at the logs themselves.
const TURNS_KEPT: usize = 100_000;

/// One tenant's log.
#[derive(Debug, Default)]
pub(super) struct EventBook {
    events: VecDeque<Event>,
    latest: u64,
}

/// The sequence over all tenants.
#[derive(Debug, Default)]
pub(super) struct Turns {
    heads: VecDeque<EventHead>,
    latest: u64,
}

impl Turns {
    pub(super) fn latest(&self) -> u64 {
        self.latest
    }

    /// Something new is in a tenant's log.
    pub(super) fn add(&mut self, tenant: TenantId, cursor: u64) {
        self.latest += 1;
        self.heads.push_back(EventHead {
            turn: self.latest,
            tenant,
            cursor,
        });
        if self.heads.len() > TURNS_KEPT {
            self.heads.pop_front();
        }
    }

    /// What was added after a turn.
    pub(super) fn after(&self, turn: u64) -> impl Iterator<Item = EventHead> {
        let start = self.heads.partition_point(|head| head.turn <= turn);
        self.heads.iter().skip(start).copied()
    }
}

impl EventBook {
    /// Adds an event unless it is there; gives its cursor.
    pub(super) fn add(&mut self, mut event: Event) -> Option<u64> {
        if self.events.iter().rev().any(|known| known.id == event.id) {
            return None;
        }
        let now = event.at;
        self.latest += 1;
        event.cursor = self.latest;
        self.events.push_back(event);
        let first = self.latest.saturating_sub(EVENTS_KEPT);
        while self.events.len() > 1
            && let Some(oldest) = self.events.front()
            && (oldest.cursor <= first || is_too_old(oldest.at, now))
        {
            self.events.pop_front();
        }
        Some(self.latest)
    }

    /// Puts events in the place of those with the same cursors; gives the number of those.
    pub(super) fn replace(&mut self, events: Vec<Event>) -> usize {
        let mut replaced = 0;
        for event in events {
            let known = self
                .events
                .binary_search_by_key(&event.cursor, |one| one.cursor);
            if let Some(known) = known.ok().and_then(|at| self.events.get_mut(at)) {
                *known = event;
                replaced += 1;
            }
        }
        replaced
    }

    /// Adds an event that came with its tenant, under the cursor that it had.
    pub(super) fn add_as_it_was(&mut self, event: Event) {
        let at = self
            .events
            .partition_point(|known| known.cursor < event.cursor);
        if self
            .events
            .get(at)
            .is_none_or(|known| known.cursor != event.cursor)
        {
            self.events.insert(at, event);
        }
    }

    /// The latest cursor.
    pub(super) fn latest(&self) -> u64 {
        self.latest
    }

    /// Goes on after this cursor.
    pub(super) fn set_latest(&mut self, latest: u64) {
        self.latest = latest;
    }

    /// All that are kept, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    /// Whether an event of this cursor is still kept.
    pub(super) fn keeps(&self, cursor: u64) -> bool {
        let oldest = self.events.front();
        oldest.is_some_and(|oldest| oldest.cursor <= cursor)
    }

    /// A piece of the log.
    pub(super) fn page(&self, query: &EventQuery) -> EventPage {
        let first = self
            .events
            .front()
            .map_or(self.latest + 1, |event| event.cursor);
        let lost = query.after.saturating_add(1) < first || query.after > self.latest;
        let after = if lost { first - 1 } else { query.after };
        let mut page = EventPage {
            events: Vec::new(),
            begin: after,
            next: after,
            latest: self.latest,
            lost,
        };
        let start = self.events.partition_point(|event| event.cursor <= after);
        for event in self.events.iter().skip(start).take(EVENTS_SCANNED) {
            if page.events.len() == query.bounded_limit() {
                break;
            }
            page.next = event.cursor;
            if query.filter.admits(event.kind) {
                page.events.push(event.clone());
            }
        }
        page
    }
}
