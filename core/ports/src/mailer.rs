//! Mail to people: invitations, resets, notices.

use std::fmt;

use async_trait::async_trait;

/// Longest subject, in bytes.
pub const MAIL_SUBJECT_MAX: usize = 256;

/// Longest body in each of its two forms, in bytes.
pub const MAIL_BODY_MAX: usize = 256 * 1024;

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Address of the person, such as `ann@acme.example` (RFC 5321 §4.1.2), without a name.
    pub to: String,
    /// The name that the mail comes from, such as a reseller's brand.
    pub from_name: String,
    /// The address that answers go to and that is shown, such as a brand's; without it the
    /// exchange's own. The exchange's address stays the one that sends (RFC 5322 §3.6.2).
    pub from: Option<String>,
    /// Subject, at most [`MAIL_SUBJECT_MAX`] bytes, one line.
    pub subject: String,
    /// Body as plain text, at most [`MAIL_BODY_MAX`] bytes.
    pub text: String,
    /// The same body as HTML, if there is one; at most [`MAIL_BODY_MAX`] bytes.
    pub html: Option<String>,
}

/// Why a mail was not sent. Details are for logs and name no content of the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailError {
    /// The mail itself cannot be sent: its address or its size. Trying again does not help.
    Invalid {
        /// What is wrong with it.
        detail: String,
    },
    /// The server said no for good (5yz, RFC 5321 §4.2.1). Trying again does not help.
    Refused {
        /// What the server said.
        detail: String,
    },
    /// The server said not now (4yz, such as greylisting), was not reached or was too slow.
    /// Trying again later may help.
    Later {
        /// What happened.
        detail: String,
    },
    /// The server lacks what is wanted of it, such as STARTTLS. Nothing went out, nor will it
    /// before somebody changes the server or the setting.
    Unfit {
        /// What is missing.
        detail: String,
    },
    /// No mail server is set.
    NotConfigured,
}

impl MailError {
    /// Whether the very same mail may go out later.
    pub fn may_retry(&self) -> bool {
        match self {
            MailError::Later { .. } => true,
            MailError::Invalid { .. }
            | MailError::Refused { .. }
            | MailError::Unfit { .. }
            | MailError::NotConfigured => false,
        }
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MailError::Invalid { detail } => write!(f, "the mail cannot be sent: {detail}"),
            MailError::Refused { detail } => write!(f, "the mail server refused: {detail}"),
            MailError::Later { detail } => write!(f, "the mail server did not take it: {detail}"),
            MailError::Unfit { detail } => write!(f, "the mail server cannot be used: {detail}"),
            MailError::NotConfigured => f.write_str("no mail server is set"),
        }
    }
}

impl std::error::Error for MailError {}

/// Sends mail. One call is one attempt; whoever calls decides whether to try again.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail to the mail server and waits until it has taken it.
    ///
    /// # Errors
    /// [`MailError`]; after [`MailError::Later`] the server may have taken it all the same, so a
    /// second attempt may give a second mail.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}

/// Stands in where no mail server is set: refuses every mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMailer;

#[async_trait]
impl Mailer for NoMailer {
    async fn send(&self, _mail: Mail) -> Result<(), MailError> {
        Err(MailError::NotConfigured)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ready;

    #[test]
    fn without_a_server_a_mail_is_refused_and_not_forgotten() {
        let mail = Mail {
            to: "ann@acme.example".to_owned(),
            from_name: "Acme".to_owned(),
            from: None,
            subject: "Welcome".to_owned(),
            text: "Hello".to_owned(),
            html: None,
        };
        let sent = ready(NoMailer.send(mail)).unwrap();
        assert_eq!(sent, Err(MailError::NotConfigured));
        assert!(!MailError::NotConfigured.may_retry());
    }

    #[test]
    fn only_what_may_pass_is_worth_another_try() {
        let detail = || "450 try again".to_owned();
        assert!(MailError::Later { detail: detail() }.may_retry());
        assert!(!MailError::Refused { detail: detail() }.may_retry());
        assert!(!MailError::Invalid { detail: detail() }.may_retry());
    }
}
