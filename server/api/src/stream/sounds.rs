//! How calls sound while they go on, told to a reader in steps of its own.
//!
//! Nothing of it is in the log: a reader that is too slow hears what is so when it comes back, and
//! how many steps it has missed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use admin::Office;
use domain::Event;
use ids::{CallId, EventId};
use machine::WallTime;
use ports::{CallLately, LiveExchange};
use serde_json::Value;
use tenancy::TenantScope;
use tokio::time::{Instant, sleep_until};

use super::hub::Seat;

/// What is told of a call in its latest so many seconds.
pub(crate) type Told = fn(&CallLately, u32) -> Value;

/// Longest step, in seconds.
pub(crate) const EVERY_MAX: u64 = 60;

/// The shortest while that one event tells of, in seconds: so often the road tells of each leg.
const WHILE_MIN: u64 = 5;

/// What one step has brought.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) events: Vec<Event>,
    /// Steps before it that were missed.
    pub(crate) steps: u64,
    /// Calls that go on and are left out of it.
    pub(crate) calls: usize,
}

/// When a reader is told.
#[derive(Debug)]
struct Steps {
    every: Duration,
    due: Instant,
}

impl Steps {
    /// Steps of so many seconds, the first now.
    fn begin(seconds: u64, now: Instant) -> Steps {
        Steps {
            every: Duration::from_secs(seconds.max(1)),
            due: now,
        }
    }

    /// Takes the step that is due; gives how many that were due after it are past already.
    fn take(&mut self, now: Instant) -> u64 {
        let late = now.saturating_duration_since(self.due);
        let missed = late.as_secs() / self.every.as_secs();
        let steps = u32::try_from(missed).unwrap_or(u32::MAX).saturating_add(1);
        self.due += self.every.saturating_mul(steps);
        missed
    }
}

/// One reader's way through what its company's calls sound like.
pub(crate) struct Sounds {
    live: Arc<dyn LiveExchange>,
    tell: Told,
    steps: Steps,
    /// Up to when the reader knows of each call that goes on; of as many as one answer tells.
    told: BTreeMap<CallId, WallTime>,
    _seat: Seat,
}

impl Sounds {
    /// Steps of so many seconds, the first at once.
    pub(crate) fn each(
        seconds: u64,
        (live, tell): (Arc<dyn LiveExchange>, Told),
        seat: Seat,
    ) -> Sounds {
        Sounds {
            live,
            tell,
            steps: Steps::begin(seconds, Instant::now()),
            told: BTreeMap::new(),
            _seat: seat,
        }
    }

    /// Waits for the next step.
    pub(crate) async fn wait(&self) {
        sleep_until(self.steps.due).await;
    }

    /// Asks what is new. Until the answer is there nothing has changed, so it may be dropped.
    pub(crate) async fn hear(&mut self, office: &Office, scope: &TenantScope) -> Heard {
        let seconds = self.steps.every.as_secs().max(WHILE_MIN);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let found = self.live.sounds(scope, seconds).await;
        let steps = self.steps.take(Instant::now());
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(?error, "a stream cannot be told how calls sound");
                return Heard {
                    steps: steps + 1,
                    ..Heard::default()
                };
            }
        };
        let new = found.calls.iter().filter(|call| self.is_new(call));
        let event = |call: &CallLately| {
            let data = (self.tell)(call, seconds);
            let id = office.mint(EventId::new);
            Event::of_sound(id, scope.tenant(), call.call, office.now(), data)
        };
        let events = new.map(event).collect();
        let known = found.calls.iter();
        let known = known.filter_map(|call| Some((call.call, call.until()?)));
        self.told = known.collect();
        Heard {
            events,
            steps,
            calls: found.left_out,
        }
    }

    fn is_new(&self, call: &CallLately) -> bool {
        call.until() > self.told.get(&call.call).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_is_too_slow_goes_on_with_the_present_and_knows_what_it_missed() {
        let begun = Instant::now();
        let after = |ms| begun + Duration::from_millis(ms);
        let mut steps = Steps::begin(2, begun);
        assert_eq!(steps.take(after(0)), 0, "the first at once");
        assert_eq!(steps.due, after(2_000));
        assert_eq!(steps.take(after(2_300)), 0);
        assert_eq!(steps.take(after(11_000)), 3, "of 4, 6, 8 and 10 seconds");
        assert_eq!(steps.due, after(12_000), "in step again");
        assert_eq!(steps.take(after(12_001)), 0);
    }
}
