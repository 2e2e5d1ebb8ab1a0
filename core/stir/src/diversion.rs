//! The proofs of a diverted call: each says for whom the call was before (RFC 8946).

use std::fmt;

use crate::{Claims, Party, Says};

/// Most diversions of one call that are followed.
pub const DIVERSIONS_MAX: usize = 10;

/// Why the proofs of a call do not lead from the first destination to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// None of them says who calls.
    NoOriginal,
    /// More than one says who calls.
    TwoOriginals,
    /// One of them does not follow any other.
    Gap,
    /// There are more than [`DIVERSIONS_MAX`].
    TooMany,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Broken::NoOriginal => "no proof says who calls",
            Broken::TwoOriginals => "two proofs say who calls",
            Broken::Gap => "a diversion follows none of the others",
            Broken::TooMany => "there are more than 10 diversions",
        })
    }
}

/// Whether a proof of a diversion follows another proof: of the same caller, diverted by one whom
/// the other names as called, and not signed before it (RFC 8946 §5).
#[must_use]
pub fn follows(before: &Claims, diverted: &Claims) -> bool {
    match &diverted.says {
        Says::Diverted { from } => {
            before.orig == diverted.orig && before.dest.names(from) && before.iat <= diverted.iat
        }
        Says::Plain | Says::Shaken { .. } => false,
    }
}

/// Of the proofs of a call in any order, the place of the one that says who calls, where all the
/// others lead from it to who is called now.
///
/// # Errors
/// [`Broken`].
pub fn original(proofs: &[Claims], called: &Party) -> Result<usize, Broken> {
    let places = course(proofs, called)?;
    places.first().copied().ok_or(Broken::NoOriginal)
}

/// The places of the proofs of a call, from the one that says who calls to the one that names who
/// is called now, each diversion behind what it follows.
///
/// # Errors
/// [`Broken`].
pub fn course(proofs: &[Claims], called: &Party) -> Result<Vec<usize>, Broken> {
    if proofs.len() > DIVERSIONS_MAX + 1 {
        return Err(Broken::TooMany);
    }
    let is_original = |claims: &Claims| !matches!(claims.says, Says::Diverted { .. });
    let all = || (0..).zip(proofs);
    let mut originals = all().filter(|(_, claims)| is_original(claims));
    let (at, first) = originals.next().ok_or(Broken::NoOriginal)?;
    if originals.next().is_some() {
        return Err(Broken::TwoOriginals);
    }
    let diverted = all().filter(|(_, claims)| !is_original(claims));
    let mut left: Vec<(usize, &Claims)> = diverted.collect();
    let (mut places, mut last) = (vec![at], first);
    while !left.is_empty() {
        let mut waiting = left.iter();
        let next = waiting.position(|(_, claims)| follows(last, claims));
        let (at, claims) = left.swap_remove(next.ok_or(Broken::Gap)?);
        places.push(at);
        last = claims;
    }
    match last.dest.names(called) {
        true => Ok(places),
        false => Err(Broken::Gap),
    }
}
