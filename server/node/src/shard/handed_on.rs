//! Proof of who calls that others gave, handed on with a call that the company sends on, beside its
//! own proof that it does (RFC 8946 §4).

use super::Shard;
use crate::calls::Entry;
use crate::trunks::Line;
use call::{Passed, TrunkAttempt};
use domain::{CompiledTenant, E164};
use machine::Instant;
use sip_message::{Message, Name};
use stir::{Claimed, Claims, DIVERSIONS_MAX, Destination, Number, Party, Says, original};

use super::proof::{called, signed};

/// Most proofs that a call brings along: one of who calls, and those of its diversions.
const PROOFS_MAX: usize = DIVERSIONS_MAX + 1;

/// The proofs that come with a carrier's call; none where there are more than any call has.
pub(crate) fn proofs_of(message: &Message) -> Vec<String> {
    let proofs = message.values(Name::Identity).map(str::to_owned);
    let proofs: Vec<String> = proofs.take(PROOFS_MAX + 1).collect();
    match proofs.len() {
        0..=PROOFS_MAX => proofs,
        _ => Vec::new(),
    }
}

impl Shard {
    /// The headers Identity of an attempt that shows the number of somebody outside: the proofs
    /// that came with the call, untouched, and one that says for whom the call was and that it is
    /// sent on. None where they are not about this call, or no key stands for the number that was
    /// called: whoever gets them would find them wrong.
    pub(super) fn handed_on(
        &self,
        (entry, passed): (&Entry, &Passed),
        (line, attempt): (&Line, &TrunkAttempt),
        uri: &str,
        now: Instant,
    ) -> Option<Vec<(Name<'static>, String)>> {
        let tenant = self.tenants.compiled(entry.tenant)?;
        let mut keys = tenant.signing_keys().iter();
        let key = keys.find(|key| Some(key.id) == passed.key)?;
        let proofs = &entry.brought.proofs;
        // of other sorts there are some, which go along
        let read = proofs.iter().filter_map(|proof| Claimed::read(proof).ok());
        let claims: Vec<Claims> = read.map(|read| read.claims().clone()).collect();
        let (orig, from) = sent_on_by(&tenant, passed, &claims)?;
        let iat = self.clock.wall(now);
        if !key.stands_for(&from, iat) {
            return None;
        }
        let claims = Claims {
            orig,
            dest: Destination::one(called(line, attempt, uri)),
            iat,
            says: Says::Diverted {
                from: Party::Tn(from),
            },
        };
        let all = proofs.iter().cloned().chain([signed(key, claims)]);
        Some(all.map(|proof| (Name::Identity, proof)).collect())
    }
}

/// Who calls by the proofs of a call, and the company's number that they are about; nothing where
/// they do not hang together, or tell of another caller than the one who is shown.
fn sent_on_by(
    tenant: &CompiledTenant,
    passed: &Passed,
    claims: &[Claims],
) -> Option<(Party, Number)> {
    let shown = Party::Tn(Number::canonical(&passed.number)?);
    let is_own = |number: &Number| {
        let number = E164::of_digits(number.as_str());
        number.is_some_and(|number| tenant.number(&number).is_some())
    };
    let hangs_together = |number: &Number| {
        let first = original(claims, &Party::Tn(number.clone())).ok();
        let first = first.and_then(|at| claims.get(at));
        first.is_some_and(|first| first.orig == shown)
    };
    let mut called = claims.iter().flat_map(|one| &one.dest.tn);
    let from = called.find(|number| is_own(number) && hangs_together(number))?;
    Some((shown.clone(), from.clone()))
}
