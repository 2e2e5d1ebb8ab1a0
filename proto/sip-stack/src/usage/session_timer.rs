//! Session timers (RFC 4028): who refreshes, when, and when the session is dead.

use std::time::Duration;

use machine::{Deadline, Instant, earliest};
use serde::{Deserialize, Serialize};
use sip_message::{Builder, Message, Name, Refresher};

use super::config::SessionTimers;
use super::step::Timer;

/// What a request and its 2xx agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Terms {
    /// The interval in seconds.
    pub(super) seconds: u32,
    /// Whether we refresh.
    pub(super) by_us: bool,
    /// Whether the peer knows of it at all.
    pub(super) shared: bool,
}

/// The interval asked for is below this: 422 with Min-SE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooSmall(pub(super) u32);

/// As the side that answers a request (RFC 4028 §9).
pub(super) fn as_callee(
    policy: &SessionTimers,
    request: &Message,
) -> Result<Option<Terms>, TooSmall> {
    if policy.expires == 0 {
        return Ok(None);
    }
    let knows = request.supports("timer");
    let least = policy.min_se.max(90);
    let floor = least.max(request.min_se().ok().flatten().unwrap_or(0));
    match request.session_expires().ok().flatten() {
        Some(asked) if asked.seconds < least && knows => Err(TooSmall(least)),
        Some(asked) => {
            let by_us = !knows || asked.refresher != Some(Refresher::Uac);
            let seconds = asked.seconds.min(policy.expires).max(floor);
            Ok(Some(Terms {
                seconds,
                by_us,
                shared: true,
            }))
        }
        None if knows || policy.alone => {
            let seconds = policy.expires.max(floor);
            Ok(Some(Terms {
                seconds,
                by_us: true,
                shared: knows,
            }))
        }
        None => Ok(None),
    }
}

/// As the side that asked, from the 2xx (RFC 4028 §7.2).
pub(super) fn as_caller(policy: &SessionTimers, response: &Message) -> Option<Terms> {
    if policy.expires == 0 {
        return None;
    }
    match response.session_expires().ok().flatten() {
        Some(given) => {
            let by_us = given.refresher != Some(Refresher::Uas);
            Some(Terms {
                seconds: given.seconds.max(90),
                by_us,
                shared: true,
            })
        }
        None => {
            let seconds = policy.expires.max(policy.min_se).max(90);
            policy.alone.then_some(Terms {
                seconds,
                by_us: true,
                shared: false,
            })
        }
    }
}

impl Terms {
    /// The headers of our 2xx.
    pub(super) fn push_response(&self, builder: &mut Builder) {
        if !self.shared {
            return;
        }
        let refresher = if self.by_us { "uas" } else { "uac" };
        let seconds = self.seconds;
        builder.header(
            Name::SessionExpires,
            format_args!("{seconds};refresher={refresher}"),
        );
        if !self.by_us {
            builder.text(Name::Require, "timer");
        }
    }

    /// The headers of a request of ours inside the dialog: roles stay as they are.
    pub(super) fn push_request(&self, builder: &mut Builder, min_se: u32) {
        let refresher = if self.by_us { "uac" } else { "uas" };
        let seconds = self.seconds.max(min_se);
        builder.header(
            Name::SessionExpires,
            format_args!("{seconds};refresher={refresher}"),
        );
        push_min_se(builder, min_se);
    }
}

/// The headers of a first INVITE.
pub(super) fn push_first(builder: &mut Builder, policy: &SessionTimers, min_se: u32) {
    if policy.expires > 0 {
        builder.header(Name::SessionExpires, policy.expires.max(min_se));
        push_min_se(builder, min_se);
    }
}

fn push_min_se(builder: &mut Builder, min_se: u32) {
    if min_se > 90 {
        builder.header(Name::MinSe, min_se);
    }
}

/// What is left of a session, in another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remaining {
    terms: Terms,
    refresh: Option<Duration>,
    expiry: Duration,
}

/// A session under a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionTimer {
    pub(super) terms: Terms,
    refresh_at: Option<Instant>,
    expires_at: Instant,
}

impl SessionTimer {
    /// Begins or begins again, on every 2xx that refreshes.
    pub(super) fn begin(terms: Terms, now: Instant) -> Self {
        let whole = Duration::from_secs(terms.seconds.into());
        // the other side hangs up a little early, so that both cannot think the other lives
        let early = Duration::from_secs(32).min(whole / 3);
        Self {
            terms,
            refresh_at: terms.by_us.then(|| now + whole / 2),
            expires_at: if terms.by_us {
                now + whole
            } else {
                now + (whole - early)
            },
        }
    }

    /// What is left of it, for a snapshot.
    pub(super) fn remaining(&self, now: Instant) -> Remaining {
        Remaining {
            terms: self.terms,
            refresh: self.refresh_at.map(|at| at.saturating_since(now)),
            expiry: self.expires_at.saturating_since(now),
        }
    }

    /// Goes on from a snapshot; a refresh of ours is due within `soon` at most.
    pub(super) fn resume(left: Remaining, soon: Duration, now: Instant) -> Self {
        let refresh = left
            .terms
            .by_us
            .then(|| left.refresh.unwrap_or(soon).min(soon));
        Self {
            terms: left.terms,
            refresh_at: refresh.map(|wait| now + wait),
            expires_at: now + left.expiry,
        }
    }

    /// Tries to refresh again a little later.
    pub(super) fn postpone(&mut self, now: Instant, wait: Duration) {
        self.refresh_at = Some(now + wait);
    }

    /// Whether a refresh is due; it is then waited for until the expiry.
    pub(super) fn refresh_due(&mut self, now: Instant) -> bool {
        let due = self.refresh_at.is_some_and(|at| at <= now);
        if due {
            self.refresh_at = None;
        }
        due
    }

    pub(super) fn is_expired(&self, now: Instant) -> bool {
        self.expires_at <= now
    }

    pub(super) fn deadline(&self) -> Option<Deadline<Timer>> {
        let refresh = self.refresh_at.map(|at| Deadline::new(at, Timer::Refresh));
        earliest(
            refresh,
            Some(Deadline::new(self.expires_at, Timer::SessionExpiry)),
        )
    }
}
