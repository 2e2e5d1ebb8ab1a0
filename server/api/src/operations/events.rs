//! Operations on the event log.

use std::borrow::Cow;
use std::sync::Arc;

use admin::events;
use axum::http::HeaderName;
use axum::http::header::RETRY_AFTER;
use domain::{EventFilter, EventKind, FILTERS_MAX, Feature, Permission, Topic, Verb};
use ports::EventQuery;
use tenancy::TenantScope;

use crate::call::{Answer, Call};
use crate::operation::{Operation, PAGE, Parameter, integer, text};
use crate::permission;
use crate::problem::{Kind, Problem};
use crate::stream::{
    EVERY_MAX, Follow, Hub, Place, Refusal, SSE, Seat, Sounds, agree, is_asked_for, sent_events,
};
use crate::view::event::EventPageView;
use crate::view::live_sound::told;

const ALL: &str = "/api/v1/tenants/{tenant}/events";
const STREAM: &str = "/api/v1/tenants/{tenant}/events/stream";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

const TYPES: Parameter = text(
    "types",
    "Only these types, with commas: a type (`call.ended`), a family (`call.*`) or `*`; at most \
     32.",
);

const AFTER: Parameter = Parameter {
    name: Cow::Borrowed("after"),
    description: Cow::Borrowed("Only events after this cursor."),
    integer: true,
};

const EVERY: Parameter = integer(
    "every",
    "Tells how calls sound while they go on as well, as `call.quality`: each so many seconds, 1 to \
     60, of those calls of which something new is known. Needs `cdr.read` as well.",
);

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listEvents", list)
            .needs(Permission::of(Topic::Event, Verb::Read))
            .tells(
                "List events",
                "What happened in the company, oldest first: changes of its resources \
                 (`resource.*`), its calls (`call.*`), its devices (`registration.*`), its calls \
                 for help (`emergency.*`). The latest 10,000 are kept, for 7 days.",
            )
            .query(&[PAGE[0].clone(), AFTER, TYPES])
            .gives::<EventPageView>("A piece of the log."),
        Operation::get(STREAM, "streamEvents", stream)
            .needs(Permission::of(Topic::Event, Verb::Read))
            .part_of(Feature::EventStreams)
            .tells(
                "Follow events",
                "Server-sent events. Each has its cursor as `id`, its type as `event` and the \
                 event as `data`. A reader that comes back sends `Last-Event-ID` (or `after`) and \
                 misses nothing; without either it hears what happens from now on. `event: lost` \
                 tells a reader that what it asked for is no longer kept, and where it goes on. \
                 Silence is broken by a comment each 15 s. A stream ends after 5 minutes; readers \
                 come back by themselves. Whoever asks for an upgrade to WebSocket (RFC 6455) gets \
                 the same as messages of JSON, and pings in silence. `call.quality` is told to \
                 whoever says `every`: it is in no log, has no `id`, and what of it a reader is \
                 too slow for is lost: `event: lost` with `of`, and the number of `steps` that \
                 were missed or of `calls` that were left out.",
            )
            .query(&[AFTER, TYPES, EVERY])
            .prints(SSE, "Events as they happen.")
            .refuses(&[Kind::TooManyStreams]),
    ];
    operations.map(|operation| operation.tag("Events")).into()
}

impl Call {
    fn event_filter(&self) -> Result<EventFilter, Problem> {
        let patterns = self.parameter("types").into_iter();
        let patterns = patterns.flat_map(|list| list.split(','));
        EventFilter::parse(patterns).map_err(|pattern| {
            let rule =
                format!("must be at most {FILTERS_MAX} types of events; {pattern:?} is none");
            Problem::parameter("types", &rule)
        })
    }

