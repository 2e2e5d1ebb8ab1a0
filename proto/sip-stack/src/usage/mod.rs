//! The INVITE usage: one call leg of ours as caller or callee, from the first INVITE to the last
//! BYE (RFC 3261 §13-15, 3262, 3311, 3515, 4028, 6026, 6141).
//!
//! Orders are methods; what comes from the network goes in by [`InviteUsage::take`]; events
//! come out through [`Step`]. An order that does not fit the state is an [`Untimely`] value,
//! the ordinary outcome of a race, and changes nothing.

mod business;
mod config;
mod dismiss;
mod event;
mod forks;
mod headers;
mod invite;
mod offer;
mod parts;
mod peer;
mod referral;
mod reliable;
mod request;
mod session_timer;
mod step;
#[cfg(test)]
mod tests;

pub use config::{
    Config, MAX_FORKS, MAX_INFOS, MAX_INTERVAL_RETRIES, MAX_REFERRALS, MAX_RETRIES,
    MAX_WAITING_PROVISIONALS, Reliability, SessionTimers,
};
pub use dismiss::dismiss;
pub use event::{Ending, Event, Referral};
pub use invite::{Hop, InviteUsage, Outgoing, Snapshot};
pub use parts::Part;
pub use step::{Phase, Step, Timer, Untimely};
