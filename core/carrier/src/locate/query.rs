//! What the domain name system is asked, and what it answers.

use std::net::IpAddr;
use std::time::Duration;

/// Which records of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// NAPTR (RFC 3403).
    Naptr,
    /// SRV (RFC 2782).
    Srv,
    /// A: addresses of version 4.
    A,
    /// AAAA: addresses of version 6.
    Aaaa,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameQuery {
    /// The name, without a dot at its end.
    pub name: String,
    /// Which of its records.
    pub kind: RecordKind,
}

impl NameQuery {
    /// A question.
    #[must_use]
    pub fn new(name: &str, kind: RecordKind) -> NameQuery {
        NameQuery {
            name: name.to_owned(),
            kind,
        }
    }
}

/// One record of an answer. Names have no dot at their end; the root is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A rule that leads on from a name (RFC 3403 §4.1).
    Naptr {
        /// Rules of a lower order come first.
        order: u16,
        /// Within an order, lower ones come first.
        preference: u16,
        /// What `replacement` is: `s` for a name with SRV records.
        flags: String,
        /// What is found there, such as `SIP+D2U`.
        service: String,
        /// Where it leads.
        replacement: String,
    },
    /// A server of a service (RFC 2782).
    Srv {
        /// Lower ones come first.
        priority: u16,
        /// The share of this server among those of its priority.
        weight: u16,
        /// Its port.
        port: u16,
        /// Its name; empty when the service is decidedly not there.
        target: String,
    },
    /// An address.
    Address(IpAddr),
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameReply {
    /// There are such records, valid for so long.
    Found {
        /// The records.
        records: Vec<Record>,
        /// The least of their lives.
        ttl: Duration,
    },
    /// There is no such name, or it has no such records; valid for so long.
    Nothing {
        /// How long it may be believed (RFC 2308 §5).
        ttl: Duration,
    },
    /// Nobody answered, or nobody could.
    Failed,
}
