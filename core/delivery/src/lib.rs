//! Deliveries to customers' own servers: which is tried when, and how each is signed.
//!
//! Delivery is *at least once*: a job ends only when its receiver has said so, or when it has
//! been tried often and long enough ([`Limits`]). Jobs with the same subject (one call, one
//! document) are delivered in the order of their events, one after the other; jobs of different
//! subjects may overtake each other. Tenants take turns, so that one tenant's thousand events do
//! not hold up another's one, and an endpoint that is dead is left alone for a while.

mod backoff;
mod circuit;
mod dispatcher;
mod job;
mod lane;
mod limits;
mod sign;

pub use dispatcher::{Dispatcher, Step};
pub use job::{Attempt, Full, Job, Outcome, Receiver, Verdict};
pub use limits::Limits;
pub use sign::{
    BadSignature, KEY_BYTES, KEY_PREFIX, REPLAY_WINDOW, SigningKey, signatures, verify,
};

#[cfg(test)]
mod tests;
