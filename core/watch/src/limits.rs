//! Bounds of watching, each with its name and its default.

use sip_stack::subscription::Bounds;
use std::fmt;

/// How many watches there may be, and how long they last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Watches of one device. Default 512: a telephone with 200 keys, once more after it was
    /// switched off and on. A watch of a list counts as many as are on it.
    pub per_device: usize,
    /// Watches of one tenant. Default 50,000.
    pub per_tenant: usize,
    /// Watches in all. Default 500,000.
    pub total: usize,
    /// How long they last.
    pub bounds: Bounds,
    /// Lines of one extension that are shown to a watcher. Default 8: a datagram has room for
    /// little more.
    pub lines_shown: usize,
    /// Octets of a document of a list that goes as a datagram; what is beyond follows in another.
    /// Default 8,192: a few fragments, which networks and telephones take.
    pub datagram_octets: usize,
    /// The same of one that goes by a connection. Default 49,152: a message has 65,535 in all.
    pub stream_octets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            per_device: 512,
            per_tenant: 50_000,
            total: 500_000,
            bounds: Bounds::default(),
            lines_shown: 8,
            datagram_octets: 8_192,
            stream_octets: 49_152,
        }
    }
}

/// Which bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capped {
    /// That of the device.
    Device(usize),
    /// That of its tenant.
    Tenant(usize),
    /// That of the exchange.
    Total,
}

impl fmt::Display for Capped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capped::Device(most) => write!(f, "a device may have {most} subscriptions"),
            Capped::Tenant(most) => write!(f, "a company may have {most} subscriptions"),
            Capped::Total => f.write_str("the exchange has as many subscriptions as it may"),
        }
    }
}
