//! Who has come, as a balancer says it before anything else: the PROXY protocol, versions 1 and 2.
//!
//! A balancer in front of an exchange opens a connection of its own for each that it takes, so the
//! exchange would see but the balancer's address. With this protocol (HAProxy's
//! `proxy-protocol.txt`, revision 2020/03/05) the balancer begins each connection with a header
//! that names the peer; what follows are the peer's octets, TLS or not. Whoever reads one must know
//! by other means that the connection is a balancer's: anybody can write a header.
//!
//! Only streams are spoken of here. What version 2 may add behind the addresses is passed over.

mod binary;
mod text;

use std::fmt;
use std::net::SocketAddr;

/// Octets of the longest header that is read: one of version 2 with two KiB behind its beginning.
/// Version 1 needs 107 at most (§2.1).
pub const HEADER_MAX: usize = binary::BEGINNING + binary::REST_MAX;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introduction {
    /// The connection is the balancer's own, a check of health for example, or it does not know
    /// whose it is: `LOCAL`, `UNKNOWN`, or addresses that are none of IP.
    Own,
    /// The balancer took it from somebody.
    Of {
        /// Who has come.
        from: SocketAddr,
        /// The address of the balancer's that they came to.
        to: SocketAddr,
    },
}

/// What the octets that came so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// The beginning of a header.
    Partial,
    /// A header of so many octets; what follows is the peer's.
    Whole(Introduction, usize),
    /// No header that is read here.
    Refused(Refusal),
}

/// Why octets are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They begin like neither version.
    Signature,
    /// Version 2 with another number, or a command that is none.
    Command,
    /// The peer came by something else than a stream.
    Transport,
    /// Addresses or ports are not written as the protocol writes them.
    Address,
    /// It goes on beyond [`HEADER_MAX`], or a line of version 1 beyond 107 octets.
    TooLong,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Signature => "no header of the PROXY protocol",
            Refusal::Command => "a PROXY header of an unknown version or command",
            Refusal::Transport => "a PROXY header of a peer that came by no stream",
            Refusal::Address => "a PROXY header whose addresses cannot be read",
            Refusal::TooLong => "a PROXY header that is too long",
        })
    }
}

impl Header {
    /// Reads the beginning of a connection; to be called with all octets that came so far, of which
    /// there need be no more than [`HEADER_MAX`].
    #[must_use]
    pub fn read(octets: &[u8]) -> Header {
        if begins(octets, binary::SIGNATURE) {
            binary::read(octets)
        } else if begins(octets, text::SIGNATURE) {
            text::read(octets)
        } else {
            Header::Refused(Refusal::Signature)
        }
    }
}

/// Whether octets begin with a signature, or are the beginning of one.
fn begins(octets: &[u8], signature: &[u8]) -> bool {
    octets
        .iter()
        .zip(signature)
        .all(|(one, other)| one == other)
}