    fn event_cursor(&self) -> Result<Option<u64>, Problem> {
        let read = |text: &str| text.parse().ok();
        let header = self.headers.get(LAST_EVENT_ID);
        match (self.parameter("after"), header) {
            (None, None) => Ok(None),
            (Some(text), _) => read(text)
                .map(Some)
                .ok_or_else(|| Problem::parameter("after", "must be the cursor of an event")),
            (None, Some(value)) => {
                let cursor = value.to_str().ok().and_then(read);
                let rule = "must be the `id` of an event of this stream";
                cursor
                    .map(Some)
                    .ok_or_else(|| Problem::parameter("Last-Event-ID", rule))
            }
        }
    }

    /// Where the caller begins to follow.
    async fn place(&self, scope: TenantScope) -> Result<Place, Problem> {
        let filter = self.event_filter()?;
        let after = match self.event_cursor()? {
            Some(after) => after,
            None => events::latest(&self.office, &scope).await?,
        };
        Ok(Place {
            office: self.office.clone(),
            scope,
            after,
            filter,
        })
    }

    /// A way along the log, with a seat among the company's listeners.
    async fn follow(&self) -> Result<Follow, Problem> {
        let scope = self.scope().await?;
        let streams = &self.front.streams;
        let seat = seat_of(&streams.log, &scope)?;
        let sounds = self.sounds(&scope).await?;
        let limits = &self.front.parts.limits;
        let times = (limits.stream_beat, limits.stream_life);
        Ok(Follow::from(self.place(scope).await?, seat, times).hearing(sounds))
    }

    /// What tells how calls sound, where `every` asks for it.
    async fn sounds(&self, scope: &TenantScope) -> Result<Option<Sounds>, Problem> {
        let of_sounds = EventKind::CallQuality.as_str();
        let Some(text) = self.parameter("every") else {
            let types = self.parameter("types").unwrap_or_default();
            if types.split(',').any(|pattern| pattern == of_sounds) {
                let rule = "must be said for call.quality: 1 to 60 seconds";
                return Err(Problem::parameter("every", rule));
            }
            return Ok(None);
        };
        let every = text.parse().ok();
        let every = every.filter(|every| (1..=EVERY_MAX).contains(every));
        let every = every.ok_or_else(|| Problem::parameter("every", "must be 1 to 60 seconds"))?;
        if !self.event_filter()?.admits(EventKind::CallQuality) {
            let rule = "needs call.quality among the types";
            return Err(Problem::parameter("every", rule));
        }
        permission::also(self, Permission::of(Topic::Cdr, Verb::Read)).await?;
        let seat = seat_of(&self.front.streams.sounds, scope)?;
        let live = Arc::clone(&self.front.parts.live);
        Ok(Some(Sounds::each(every, (live, told), seat)))
    }
}

/// A seat for a stream of a company.
fn seat_of(hub: &Arc<Hub>, scope: &TenantScope) -> Result<Seat, Problem> {
    hub.enter(scope.tenant()).map_err(|refusal| {
        let detail = match refusal {
            Refusal::OfTenant => "the company has as many such streams open as it may have",
            Refusal::OfAll => "the exchange has as many such streams open as it can serve",
        };
        Problem::new(Kind::TooManyStreams, detail).with(RETRY_AFTER, 5)
    })
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let query = EventQuery {
        after: call.event_cursor()?.unwrap_or_default(),
        limit: call.limit()?,
        filter: call.event_filter()?,
    };
    let page = events::page(&call.office, &scope, &query).await?;
    Answer::json(&EventPageView::from(page))
}

async fn stream(mut call: Call) -> Result<Answer, Problem> {
    let follow = call.follow().await?;
    if is_asked_for(&call.headers) {
        let agreed = agree(&call.headers, call.upgrade.take(), follow);
        let detail = "a WebSocket needs Sec-WebSocket-Key and Sec-WebSocket-Version: 13";
        let headers = agreed.ok_or_else(|| Problem::new(Kind::Malformed, detail))?;
        return Ok(Answer::switched(headers.into()));
    }
    Ok(Answer::flowing(SSE, sent_events(follow)))
}
