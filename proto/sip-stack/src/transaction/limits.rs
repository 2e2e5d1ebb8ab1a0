//! The bounds of the transaction tables, and what is counted.

/// Bounds of one shard's transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Client transactions at once, lingering ones too. Beyond it a request fails as if its
    /// transport had. Default 262,144.
    pub clients: u32,
    /// Server transactions at once, lingering ones too. Beyond it the answered request that has
    /// waited longest for Timer J makes room; when none waits, requests are answered 503 without
    /// state. Default 262,144.
    pub servers: u32,
    /// Different 2xx of one INVITE whose ACKs are kept to be repeated. Default 8.
    pub acks: usize,
    /// Seconds named by Retry-After in the 503 of a full table. Default 5.
    pub retry_after: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: 262_144,
            servers: 262_144,
            acks: 8,
            retry_after: 5,
        }
    }
}

/// Counters since the start, except where said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Client transactions now.
    pub clients: u64,
    /// Server transactions now.
    pub servers: u64,
    /// Requests that began a server transaction.
    pub requests: u64,
    /// Responses that matched a transaction.
    pub responses: u64,
    /// Retransmitted requests and responses that ended here.
    pub absorbed: u64,
    /// Messages we sent again by a timer or because the peer repeated itself.
    pub repeated: u64,
    /// Responses that matched nothing.
    pub stray_responses: u64,
    /// Requests and responses whose form was wrong.
    pub malformed: u64,
    /// Requests that came by a second way and were answered 482 (RFC 3261 §8.2.2.2).
    pub merged: u64,
    /// Requests refused because a table was full.
    pub refused: u64,
    /// Answered requests forgotten before Timer J because the table was full.
    pub hastened: u64,
    /// Client transactions that ran into Timer B or F.
    pub timed_out: u64,
    /// INVITE server transactions that got no ACK (Timer H).
    pub unacknowledged: u64,
    /// Client transactions whose transport failed.
    pub transport_failed: u64,
}
