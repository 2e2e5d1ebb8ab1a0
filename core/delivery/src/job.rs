//! One event on its way to one endpoint.

use std::fmt;
use std::time::Duration;

use ids::{TenantId, WebhookId};
use machine::Instant;

/// An endpoint of a tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receiver {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub webhook: WebhookId,
}

/// One event that an endpoint is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// For whom.
    pub receiver: Receiver,
    /// The event's cursor in the tenant's log; jobs of one receiver have different ones.
    pub event: u64,
    /// What the event is about; jobs with the same subject keep their order.
    pub subject: u128,
    /// Failed tries so far.
    pub tries: u16,
    /// When it is to be tried.
    pub due: Instant,
    /// When it has become too old to be tried.
    pub expires: Instant,
}

/// An attempt that is to be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// For whom.
    pub receiver: Receiver,
    /// The event's cursor.
    pub event: u64,
    /// Which try this is, counted from 1.
    pub number: u16,
}

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it (2xx).
    Delivered,
    /// The receiver has it not, or has not said so. When it said how long to wait, that long.
    Failed {
        /// How long the receiver wants to be left alone.
        wait: Option<Duration>,
    },
    /// The receiver says that it is gone for good (410).
    Gone,
}

impl Outcome {
    /// What an HTTP status means (RFC 9110 §15). Redirects are failures: they are not followed.
    pub fn of_status(status: u16, wait: Option<Duration>) -> Outcome {
        match status {
            200..=299 => Outcome::Delivered,
            410 => Outcome::Gone,
            _ => Outcome::Failed { wait },
        }
    }
}

/// What becomes of a job after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Delivered,
    /// It is tried again.
    Again {
        /// When.
        at: Instant,
        /// Failed tries so far.
        tries: u16,
    },
    /// It is a dead letter.
    Dead,
}

/// There is no room for another job: of its tenant, or at all. The job stays where it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full(pub Job);

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no room for another delivery of {}",
            self.0.receiver.tenant
        )
    }
}

impl std::error::Error for Full {}
