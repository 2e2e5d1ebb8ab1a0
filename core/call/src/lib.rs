//! One call as one aggregate: its legs, what joins them, and how it ends.
//!
//! A [`Call`] knows neither SIP nor sockets nor media packets. Facts about its legs go in
//! ([`Input`]), orders to its legs and to media come out ([`Output`]), and everything worth
//! remembering comes out as [`CallEvent`]s. It owns the scope of its tenant, and leg handles mean
//! nothing outside it, so two tenants' legs cannot be joined.
//!
//! Journeys, below `call`: `dial` rings and collects answers, `hold` passes re-offers between the
//! two sides, `transfer` sends a party on, `adopt` takes legs in from elsewhere, `guest` is a party
//! played by the exchange, `begun` a call that such a party has begun, and every path ends in
//! `release`.

mod bridge;
mod call;
mod event;
mod fact;
mod leg;
mod limits;
mod order;
mod plan;
mod snapshot;
mod summary;

pub use bridge::Bridge;
pub use call::{AdoptError, Call, Incoming, Outgoing, Timer};
pub use event::{CallEvent, What};
pub use fact::{Full, HangUp, Input, LegFact, Lost, Target, TrunkCap, Unreachable};
pub use leg::{Direction, LegId, LegStage, Party};
pub use limits::Config;
pub use order::{EndReason, LegOrder, MediaOrder, Output, Prompt, Speaks, TrunkAttempt};
pub use plan::{Beside, Contact, DialPlan, DialStep, Passed, TrunkCall, TrunkPeer};
pub use snapshot::SnapshotError;
pub use summary::{LegSummary, LegView, Summary};

#[cfg(test)]
mod tests;
