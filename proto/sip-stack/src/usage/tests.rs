//! Tests: two usages back to back over a simulated network, or one against messages written by
//! hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod callee;
mod caller;
mod challenged;
mod hops;
mod live;
mod matrix;
mod modify;
mod pair;
mod referral;
mod refresh;
mod snapshot;
mod storm;
