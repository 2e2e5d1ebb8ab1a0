//! Proof of who calls: what a carrier gets signed, beside the number that is shown (RFC 8224 §6.1).

use super::Shard;
use crate::calls::Entry;
use crate::trunks::Line;
use call::TrunkAttempt;
use domain::CompiledSigningKey;
use machine::Instant;
use sip_message::{Name, http_date};
use stir::{Claims, Destination, Number, OrigId, Party, Passport, Says};

impl Shard {
    /// The headers Date and Identity of an attempt, made anew for each, since each is of its own
    /// moment. None where nothing is vouched for; and where the key is gone since the call was
    /// planned, the call goes on without: nobody is refused for a proof that we do not give.
    pub(crate) fn proof(
        &self,
        entry: &Entry,
        (line, attempt): (&Line, &TrunkAttempt),
        uri: &str,
        now: Instant,
    ) -> Vec<(Name<'static>, String)> {
        if let Some(passed) = &attempt.caller {
            let passed = (entry, passed);
            let proofs = self.handed_on(passed, (line, attempt), uri, now);
            return proofs.unwrap_or_default();
        }
        let proof = || {
            let vouched = attempt.vouched.as_ref()?;
            let tenant = self.tenants.compiled(entry.tenant)?;
            let mut keys = tenant.signing_keys().iter();
            let key = keys.find(|key| key.id == vouched.key)?;
            let iat = self.clock.wall(now);
            let claims = Claims {
                orig: Party::Tn(Number::canonical(attempt.identity.as_deref()?)?),
                dest: Destination::one(called(line, attempt, uri)),
                iat,
                says: Says::Shaken {
                    attest: vouched.attestation,
                    origid: vouched.origid.parse::<OrigId>().ok()?,
                },
            };
            let identity = signed(key, claims);
            let date = http_date(iat.unix_ms().div_euclid(1_000));
            Some(vec![(Name::Date, date), (Name::Identity, identity)])
        };
        proof().unwrap_or_default()
    }
}

/// The header Identity that says this, by a key.
pub(super) fn signed(key: &CompiledSigningKey, claims: Claims) -> String {
    let x5u = key.x5u.to_string();
    Passport { claims, x5u }.sign(&key.key).identity()
}

/// Who is called: a number of the world, or one as it is dialled; help, where it is asked for by
/// its service (RFC 5031).
pub(super) fn called(line: &Line, attempt: &TrunkAttempt, uri: &str) -> Party {
    if uri.starts_with("urn:") {
        return Party::Uri(uri.to_owned());
    }
    let number = line.understood(&attempt.called);
    let digits = number
        .as_ref()
        .map_or(attempt.called.as_str(), |number| number.digits());
    match Number::canonical(digits) {
        Some(number) => Party::Tn(number),
        None => Party::Uri(uri.to_owned()),
    }
}
