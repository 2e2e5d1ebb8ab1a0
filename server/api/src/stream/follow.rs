//! One reader's way along the log.

use std::collections::VecDeque;
use std::time::Duration;

use admin::{Office, events};
use domain::{Event, EventFilter};
use ports::EventQuery;
use tenancy::TenantScope;
use tokio::time::{Instant, sleep, sleep_until};

use super::hub::Seat;
use super::sounds::Sounds;

/// Events read from the log at once.
const READ_AT_ONCE: usize = 100;

/// How long a stream waits for a store that is away.
const REST: Duration = Duration::from_secs(1);

/// Where a reader is, and what it wants.
pub(crate) struct Place {
    pub(crate) office: Office,
    pub(crate) scope: TenantScope,
    /// The cursor of the last event that it has.
    pub(crate) after: u64,
    pub(crate) filter: EventFilter,
}

/// What a reader is told next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// Something happened.
    Event(Box<Event>),
    /// What followed `after` is no longer kept; the stream goes on after `resume`.
    Lost { after: u64, resume: u64 },
    /// How calls sounded was not told whole: so many steps were missed, or so many calls left out.
    Unheard { steps: u64, calls: usize },
    /// Nothing for a while; the stream lives.
    Beat,
}

/// Waits until it is to be told how calls sound, for ever where that is not wanted.
async fn next_step(sounds: Option<&Sounds>) {
    match sounds {
        Some(sounds) => sounds.wait().await,
        None => std::future::pending().await,
    }
}

/// One reader's way along the log.
pub(crate) struct Follow {
    place: Place,
    seat: Seat,
    beat: Duration,
    ends: Instant,
    ready: VecDeque<Item>,
    sounds: Option<Sounds>,
}

impl Follow {
    /// Follows from a place on; a beat of silence each `beat`, and an end after `life`.
    pub(crate) fn from(place: Place, seat: Seat, (beat, life): (Duration, Duration)) -> Follow {
        Follow {
            place,
            seat,
            beat,
            ends: Instant::now() + life,
            ready: VecDeque::new(),
            sounds: None,
        }
    }

    /// Tells how calls sound as well.
    pub(crate) fn hearing(mut self, sounds: Option<Sounds>) -> Follow {
        self.sounds = sounds;
        self
    }

    /// What the reader is told next; `None` at the end. It may be dropped at any time.
    pub(crate) async fn next(&mut self) -> Option<Item> {
        let silent = Instant::now() + self.beat;
        let mut unread = true;
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if unread && self.read().await {
                continue;
            }
            unread = false;
            tokio::select! {
                news = self.seat.news() => match news {
                    true => unread = true,
                    false => return None,
                },
                () = sleep_until(self.ends) => return None,
                () = sleep_until(silent) => return Some(Item::Beat),
                () = next_step(self.sounds.as_ref()) => self.hear().await,
            }
        }
    }

    /// Takes in how calls sound.
    async fn hear(&mut self) {
        let Some(sounds) = &mut self.sounds else {
            return;
        };
        let heard = sounds.hear(&self.place.office, &self.place.scope).await;
        let (steps, calls) = (heard.steps, heard.calls);
        if steps > 0 || calls > 0 {
            self.ready.push_back(Item::Unheard { steps, calls });
        }
        let told = heard.events.into_iter().map(Box::new).map(Item::Event);
        self.ready.extend(told);
    }

    /// Reads what follows in the log; whether there may be more at once.
    async fn read(&mut self) -> bool {
        let Place {
            office,
            scope,
            after,
            filter,
        } = &mut self.place;
        let query = EventQuery {
            after: *after,
            limit: READ_AT_ONCE,
            filter: filter.clone(),
        };
        let page = match events::page(office, scope, &query).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "a stream of events waits for the store");
                sleep(REST).await;
                return false;
            }
        };
        if page.lost {
            let (after, resume) = (*after, page.begin);
            self.ready.push_back(Item::Lost { after, resume });
        }
        *after = page.next;
        let told = page.events.into_iter().map(Box::new).map(Item::Event);
        self.ready.extend(told);
        !self.ready.is_empty() || page.next < page.latest
    }
}
