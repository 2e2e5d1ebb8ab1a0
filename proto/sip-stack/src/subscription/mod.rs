//! Subscriptions of a peer at us: the notifier's side of RFC 6665, one dialog each.
//!
//! A [`Subscription`] knows its dialog, how long it lasts and which NOTIFY is under way. It does
//! not know what is watched: whoever holds it renders the state and asks it to
//! [`tell`](Subscription::tell). At most one NOTIFY is under way, so a state that changes often is
//! told as it is in the end, never as a queue of what it was.

mod bounds;
mod failure;
mod notifier;
mod request;
mod snapshot;
#[cfg(test)]
mod tests;

pub use bounds::{Bounds, TooBrief};
pub use notifier::{Heard, State, Subscription, Why};
pub use request::{Asked, Refusal};
pub use snapshot::Snapshot;

use crate::transaction::{Owner, Transactions};
use crate::usage::Config;
use bytes::Bytes;
use machine::Instant;
use std::borrow::Cow;
use std::sync::Arc;

/// What every act of a subscription needs: the time, the transactions, who we are, and whose
/// responses come back.
pub struct Desk<'a> {
    /// Now.
    pub now: Instant,
    /// The shard's transactions.
    pub transactions: &'a mut Transactions,
    /// Our identity on the peer's flow.
    pub config: Arc<Config>,
    /// To whom the responses to our NOTIFYs are brought.
    pub owner: Owner,
}

/// The body of a NOTIFY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its media type.
    pub media_type: Cow<'static, str>,
    /// Its bytes.
    pub bytes: Bytes,
    /// `Require`, where the document needs an extension of the reader (RFC 4662 §4.1).
    pub requires: Option<&'static str>,
}
