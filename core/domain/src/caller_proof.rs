//! What a company makes of proofs of who calls it: the rule of an inbound route, and what the
//! record keeps of a proof that was looked at (RFC 8224 §6.2).

use serde::{Deserialize, Serialize};
use stir::{Attestation, Verdict, Verstat};
use utoipa::ToSchema;

/// What is done with the proof of who calls; each rule asks more than the one before it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProofRule {
    /// It is not looked at.
    #[default]
    Ignored,
    /// It is looked at, and what came of it is told to telephones and kept in the record.
    Told,
    /// Calls whose proof is wrong are refused, too.
    NotWrong,
    /// Calls without a proof are refused, too.
    Given,
    /// Calls whose proof cannot be checked are refused, too: all that come are proved.
    Valid,
}

impl ProofRule {
    /// Whether the proof is looked at.
    #[must_use]
    pub fn looks(self) -> bool {
        self > ProofRule::Ignored
    }

    /// Whether a call of which this is known is refused.
    #[must_use]
    pub fn refuses(self, verdict: ProofVerdict) -> bool {
        match verdict.standing() {
            Verstat::Passed => false,
            Verstat::Failed => self >= ProofRule::NotWrong,
            Verstat::None if verdict == ProofVerdict::Missing => self >= ProofRule::Given,
            Verstat::None => self >= ProofRule::Valid,
        }
    }

    /// Its word in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ProofRule::Ignored => "ignored",
            ProofRule::Told => "told",
            ProofRule::NotWrong => "not_wrong",
            ProofRule::Given => "given",
            ProofRule::Valid => "valid",
        }
    }
}

/// What came of looking at a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofVerdict {
    /// The number is the caller's, as far as is said.
    Valid,
    /// There is none.
    Missing,
    /// Its certificate could not be got.
    Unfetchable,
    /// The exchange trusts no authority, so that it was not checked.
    NobodyTrusted,
    /// It is of another time.
    Stale,
    /// It cannot be understood, or is of another call, or was not signed by whom it names.
    Invalid,
    /// Its certificate cannot be used, leads to nobody who is trusted, or is not for the number.
    Untrusted,
}

// rfc: 9410 §3 not: no Reason with the protocol STIR is in the refusal

impl ProofVerdict {
    /// What telephones are told (3GPP TS 24.229 §7.2A.20).
    #[must_use]
    pub fn standing(self) -> Verstat {
        match self {
            ProofVerdict::Valid => Verstat::Passed,
            ProofVerdict::Missing | ProofVerdict::Unfetchable | ProofVerdict::NobodyTrusted => {
                Verstat::None
            }
            ProofVerdict::Stale | ProofVerdict::Invalid | ProofVerdict::Untrusted => {
                Verstat::Failed
            }
        }
    }

    /// The SIP status with which a call is refused for it (RFC 8224 §6.2.2); `None` for one that
    /// is never.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        match self {
            ProofVerdict::Valid => None,
            ProofVerdict::Stale => Some(403),
            ProofVerdict::Missing => Some(428),
            ProofVerdict::Unfetchable => Some(436),
            ProofVerdict::NobodyTrusted | ProofVerdict::Untrusted => Some(437),
            ProofVerdict::Invalid => Some(438),
        }
    }

    /// Its word in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ProofVerdict::Valid => "valid",
            ProofVerdict::Missing => "missing",
            ProofVerdict::Unfetchable => "unfetchable",
            ProofVerdict::NobodyTrusted => "nobody_trusted",
            ProofVerdict::Stale => "stale",
            ProofVerdict::Invalid => "invalid",
            ProofVerdict::Untrusted => "untrusted",
        }
    }
}

impl From<&Verdict> for ProofVerdict {
    fn from(verdict: &Verdict) -> ProofVerdict {
        match verdict {
            Verdict::Valid { .. } => ProofVerdict::Valid,
            Verdict::NoIdentity => ProofVerdict::Missing,
            Verdict::Unfetchable => ProofVerdict::Unfetchable,
            Verdict::NobodyTrusted => ProofVerdict::NobodyTrusted,
            Verdict::Stale => ProofVerdict::Stale,
            Verdict::BadCertificate | Verdict::UntrustedChain | Verdict::NotForNumber => {
                ProofVerdict::Untrusted
            }
            Verdict::Unreadable(_)
            | Verdict::Mismatch(_)
            | Verdict::Broken(_)
            | Verdict::BadSignature => ProofVerdict::Invalid,
        }
    }
}

/// What the record keeps of a proof that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// What came of it.
    pub verdict: ProofVerdict,
    /// How far somebody vouches for the number; `None` where the proof is not valid or does not
    /// say.
    pub attestation: Option<Attestation>,
    /// Why, in words.
    pub because: String,
}

impl From<&Verdict> for Proved {
    fn from(verdict: &Verdict) -> Proved {
        let attestation = match verdict {
            Verdict::Valid { attest } => *attest,
            Verdict::NoIdentity
            | Verdict::Unreadable(_)
            | Verdict::Stale
            | Verdict::Mismatch(_)
            | Verdict::Broken(_)
            | Verdict::Unfetchable
            | Verdict::NobodyTrusted
            | Verdict::BadCertificate
            | Verdict::UntrustedChain
            | Verdict::NotForNumber
            | Verdict::BadSignature => None,
        };
        Proved {
            verdict: ProofVerdict::from(verdict),
            attestation,
            because: verdict.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [ProofRule; 5] = [
        ProofRule::Ignored,
        ProofRule::Told,
        ProofRule::NotWrong,
        ProofRule::Given,
        ProofRule::Valid,
    ];

    // rfc: 8224 §6.2.2 who wants better refuses with 403, 428, 436, 437 or 438
    #[test]
    fn each_rule_refuses_what_the_one_before_it_does_and_more() {
        for (verdict, from, status) in [
            (ProofVerdict::Valid, None, None),
            (ProofVerdict::Stale, Some(ProofRule::NotWrong), Some(403)),
            (ProofVerdict::Invalid, Some(ProofRule::NotWrong), Some(438)),
            (
                ProofVerdict::Untrusted,
                Some(ProofRule::NotWrong),
                Some(437),
            ),
            (ProofVerdict::Missing, Some(ProofRule::Given), Some(428)),
            (ProofVerdict::Unfetchable, Some(ProofRule::Valid), Some(436)),
            (
                ProofVerdict::NobodyTrusted,
                Some(ProofRule::Valid),
                Some(437),
            ),
        ] {
            for rule in RULES {
                let wanted = from.is_some_and(|from| rule >= from);
                assert_eq!(rule.refuses(verdict), wanted, "{rule:?} {verdict:?}");
            }
            assert_eq!(verdict.status(), status);
        }
    }

    #[test]
    fn the_words_are_those_of_documents_and_records() {
        for rule in RULES {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        }
        for verdict in [
            Verdict::Valid { attest: None },
            Verdict::NoIdentity,
            Verdict::Unfetchable,
            Verdict::NobodyTrusted,
            Verdict::Stale,
            Verdict::BadSignature,
            Verdict::NotForNumber,
        ] {
            let kept = Proved::from(&verdict);
            let word = serde_json::to_value(kept.verdict).unwrap();
            assert_eq!(word, kept.verdict.as_str());
            assert_eq!(kept.verdict.standing(), verdict.verstat());
            assert_eq!(
                kept.verdict.status(),
                verdict.refusal().map(|(status, _)| status)
            );
        }
    }
}
