//! The views of events and of a piece of the log.

use domain::Event;
use ids::{EventId, TenantId};
use machine::WallTime;
use ports::EventPage;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that happened in a company.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    /// The event's id: the same however often and however it is told.
    #[schema(value_type = String, example = "evt_01hg5z3r8k0000000000000000")]
    id: EventId,
    /// The company's id.
    #[schema(value_type = String)]
    tenant: TenantId,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "call.answered")]
    kind: String,
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// Its place in the company's log: 1, 2, 3 … without gaps.
    cursor: u64,
    /// Id of what it is about: a call, a resource, a device.
    subject: String,
    /// What there is to know of it; its members depend on the type. Secrets are never in it.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        EventView {
            id: event.id,
            tenant: event.tenant,
            kind: event.kind.to_string(),
            at: event.at,
            cursor: event.cursor,
            subject: event.subject,
            data: event.data,
        }
    }
}

/// A piece of a company's event log.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
pub(crate) struct EventPageView {
    /// The events, oldest first.
    items: Vec<EventView>,
    /// Where to go on: hand it back as `after`, now or when something new has happened.
    next: u64,
    /// Cursor of the latest event there is. While `next` is below it there is more to read.
    latest: u64,
    /// What followed `after` is no longer kept: the piece begins with the oldest that is.
    lost: bool,
}

impl From<EventPage> for EventPageView {
    fn from(page: EventPage) -> Self {
        EventPageView {
            items: page.events.into_iter().map(EventView::from).collect(),
            next: page.next,
            latest: page.latest,
            lost: page.lost,
        }
    }
}
