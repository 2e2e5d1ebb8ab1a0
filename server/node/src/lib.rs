//! A signalling shard: everything that happens to SIP messages between a socket and a socket.
//!
//! [`Shard`] joins the sans-IO hearts and adds no policy of its own: transactions and dialogs from
//! `sip-stack`, legs from `sip-leg`, calls from `call`, bindings from `registrar`, records from
//! `records`, media ports from `media`. It has no socket, no thread and no clock: batches of bytes
//! and the time go in; bytes to send, orders to media and answers come out. The binary runs it on
//! a network loop, the simulator runs whole clusters of them in one thread.

mod admission;
mod business;
mod calls;
mod config;
mod deadlines;
mod desk;
mod dispatch;
mod figures;
mod invite;
mod legs;
mod load;
mod media_notices;
mod questions;
mod register;
mod replaces;
mod restore;
mod shard;
mod sources;
mod tenants;

pub use config::{Config, Limits};
pub use figures::Figures;
pub use questions::{Answer, Ask, Question, Ticket};
pub use shard::{Outbox, Shard, Stores};
pub use sip_leg::PromptBook;

#[cfg(test)]
mod tests;
