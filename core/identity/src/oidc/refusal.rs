//! Why a sign-on by way of another server is refused.

use std::fmt;

/// Why somebody is not let in: what the log of the tenant says. A stranger is told no more than
/// that it did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The discovery document is none, or lacks something; what.
    Discovery(&'static str),
    /// The document is of another issuer than the one asked for.
    OtherIssuer,
    /// The state was not made here, or for another server or browser.
    State,
    /// The person took too long.
    Late,
    /// The answer is of another server than the one that the person was sent to.
    MixedUp,
    /// The server says no, in its own word (OpenID Connect Core 1.0 §3.1.2.6).
    Denied(String),
    /// The answer has no code.
    NoCode,
    /// The answer to the code is no token.
    NoToken,
    /// The token has not the form of one; which part.
    Malformed(&'static str),
    /// The token is signed by no algorithm that is allowed: `none` and shared secrets are not.
    Algorithm,
    /// The token names a key that the server does not publish.
    Key,
    /// The signature is not the key's.
    Signature,
    /// The token is of another issuer.
    Issuer,
    /// The token is for another client, or for others too.
    Audience,
    /// The token's time is over.
    Expired,
    /// The token is from the future, or was made before the person set out.
    Clock,
    /// The token was made for another visit.
    Nonce,
    /// The token does not say who.
    Nobody,
    /// The token names no mail address, or none that its server has verified.
    MailUnverified,
    /// The mail address is of no domain that the tenant may speak for.
    MailForeign,
    /// The mail address is of a person whom the server has named differently before.
    MailTaken,
    /// The person is unknown, and people are not made as they come.
    Unknown,
    /// The person is not to sign in.
    Disabled,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Refusal::Discovery(part) => {
                return write!(f, "the discovery document is not usable: {part}");
            }
            Refusal::Denied(word) => return write!(f, "the server said {word:?}"),
            Refusal::Malformed(part) => return write!(f, "the token's {part} is malformed"),
            Refusal::OtherIssuer => "the discovery document is of another issuer",
            Refusal::State => "the state was not made here for this browser",
            Refusal::Late => "the person took too long",
            Refusal::MixedUp => "the answer is of another server",
            Refusal::NoCode => "the answer has no code",
            Refusal::NoToken => "the code gave no token",
            Refusal::Algorithm => "the token's algorithm is not allowed",
            Refusal::Key => "the token's key is not published",
            Refusal::Signature => "the token's signature is not its key's",
            Refusal::Issuer => "the token is of another issuer",
            Refusal::Audience => "the token is not for this client alone",
            Refusal::Expired => "the token has expired",
            Refusal::Clock => "the token was made in the future or too long ago",
            Refusal::Nonce => "the token was made for another visit",
            Refusal::Nobody => "the token does not say who",
            Refusal::MailUnverified => "the server has verified no mail address of the person",
            Refusal::MailForeign => "the mail address is of none of the tenant's domains",
            Refusal::MailTaken => "the mail address is of somebody whom the server named otherwise",
            Refusal::Unknown => "the person is unknown",
            Refusal::Disabled => "the person is not to sign in",
        };
        f.write_str(text)
    }
}

impl std::error::Error for Refusal {}
