//! The bounds of one leg's transport.

use std::time::Duration;

/// How long a way stays good without a proven request on it (RFC 7675 section 5.1).
pub const CONSENT: Duration = Duration::from_secs(30);

/// How often, on the average, a peer that answers only is asked whether it still consents (RFC
/// 7675 section 5.1).
pub const CONSENT_ASKED: Duration = Duration::from_secs(5);

/// Such requests whose answers are still waited for.
pub const CONSENT_REQUESTS: usize = 6;

/// Addresses of one peer that are tried.
pub const MAX_SOUGHT: usize = 8;

/// How often one request is sent (Rc of RFC 8489 section 6.2.1).
pub const MAX_SENT: u32 = 7;

/// Between the first requests to two addresses (Ta of RFC 8445 section 14.2).
pub const PACE: Duration = Duration::from_millis(50);

/// Until a request is sent for the second time (RTO of RFC 8445 section 14.3).
pub const RETRANSMIT: Duration = Duration::from_millis(500);

/// How long a browser may take to find the way and to agree on keys, from the moment at which
/// both descriptions are known.
pub const HANDSHAKE: Duration = Duration::from_secs(30);

/// Datagrams of a handshake that are kept until it can begin; of more the oldest are forgotten,
/// and their sender repeats them.
pub const MAX_EARLY: usize = 4;

/// Octets of a datagram that is kept so; longer ones are not.
pub const MAX_EARLY_OCTETS: usize = 2_048;

/// Addresses that have proved themselves and are remembered; the oldest gives way.
pub const MAX_PROVEN: usize = 8;

/// Requests that prove nothing and are told so; further ones hear nothing.
pub const MAX_REFUSALS: u8 = 16;

/// Transactions that are remembered, so that nobody can use one again: at least so many, at most
/// twice as many. A browser that has chosen makes one in two to five seconds.
pub const TRANSACTIONS: usize = 256;
