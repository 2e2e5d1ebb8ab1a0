//! All proofs that came with one call: which of them says who calls, whether the others lead from
//! there to who is called now, and what the certificates say (RFC 8224 §6.2, RFC 8946 §5).

use std::time::Duration;

use machine::WallTime;

use crate::claimed::{Claimed, FRESH};
use crate::{Broken, Chain, Claims, DIVERSIONS_MAX, Identity, Party, Roots, Unreadable, Verdict};
use crate::{Says, course};

/// How long before a diversion the proof before it may have been signed: a telephone rang in
/// between, for three minutes at most (RFC 3261 §16.6, timer C).
pub const DIVERTED_WITHIN: Duration = Duration::from_secs(180);

/// What the message says of the call.
#[derive(Clone, Copy, Debug)]
pub struct Signalled<'a> {
    /// Who calls; `None` where no number or address is said.
    pub orig: Option<&'a Party>,
    /// Who is called now.
    pub dest: &'a Party,
    /// The header Date, of which a proof in the compact form is made.
    pub date: Option<WallTime>,
    /// Now.
    pub now: WallTime,
}

/// What is known of the certificate at an address.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// This is it.
    Chain(&'a Chain),
    /// What was got is no certificate that can be used.
    Bad,
    /// It could not be got.
    Unfetchable,
}

/// Proofs that are about this call and of this moment. Who gave them is still to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined(Vec<Claimed>);

impl Examined {
    /// Reads the values of the headers Identity of a call and holds them against its message.
    /// Those of a sort that is not known here count as if they were not there (RFC 8224 §6.2).
    ///
    /// # Errors
    /// What is wrong, before any certificate is looked at.
    pub fn of<'a>(
        values: impl IntoIterator<Item = &'a str>,
        call: &Signalled<'_>,
    ) -> Result<Examined, Verdict> {
        let mut proofs = Vec::new();
        for value in values {
            match read(value, call) {
                Ok(_) if proofs.len() > DIVERSIONS_MAX => {
                    return Err(Verdict::Broken(Broken::TooMany));
                }
                Ok(claimed) => proofs.push(claimed),
                Err(Unreadable::Extension) => {}
                Err(unreadable) => return Err(Verdict::Unreadable(unreadable)),
            }
        }
        if proofs.is_empty() {
            return Err(Verdict::NoIdentity);
        }
        in_order(proofs, call)
    }

    /// Where their certificates are found, each address once.
    #[must_use]
    pub fn certificates(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.0.iter().map(Claimed::x5u).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What is to be made of them with what was found at their addresses: all must stand, and
    /// what the one that says who calls says is said of the call.
    #[must_use]
    pub fn judge<'a>(
        &self,
        seen: impl Fn(&str) -> Seen<'a>,
        roots: &Roots,
        now: WallTime,
    ) -> Verdict {
        let mut first = None;
        for proof in &self.0 {
            let verdict = match seen(proof.x5u()) {
                Seen::Chain(chain) => proof.judge(chain, roots, now),
                Seen::Bad => Verdict::BadCertificate,
                Seen::Unfetchable => Verdict::Unfetchable,
            };
            if !matches!(verdict, Verdict::Valid { .. }) {
                return verdict;
            }
            first = first.or(Some(verdict));
        }
        first.unwrap_or(Verdict::NoIdentity)
    }
}

/// Reads one value. In the compact form it is about the call by its making, or not signed so.
fn read(value: &str, call: &Signalled<'_>) -> Result<Claimed, Unreadable> {
    let identity = Identity::read(value).ok_or(Unreadable::Malformed)?;
    match (identity.token.strip_prefix(".."), call.orig) {
        (Some(_), Some(orig)) => Claimed::compact(&identity, orig, call.dest, call.date),
        (Some(_), None) => Err(Unreadable::Claim("orig")),
        (None, _) => Claimed::read(value),
    }
}

/// The proofs from who calls to who is called now, if they are about the call and fresh.
fn in_order(proofs: Vec<Claimed>, call: &Signalled<'_>) -> Result<Examined, Verdict> {
    let claims: Vec<Claims> = proofs.iter().map(|one| one.claims().clone()).collect();
    let diverted = |one: &Claims| matches!(one.says, Says::Diverted { .. });
    let places = match claims.as_slice() {
        [one] if !diverted(one) && !one.dest.names(call.dest) => {
            return Err(Verdict::Mismatch("dest"));
        }
        all => course(all, call.dest).map_err(Verdict::Broken)?,
    };
    if claims.iter().any(|one| Some(&one.orig) != call.orig) {
        return Err(Verdict::Mismatch("orig"));
    }
    let times = places.iter().filter_map(|at| claims.get(*at));
    let times: Vec<WallTime> = times.map(|one| one.iat).collect();
    let apart = |a: WallTime, b: WallTime| a.saturating_since(b).max(b.saturating_since(a));
    let late = times
        .last()
        .is_none_or(|last| apart(*last, call.now) > FRESH);
    let mut steps = times.iter().zip(times.iter().skip(1));
    if late || steps.any(|(before, after)| apart(*before, *after) > DIVERTED_WITHIN) {
        return Err(Verdict::Stale);
    }
    let mut proofs: Vec<Option<Claimed>> = proofs.into_iter().map(Some).collect();
    let ordered = places.iter().filter_map(|at| proofs.get_mut(*at)?.take());
    Ok(Examined(ordered.collect()))
}
