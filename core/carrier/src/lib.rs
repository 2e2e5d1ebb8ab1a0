//! The exchange as a customer of a carrier.
//!
//! A [`Registration`] keeps one trunk registered where the carrier wants it; a [`Probe`] asks a
//! peer whether it still answers; [`Locate`] finds the addresses of a peer's name; [`Peers`] says
//! in which order a call tries them; a [`TalkTime`] adds up what was talked within a day; a
//! [`Quality`] tells how well a trunk does by its latest calls; a [`Presentation`] says in which
//! headers a call carries its number. All of it is sans-IO: what is to be sent comes out as
//! [`Request`], what was heard goes in.
//!
//! It knows no tenants and no calls: whose trunk it is, and which number a call may show, is
//! decided above.

mod backoff;
mod identity;
mod locate;
mod peers;
mod probe;
mod quality;
mod registration;
mod request;
mod talk_time;

pub use identity::{Bearer, Presentation, Shown};
pub use locate::{
    Carriage, Locate, Located, NameQuery, NameReply, Record, RecordKind, Replied, Sought,
    TARGETS_MAX, Target, Wanted,
};
pub use peers::{ADDRESSES_MAX, Peers};
pub use probe::{Probe, Probed, Standing};
pub use quality::{
    CALLS_MAX, CALLS_MIN, Floor, Outcome, PARTY_MAX, Quality, QualityFigures, REMEMBERED,
    TRIAL_EVERY, Verdict,
};
pub use registration::{Due, Heard, MAX_EXPIRES, Output, Registration, Terms};
pub use request::Request;
pub use talk_time::TalkTime;

#[cfg(test)]
mod tests;
