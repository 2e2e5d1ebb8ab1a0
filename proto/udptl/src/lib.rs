//! UDPTL: the datagrams in which a fax by T.38 travels (ITU-T T.38 §9.1).
//!
//! A fax terminal tells its peer what goes over the telephone line in packets of its own, IFP
//! packets (T.38 §7), of which nothing is read here. Each goes in a datagram with a number, and
//! the datagrams after it carry it once more, so that one that was lost does not spoil the page.
//! A [`Sender`] makes such datagrams, a [`Receiver`] makes the IFP packets of them again.
//!
//! Parity (FEC, §9.1.4.2) is passed over: its sender's datagrams are understood, but nothing that
//! was lost is made of it.

mod length;
mod malformed;
mod packet;
mod receiver;
mod sender;

pub use malformed::Malformed;
pub use packet::{Packet, Recovery, Secondaries};
pub use receiver::Receiver;
pub use sender::Sender;

/// Octets of the longest IFP packet: what a length of two octets can say (X.691 §11.9). Those of a
/// fax at 33,600 bit/s are of some 200.
pub const MAX_IFP_BYTES: usize = 16_383;

/// Most earlier IFP packets that a datagram carries once more. Terminals send 3 or fewer.
pub const MAX_REDUNDANCY: usize = 16;
