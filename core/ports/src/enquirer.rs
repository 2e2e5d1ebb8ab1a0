//! Enquiries at servers that customers name: the sign-in servers of their companies.

use std::fmt;

use async_trait::async_trait;

use crate::courier::CourierError;

/// Longest answer to an enquiry, in bytes. A longer one counts as no answer.
pub const ENQUIRY_MAX: usize = 256 * 1024;

/// One HTTP request at an address that a customer named.
#[derive(Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// `http` or `https`; without user name, password and fragment.
    pub url: String,
    /// The header `Authorization`, where one is needed.
    pub authorization: Option<String>,
    /// A form to be sent by POST (`application/x-www-form-urlencoded`); without one it is a GET.
    pub form: Option<String>,
}

impl fmt::Debug for Enquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enquiry({}, …)", self.url)
    }
}

/// What the server said.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status. Redirects are not followed.
    pub status: u16,
    /// The body, at most [`ENQUIRY_MAX`] bytes.
    pub body: Vec<u8>,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({}, {} bytes)", self.status, self.body.len())
    }
}

/// Stands in where nobody may be asked: reaches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEnquirer;

#[async_trait]
impl Enquirer for NoEnquirer {
    async fn enquire(&self, _enquiry: Enquiry) -> Result<Answered, CourierError> {
        Err(CourierError::Forbidden)
    }
}

/// Asks servers. One call is one attempt.
#[async_trait]
pub trait Enquirer: Send + Sync {
    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// [`CourierError`].
    async fn enquire(&self, enquiry: Enquiry) -> Result<Answered, CourierError>;
}
