//! Defence against whoever looks for victims: what each source did lately, and who is banned.
//!
//! [`Defence`] is told of offences and of proofs, says whether an answer is due, and bans a source
//! that has offended too much. A machine like all others: no clock, no socket; the moment goes in,
//! new bans come out. Everything it remembers is bounded, see [`Rules`].
//!
//! The sender of a datagram can be forged. So a source that has proved itself lately is never
//! banned for datagrams, only left without answers to wrong credentials: nobody can have a
//! company's phones banned by sending in their name.

mod agents;
mod bans;
mod defence;
mod network;
mod offence;
mod rules;
mod watched;

pub use agents::SCANNERS;
pub use defence::{Defence, Figures, Sender};
pub use network::Network;
pub use offence::Offence;
pub use rules::Rules;
