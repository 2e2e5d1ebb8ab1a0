//! A proof that came with a call: first what can be told from the message alone, then what its
//! certificate says (RFC 8224 §6.2).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use machine::WallTime;

use crate::claims::{header_json, read_header};
use crate::{
    ALG, Chain, Claims, Destination, Identity, Party, PublicKey, Roots, Says, Unreadable, Verdict,
};

/// How far the time of a proof may lie from the present, before or after it (RFC 8224 §6.2.2 has
/// it as the verifier's matter; ATIS-1000074 §5.3.1 says one minute).
pub const FRESH: Duration = Duration::from_secs(60);

/// Octets of a signature.
const SIGNATURE: usize = 64;

/// What the message itself says, against which a proof is held.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Who calls.
    pub orig: &'a Party,
    /// Who is called.
    pub dest: &'a Party,
    /// The header Date, of which a proof in the compact form is made; else it is not asked for.
    pub date: Option<WallTime>,
    /// Now.
    pub now: WallTime,
}

/// A proof that is about this call and of this moment. Who gave it is still to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    text: String,
    signature: Vec<u8>,
    claims: Claims,
    x5u: String,
}

impl Claimed {
    /// Reads a value of the header Identity without holding it against anything.
    ///
    /// # Errors
    /// [`Unreadable`]. The compact form says nothing by itself: it is malformed here.
    pub fn read(value: &str) -> Result<Claimed, Unreadable> {
        let identity = Identity::read(value).ok_or(Unreadable::Malformed)?;
        known_algorithm(&identity)?;
        let mut parts = identity.token.split('.');
        let (header, claims) = (parts.next(), parts.next());
        let (signature, rest) = (parts.next(), parts.next());
        let (Some(header), Some(claims), Some(signature), None) = (header, claims, signature, rest)
        else {
            return Err(Unreadable::Malformed);
        };
        let (ppt, x5u) = read_header(&decoded(header)?)?;
        let said = identity.ppt;
        if said.is_some() && said != ppt.as_deref() {
            return Err(Unreadable::Claim("ppt"));
        }
        if x5u != identity.info {
            return Err(Unreadable::Claim("x5u"));
        }
        Ok(Claimed {
            text: format!("{header}.{claims}"),
            signature: signature_of(signature)?,
            claims: Claims::read(&decoded(claims)?, ppt.as_deref())?,
            x5u,
        })
    }

    /// Reads a value of the header Identity and holds it against the message.
    ///
    /// # Errors
    /// What is wrong with it, before any certificate is looked at.
    pub fn of(value: &str, standing: &Standing<'_>) -> Result<Claimed, Verdict> {
        let identity = Identity::read(value);
        let identity = identity.ok_or(Verdict::Unreadable(Unreadable::Malformed))?;
        let Standing {
            orig, dest, date, ..
        } = *standing;
        let claimed = match identity.token.starts_with("..") {
            true => Claimed::compact(&identity, orig, dest, date),
            false => Claimed::read(value),
        };
        let claimed = claimed.map_err(Verdict::Unreadable)?;
        claimed.stands(standing)?;
        Ok(claimed)
    }

    /// A proof in the compact form (RFC 8225 §7): what was signed is made anew of the message.
    pub(crate) fn compact(
        identity: &Identity<'_>,
        orig: &Party,
        dest: &Party,
        date: Option<WallTime>,
    ) -> Result<Claimed, Unreadable> {
        known_algorithm(identity)?;
        if identity.ppt.is_some() {
            // its claims of its own cannot be told from the message
            return Err(Unreadable::Extension);
        }
        let signature = identity.token.strip_prefix("..");
        let claims = Claims {
            orig: orig.clone(),
            dest: Destination::one(dest.clone()),
            iat: date.ok_or(Unreadable::Claim("iat"))?,
            says: Says::Plain,
        };
        let header = URL_SAFE_NO_PAD.encode(header_json(&claims.says, identity.info));
        let body = URL_SAFE_NO_PAD.encode(claims.to_json());
        Ok(Claimed {
            text: format!("{header}.{body}"),
            signature: signature_of(signature.unwrap_or_default())?,
            claims,
            x5u: identity.info.to_owned(),
        })
    }

    /// Whether it is about this call and of this moment.
    fn stands(&self, standing: &Standing<'_>) -> Result<(), Verdict> {
        let Claims {
            orig, dest, iat, ..
        } = &self.claims;
        let (iat, now) = (*iat, standing.now);
        if iat.saturating_since(now).max(now.saturating_since(iat)) > FRESH {
            return Err(Verdict::Stale);
        }
        if orig != standing.orig {
            return Err(Verdict::Mismatch("orig"));
        }
        if !dest.names(standing.dest) {
            return Err(Verdict::Mismatch("dest"));
        }
        Ok(())
    }

    /// What it says.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Where its certificate is found.
    #[must_use]
    pub fn x5u(&self) -> &str {
        &self.x5u
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.checks(self.text.as_bytes(), &self.signature)
    }

    /// What is to be made of it with its certificate, which was found where it says.
    #[must_use]
    pub fn judge(&self, chain: &Chain, roots: &Roots, now: WallTime) -> Verdict {
        let first = chain.first();
        if !chain.leads_to(roots, now) {
            return Verdict::UntrustedChain;
        }
        if !self.is_signed_by(&first.key) {
            return Verdict::BadSignature;
        }
        // who diverts a call vouches for whom it was for, not for who calls (RFC 8946 §4)
        let vouched = match &self.claims.says {
            Says::Diverted { from } => from,
            Says::Plain | Says::Shaken { .. } => &self.claims.orig,
        };
        if let (Some(numbers), Party::Tn(number)) = (&first.numbers, vouched)
            && !numbers.covers(number)
        {
            return Verdict::NotForNumber;
        }
        let attest = match &self.claims.says {
            Says::Shaken { attest, .. } => Some(*attest),
            Says::Plain | Says::Diverted { .. } => None,
        };
        Verdict::Valid { attest }
    }
}

fn known_algorithm(identity: &Identity<'_>) -> Result<(), Unreadable> {
    match identity.alg {
        None => Ok(()),
        Some(alg) if alg == ALG => Ok(()),
        Some(_) => Err(Unreadable::Algorithm),
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, Unreadable> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Unreadable::Malformed)
}

fn signature_of(part: &str) -> Result<Vec<u8>, Unreadable> {
    let signature = decoded(part)?;
    match signature.len() {
        SIGNATURE => Ok(signature),
        _ => Err(Unreadable::Malformed),
    }
}
