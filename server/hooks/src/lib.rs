//! Delivers events to webhooks: joins the machine of deliveries to the event log, the store and
//! whoever carries parcels.
//!
//! What is to be delivered is in the store before it is tried, and what became of it is noted
//! afterwards, so a crash repeats a delivery and loses none. In memory is only what is due soon.

mod desk;
mod endpoints;
mod figures;
mod parcel;
mod runner;

pub use desk::{Hooks, Parts};
pub use figures::{Figures, FiguresNow};
pub use runner::run;
