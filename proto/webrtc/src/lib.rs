//! What browsers want of the transport of sound: to find the way to it (ICE, RFC 8445), and to
//! agree on keys over that way (DTLS-SRTP, RFC 5763 and RFC 5764).
//!
//! A [`Transport`] is one leg's, as a machine: datagrams and the present moment in, datagrams and
//! events out. Of ICE it is the end that answers only (RFC 8445 section 2.5), as fits one whose
//! address everybody knows: the browser asks for ways, we prove that we are there, and sound goes
//! by the way that it chooses. Only where the peer answers only as well do we ask and choose; and
//! one that makes no checks at all is where its description says ([`Place`]). The handshake of DTLS
//! itself is behind [`Handshake`], because it draws randomness, and nothing here does.
//!
//! What comes to a port is told apart by its first octet ([`Kind::of`]); of packets of sound
//! nothing is known here.

// rfc: 8445 §6.1.4 not: there is one address of ours, and so no list of pairs to go through

mod binding;
mod certificate;
mod credentials;
mod handshake;
mod keys;
mod kind;
mod limits;
mod role;
mod seeker;
pub mod stun;
mod transport;

pub use credentials::{CREDENTIAL_OCTETS, asker_of, credentials_of};
pub use handshake::{Handshake, Identity, Step};
pub use keys::KeyingMaterial;
pub use kind::Kind;
pub use limits::{
    CONSENT, CONSENT_ASKED, CONSENT_REQUESTS, HANDSHAKE, MAX_EARLY, MAX_EARLY_OCTETS, MAX_PROVEN,
    MAX_REFUSALS, MAX_SENT, MAX_SOUGHT, PACE, RETRANSMIT, TRANSACTIONS,
};
pub use role::Role;
pub use seeker::Ways;
pub use transport::{Failure, Input, Output, Peer, Place, Reason, Transport};
