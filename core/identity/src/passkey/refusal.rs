//! Why a passkey is refused.

use std::fmt;

use crate::spent::NotTaken;

/// Why an answer of an authenticator is refused: what the operator's log says. A stranger is told
/// no more than that it did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A part has not the form that it must have; which part.
    Malformed(&'static str),
    /// The answer is to another question: `webauthn.get` where `webauthn.create` was asked.
    Type,
    /// The challenge was not made here, or for another person or occasion.
    Challenge,
    /// The challenge is too old.
    Late,
    /// The challenge was answered before.
    Used,
    /// Too many people sign in at this moment.
    Busy,
    /// The page is not one of ours.
    Origin,
    /// The page was shown inside another's.
    Embedded,
    /// The authenticator signed for another site.
    Site,
    /// Nobody touched the authenticator.
    Presence,
    /// The authenticator did not ask who is there, by finger, face or PIN.
    Verification,
    /// The flags of backup contradict each other, or what was said at registration.
    Backup,
    /// The key's algorithm was not offered.
    Algorithm,
    /// The key is not one of its algorithm.
    Key,
    /// The statement of attestation is not true.
    Attestation,
    /// The credential is named differently in different places.
    Name,
    /// The person has this passkey already.
    Known,
    /// The person has as many passkeys as fit.
    TooMany,
    /// The passkey is none of this person's.
    Unknown,
    /// The passkey belongs to another person than the one who is asked.
    Person,
    /// The signature is not the passkey's.
    Signature,
    /// The counter did not grow: somebody has a copy of the authenticator.
    Copied,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Refusal::Malformed(part) => return write!(f, "{part} has not the right form"),
            Refusal::Type => "the answer is to another question",
            Refusal::Challenge => "the challenge was not made here for this",
            Refusal::Late => "the challenge is too old",
            Refusal::Used => "the challenge was answered before",
            Refusal::Busy => "too many people sign in at this moment",
            Refusal::Origin => "the page is not one of this site",
            Refusal::Embedded => "the page was shown inside another",
            Refusal::Site => "the authenticator signed for another site",
            Refusal::Presence => "nobody touched the authenticator",
            Refusal::Verification => "the authenticator did not verify the person",
            Refusal::Backup => "the flags of backup contradict each other",
            Refusal::Algorithm => "the key's algorithm was not offered",
            Refusal::Key => "the key is not one of its algorithm",
            Refusal::Attestation => "the attestation is not true",
            Refusal::Name => "the credential is named differently in different places",
            Refusal::Known => "the person has this passkey already",
            Refusal::TooMany => "the person has as many passkeys as fit",
            Refusal::Unknown => "the passkey is none of this person's",
            Refusal::Person => "the passkey belongs to another person",
            Refusal::Signature => "the signature is not the passkey's",
            Refusal::Copied => "the counter did not grow: there is a copy of the authenticator",
        };
        f.write_str(text)
    }
}

impl std::error::Error for Refusal {}

impl From<NotTaken> for Refusal {
    fn from(not: NotTaken) -> Refusal {
        match not {
            NotTaken::Used => Refusal::Used,
            NotTaken::Full => Refusal::Busy,
        }
    }
}
