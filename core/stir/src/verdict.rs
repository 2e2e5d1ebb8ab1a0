//! What came of looking at a call's proof.

use std::fmt;

use crate::{Attestation, Broken, Unreadable};

/// What is known of who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The number is the caller's, as far as is said.
    Valid {
        /// How far somebody vouches for it; `None` where the proof does not say.
        attest: Option<Attestation>,
    },
    /// The call has no proof.
    NoIdentity,
    /// The proof cannot be understood.
    Unreadable(Unreadable),
    /// The proof is of another time (RFC 8224 §6.2.2, step 4).
    Stale,
    /// The proof is of another call: this claim does not say what the message says.
    Mismatch(&'static str),
    /// The proofs do not lead from who was called first to who is called now (RFC 8946 §5).
    Broken(Broken),
    /// The certificate could not be got.
    Unfetchable,
    /// No authority is trusted here, so that no certificate is worth looking at.
    NobodyTrusted,
    /// What was got is no certificate that can be used.
    BadCertificate,
    /// The certificate leads to nobody who is trusted, or is not valid now.
    UntrustedChain,
    /// The certificate is not for this number.
    NotForNumber,
    /// The signature is not that of the certificate's key.
    BadSignature,
}

/// What is told to phones (RFC 8946 has no say here; 3GPP TS 24.229 §7.2A.20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verstat {
    /// The number is the caller's.
    Passed,
    /// The proof is wrong.
    Failed,
    /// There was nothing to look at, or no way to.
    None,
}

impl Verstat {
    /// The value of the parameter `verstat`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verstat::Passed => "TN-Validation-Passed",
            Verstat::Failed => "TN-Validation-Failed",
            Verstat::None => "No-TN-Validation",
        }
    }
}

impl Verdict {
    /// What is told to phones.
    #[must_use]
    pub fn verstat(&self) -> Verstat {
        match self {
            Verdict::Valid { .. } => Verstat::Passed,
            Verdict::NoIdentity | Verdict::Unfetchable | Verdict::NobodyTrusted => Verstat::None,
            Verdict::Unreadable(_)
            | Verdict::Stale
            | Verdict::Mismatch(_)
            | Verdict::Broken(_)
            | Verdict::BadCertificate
            | Verdict::UntrustedChain
            | Verdict::NotForNumber
            | Verdict::BadSignature => Verstat::Failed,
        }
    }

    /// With which status and words a call is refused by somebody who wants better (RFC 8224
    /// §6.2.2); `None` for a number that is the caller's.
    #[must_use]
    pub fn refusal(&self) -> Option<(u16, &'static str)> {
        match self {
            Verdict::Valid { .. } => None,
            Verdict::NoIdentity => Some((428, "Use Identity Header")),
            Verdict::Stale => Some((403, "Stale Date")),
            Verdict::Unfetchable => Some((436, "Bad Identity Info")),
            Verdict::NobodyTrusted
            | Verdict::BadCertificate
            | Verdict::UntrustedChain
            | Verdict::NotForNumber => Some((437, "Unsupported Credential")),
            Verdict::Unreadable(_)
            | Verdict::Mismatch(_)
            | Verdict::Broken(_)
            | Verdict::BadSignature => Some((438, "Invalid Identity Header")),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Valid {
                attest: Some(level),
            } => {
                write!(f, "the number is the caller's, attested {level}")
            }
            Verdict::Valid { attest: None } => f.write_str("the number is the caller's"),
            Verdict::NoIdentity => f.write_str("the call has no proof"),
            Verdict::Unreadable(why) => write!(f, "the proof cannot be understood: {why}"),
            Verdict::Stale => f.write_str("the proof is of another time"),
            Verdict::Mismatch(claim) => {
                write!(f, "the proof is of another call: its claim {claim} differs")
            }
            Verdict::Broken(why) => write!(f, "the proofs do not hang together: {why}"),
            Verdict::Unfetchable => f.write_str("the certificate could not be got"),
            Verdict::NobodyTrusted => {
                f.write_str("the exchange trusts no authority, so the proof was not checked")
            }
            Verdict::BadCertificate => f.write_str("the certificate cannot be used"),
            Verdict::UntrustedChain => f.write_str("nobody trusted stands for the certificate"),
            Verdict::NotForNumber => f.write_str("the certificate is not for this number"),
            Verdict::BadSignature => f.write_str("the signature is not the certificate's"),
        }
    }
}
