//! Where a call goes, and why.
//!
//! [`plan`] is a pure and total function: a compiled tenant and a request in, a [`Plan`] with its
//! [`Explanation`] out. It reads no database, no clock and no registration; whether a device can be
//! reached right now is somebody else's question, and so is how its trunks have done lately, which
//! [`plan_measured`] is told by whoever knows ([`Measured`]). It only ever sees one tenant, so it
//! cannot name another.

mod attestation;
mod called;
mod circumstances;
mod class;
mod dialled;
mod diversion;
mod emergency;
mod explanation;
mod failover;
mod fare;
mod forward;
mod identity;
mod inbound;
mod inside;
mod order;
mod outbound;
mod plan;
mod request;
mod ring;
mod step;
mod toll;

pub use attestation::Attested;
pub use circumstances::{Judgement, Measured};
pub use diversion::{DIVERSIONS_MAX, Diversion};
pub use emergency::{Emergency, SOS, may_call_for_help};
pub use explanation::{Explanation, REASONS_MAX, Reason};
pub use failover::{Failover, Verdict};
pub use fare::Fare;
pub use inbound::proof_rule;
pub use inside::{ANNOUNCEMENT_CODE, CLOCK_CODE, ECHO_CODE, OWN_NUMBER_CODE};
pub use plan::{Plan, plan, plan_measured};
pub use request::{Caller, Dialled, HostClass, Purpose, RouteRequest};
pub use step::{Guest, Refusal, Spoken, Step};
pub use toll::CONTAINED;
