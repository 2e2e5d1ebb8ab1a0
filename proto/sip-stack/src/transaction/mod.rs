//! Transactions: the four machines of RFC 3261 §17 with the Accepted states of RFC 6026.
//!
//! [`Transactions`] holds all of one shard. Requests and responses come in by
//! [`Transactions::receive`]; what the layer above must know comes out of
//! [`Transactions::poll`]; what must be sent out of [`Transactions::take_transmits`].
//!
//! Retransmissions end here. A transaction that only lingers keeps its key and, where it must
//! repeat itself, its last message in an allocation of exactly that size.

mod client_invite;
mod client_other;
mod event;
mod limits;
mod linger;
mod outbox;
mod receive;
mod rehome;
mod seek;
mod server_invite;
mod server_other;
mod table;
#[cfg(test)]
mod tests;
mod timers;
mod transactions;
mod via;

pub use crate::owner::Owner;
pub use event::{ClientKey, Event, ServerKey, Transmit};
pub use limits::{Figures, Limits};
pub use seek::Sought;
pub(crate) use timers::Repeat;
pub use timers::{T1, T2, T4, TRANSACTION_LIFE};
pub use transactions::{Sending, Transactions};
