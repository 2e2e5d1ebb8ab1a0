//! What the transaction layer tells the layer above, and the names it uses.

use bytes::Bytes;
use sip_message::{Flow, Message};

use super::table::Slot;
use crate::owner::Owner;

/// A client transaction; never means another one later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientKey(pub(super) Slot);

/// A server transaction; never means another one later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerKey(pub(super) Slot);

/// Bytes to send on a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// On whose behalf; [`Owner::NOBODY`] for answers to what nobody has adopted.
    pub owner: Owner,
    /// Where to.
    pub flow: Flow,
    /// One whole message.
    pub bytes: Bytes,
}

/// What has happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new request (never an ACK or a CANCEL). It must be answered by
    /// [`Transactions::respond`](super::Transactions::respond).
    Request {
        /// Answers go here.
        key: ServerKey,
        /// The flow it came by.
        flow: Flow,
        /// The request.
        message: Message,
    },
    /// An ACK that belongs to no transaction: of a 2xx, or stray (RFC 3261 §13.3.1.4).
    Ack {
        /// The flow it came by.
        flow: Flow,
        /// The ACK.
        message: Message,
    },
    /// A CANCEL hit an INVITE that has no final response yet. It has been answered 200; the
    /// owner answers the INVITE with 487 (RFC 3261 §9.2).
    Cancelled {
        /// The INVITE.
        invite: ServerKey,
        /// Its owner.
        owner: Owner,
        /// The flow the CANCEL came by.
        flow: Flow,
        /// The CANCEL; it may carry a Reason (RFC 3326).
        message: Message,
    },
    /// A response to one of our requests. Of final responses each is told once, except that an
    /// INVITE may bring several 2xx (forks) and repetitions of one not yet given its ACK by
    /// [`Transactions::acknowledge`](super::Transactions::acknowledge).
    Response {
        /// The transaction.
        key: ClientKey,
        /// Its owner.
        owner: Owner,
        /// The flow it came by.
        flow: Flow,
        /// The response.
        message: Message,
    },
    /// No final response came in time (Timers B, F): to be taken as a 408 (RFC 3261 §8.1.3.1).
    ClientTimedOut {
        /// The transaction; it is gone.
        key: ClientKey,
        /// Its owner.
        owner: Owner,
    },
    /// The request could not be sent, or the table was full: to be taken as a 503.
    ClientTransportFailed {
        /// The transaction; it is gone.
        key: ClientKey,
        /// Its owner.
        owner: Owner,
    },
    /// No ACK came for a non-2xx final response (Timer H), or a request was never answered by
    /// its owner.
    ServerTimedOut {
        /// The transaction; it is gone.
        key: ServerKey,
        /// Its owner.
        owner: Owner,
    },
}
