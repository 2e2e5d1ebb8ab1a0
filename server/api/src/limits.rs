//! Bounds of the API.

use std::time::Duration;

/// Bounds of the API; each with its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest body of a request, in bytes; beyond it 413. Default 65,536.
    pub body_bytes: usize,
    /// Requests at the same time; beyond it 503. Default 256.
    pub in_flight: usize,
    /// Connections at the same time; beyond it the next waits to be accepted. Default 1,024.
    pub connections: usize,
    /// Connections from one IPv4 address or IPv6 /64; further ones are closed at once. Loopback
    /// is free of it, since a front end speaks for many. Default 256.
    pub connections_per_source: usize,
    /// Time for the head of a request, which is also how long a connection may idle. Default
    /// 30 s; then it is closed.
    pub head_time: Duration,
    /// Time for a request as a whole; then 408 or 503. Default 30 s.
    pub request_time: Duration,
    /// Requests per second of each operator's key, with a burst of as many; beyond it 429.
    /// Default 200. A tenant's keys share its cap `api_requests_per_second`.
    pub operator_rate: u32,
    /// Wrong keys per second from one IPv4 address or IPv6 /64, with a burst of as many; beyond
    /// it 429 without a look at the key. Default 10.
    pub wrong_keys_rate: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 65_536,
            in_flight: 256,
            connections: 1_024,
            connections_per_source: 256,
            head_time: Duration::from_secs(30),
            request_time: Duration::from_secs(30),
            operator_rate: 200,
            wrong_keys_rate: 10,
        }
    }
}
