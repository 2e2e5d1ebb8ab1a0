//! How far a call that goes out is vouched for, and by which key (RFC 8588 §4, ATIS-1000074
//! §5.2.3).

use crate::{Explanation, RouteRequest};
use domain::{CompiledSigningKey, CompiledTenant, CompiledTrunk, E164, TrunkAttestation};
use ids::SigningKeyId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use stir::{Attestation, Number};
use tenancy::Owner;

/// What is vouched for the number of a call, and by which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// How far.
    pub level: Attestation,
    /// By which key: the company's own, or one that is shared with it.
    pub key: SigningKeyId,
}

/// Decides it: what the caller and the number earn, and never more than the trunk may claim. `None`
/// for a call that is not signed: its trunk claims nothing, no number is shown, or no key stands
/// for the number.
pub(crate) fn of(
    tenant: &CompiledTenant,
    (request, at): (&RouteRequest, WallTime),
    (trunk, shown): (&CompiledTrunk, Option<&str>),
    why: &mut Explanation,
) -> Option<Attested> {
    let most = most(trunk.spec.attestation)?;
    let Some(shown) = shown.and_then(Number::canonical) else {
        let because = "nothing is signed, for no number is shown";
        why.add("attestation.anonymous", because);
        return None;
    };
    let Some(key) = key(tenant, trunk, &shown, at) else {
        let because = format!(
            "nothing is signed: neither a key of the company nor one that the owner of trunk {} \
             shares with it stands for +{shown} now",
            trunk.spec.name
        );
        why.add("attestation.no_key", because);
        return None;
    };
    let (earned, reason) = earned(tenant, request, &shown);
    let level = earned.min(most);
    let capped = match level < earned {
        true => format!("; trunk {} claims no more", trunk.spec.name),
        false => String::new(),
    };
    let (name, revision) = (&key.name, key.revision);
    let because =
        format!("attested {level} by signing key {name}, revision {revision}: {reason}{capped}");
    why.add("attestation.signed", because);
    Some(Attested { level, key: key.id })
}

/// The most that a trunk may claim.
fn most(attestation: TrunkAttestation) -> Option<Attestation> {
    match attestation {
        TrunkAttestation::None => None,
        TrunkAttestation::Gateway => Some(Attestation::Gateway),
        TrunkAttestation::Partial => Some(Attestation::Partial),
        TrunkAttestation::Full => Some(Attestation::Full),
    }
}

/// The key that signs: the company's own if it has one for the number, else one that the owner of
/// the trunk shares with it.
fn key<'a>(
    tenant: &'a CompiledTenant,
    trunk: &CompiledTrunk,
    shown: &Number,
    at: WallTime,
) -> Option<&'a CompiledSigningKey> {
    let of = |owner: Owner| {
        let mut keys = tenant.signing_keys().iter();
        keys.find(|key| key.owner == owner && key.stands_for(shown, at))
    };
    of(Owner::Tenant(tenant.id())).or_else(|| of(trunk.owner))
}

/// What a call earns, and why: A for a caller who has proved who they are and shows a number of
/// their company's; B for one who is known by the address alone, or shows another number; C for
/// whoever came in by a trunk.
fn earned(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    shown: &Number,
) -> (Attestation, Cow<'static, str>) {
    let caller = &request.caller;
    if caller.trunk.is_some() {
        return (Attestation::Gateway, "the call came in by a trunk".into());
    }
    let number = E164::of_digits(shown.as_str());
    let own = number.is_some_and(|number| tenant.number(&number).is_some());
    if !own {
        let reason = format!("+{shown} is no number of the company's");
        return (Attestation::Partial, reason.into());
    }
    let device = caller.device.and_then(|id| tenant.device(id));
    let proved = device.is_some_and(|device| match (device.trusted_source, request.from) {
        (None, _) => true,
        (Some(trusted), Some(from)) => trusted != from,
        // nobody knows whence it called, so its address may have been enough
        (Some(_), None) => false,
    });
    match proved {
        true => {
            let reason = format!("the device has proved itself and +{shown} is the company's");
            (Attestation::Full, reason.into())
        }
        false => {
            let reason = "the caller is known, but not by a secret of its device's";
            (Attestation::Partial, reason.into())
        }
    }
}
