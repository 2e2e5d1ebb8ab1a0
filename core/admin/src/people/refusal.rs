//! Why somebody is not let in, or may not do what was asked for.

use std::fmt;
use std::time::Duration;

use domain::Invalid;
use identity::{BadLink, Unreadable, Weak, oidc};
use ports::{Busy, MailError, StoreError};

use crate::signon::NoSignOn;

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something that was shown is not right. Which part stays unsaid.
    Wrong,
    /// Too many wrong ones, or too many mails; after so long it may be tried again.
    Wait(Duration),
    /// As many passwords are compared as may be.
    Busy,
    /// A mailed link that opens nothing.
    Link(BadLink),
    /// The new password is not good enough.
    Weak(Weak),
    /// People of this mail domain sign in by way of their company's own server alone.
    Elsewhere,
    /// No sign-in server serves the mail address.
    NoServer,
    /// What a sign-in server, or the browser that came from it, said is refused.
    Server(NoSignOn),
    /// The mail did not go out.
    Mail(MailError),
    /// What the store says, or a rule of a field.
    Store(StoreError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Wrong => f.write_str("not right"),
            Refusal::Wait(wait) => write!(f, "wait {} s", wait.as_secs_f32().ceil()),
            Refusal::Busy => f.write_str("too many people sign in at this moment"),
            Refusal::Link(link) => link.fmt(f),
            Refusal::Weak(weak) => write!(f, "the password {weak}"),
            Refusal::Elsewhere => f.write_str("the company's sign-in server is the only way in"),
            Refusal::NoServer => f.write_str("no sign-in server serves this mail address"),
            Refusal::Server(error) => error.fmt(f),
            Refusal::Mail(error) => error.fmt(f),
            Refusal::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Store(error)
    }
}

impl From<NoSignOn> for Refusal {
    fn from(error: NoSignOn) -> Refusal {
        Refusal::Server(error)
    }
}

impl From<oidc::Refusal> for Refusal {
    fn from(refusal: oidc::Refusal) -> Refusal {
        Refusal::Server(refusal.into())
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Refusal {
        Refusal::Store(invalid.into())
    }
}

impl From<Busy> for Refusal {
    fn from(Busy: Busy) -> Refusal {
        Refusal::Busy
    }
}

impl From<BadLink> for Refusal {
    fn from(link: BadLink) -> Refusal {
        Refusal::Link(link)
    }
}

impl From<Weak> for Refusal {
    fn from(weak: Weak) -> Refusal {
        Refusal::Weak(weak)
    }
}

/// A stored record that cannot be read is our fault.
pub(super) fn unreadable(error: Unreadable) -> StoreError {
    StoreError::Corrupt {
        detail: error.to_string(),
    }
}
