//! Parcels to customers' own servers: one HTTP request each.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// Longest body of a parcel, in bytes.
pub const PARCEL_MAX: usize = 256 * 1024;

/// One HTTP POST to an address that a customer named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// `http` or `https`; without user name, password and fragment.
    pub url: String,
    /// Headers besides `Host`, `Content-Length` and `User-Agent`.
    pub headers: Vec<(&'static str, String)>,
    /// A JSON text of at most [`PARCEL_MAX`] bytes.
    pub body: Vec<u8>,
}

/// What the receiver said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// HTTP status. Redirects are not followed.
    pub status: u16,
    /// When it wants to be asked again (RFC 9110 §10.2.3), when it says so in seconds.
    pub retry_after: Option<Duration>,
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CourierError {
    /// The URL or the parcel cannot be sent as it is.
    Invalid {
        /// What is wrong.
        detail: String,
    },
    /// The name does not resolve.
    Unresolved,
    /// The address is not one that customers may make the exchange connect to. Which address it
    /// is stays unsaid: it would tell an outsider about the operator's network.
    Forbidden,
    /// No connection, a connection that broke, or no valid certificate.
    Unreachable {
        /// What happened.
        detail: String,
    },
    /// No whole answer in time.
    TimedOut,
}

impl fmt::Display for CourierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CourierError::Invalid { detail } => write!(f, "cannot be sent: {detail}"),
            CourierError::Unresolved => f.write_str("the name does not resolve"),
            CourierError::Forbidden => f.write_str("the address is not allowed"),
            CourierError::Unreachable { detail } => write!(f, "not reached: {detail}"),
            CourierError::TimedOut => f.write_str("no answer in time"),
        }
    }
}

impl std::error::Error for CourierError {}

/// Takes parcels to their receivers. One call is one attempt.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Delivers a parcel and waits for the receiver's answer.
    ///
    /// # Errors
    /// [`CourierError`]; the receiver may have had the parcel all the same.
    async fn deliver(&self, parcel: Parcel) -> Result<Receipt, CourierError>;
}
