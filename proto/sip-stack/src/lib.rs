//! The SIP protocol without sockets: transactions, digest, dialogs and the INVITE usage.
//!
//! Bytes and time go in, bytes and events come out (RFC 3261 §12-17, 3262, 3311, 3515, 4028,
//! 6026, 7616, 8760). One [`transaction::Transactions`] serves a whole signalling shard; each
//! leg of a call is one [`usage::InviteUsage`] above it.
//!
//! The way of a message: the shard hands it to [`transaction::Transactions::receive`], which
//! absorbs retransmissions and yields [`transaction::Event`]s. A request inside a dialog is
//! brought to its usage by [`dialog::Dialogs`], a response by the [`Owner`] its transaction was
//! given. The usage answers through the transactions and tells what happened by
//! [`usage::Event`]s.

pub mod dialog;
pub mod digest;
mod fingerprint;
mod owner;
pub mod subscription;
mod token;
pub mod transaction;
pub mod usage;

pub use owner::Owner;
pub use token::{Branch, Tag};
