//! Calls that come in by a trunk.

use crate::circumstances::Circumstances;
use crate::{Explanation, Fare, Purpose, Refusal, RouteRequest, Step, forward, ring};
use domain::{
    CompiledExtension, CompiledInbound, CompiledTenant, CompiledTrunk, E164, InboundCall,
    ProofRule, ProofVerdict,
};
use ids::TrunkId;
use machine::WallTime;
use stir::Verstat;

/// What to do with a call that came in by a trunk.
pub(crate) fn steps(
    tenant: &CompiledTenant,
    (trunk, now): (TrunkId, Circumstances<'_>),
    request: &RouteRequest,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    match found(tenant, (trunk, now.at), request, why) {
        Ok(extension) => forward::steps(tenant, extension, request, now, why),
        Err(refusal) => (vec![Step::Refuse(refusal)], None),
    }
}

/// What comes before all routes: whoever called for help a short while ago rings, whatever else
/// is done with calls for the number.
pub(crate) fn called_back(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Option<Step> {
    let extension = request.back_to.and_then(|id| tenant.extension(id))?;
    let number = &extension.number;
    let because = format!("{number} called for help a short while ago and is called back first");
    why.add("emergency.called_back", because);
    let step = ring::step(tenant, extension, request, why);
    (!matches!(step, Step::Refuse(_))).then_some(step)
}

fn found<'a>(
    tenant: &'a CompiledTenant,
    (trunk, at): (TrunkId, WallTime),
    request: &RouteRequest,
    why: &mut Explanation,
) -> Result<&'a CompiledExtension, Refusal> {
    let Some(trunk) = tenant.trunk(trunk).filter(|trunk| trunk.spec.enabled) else {
        let because = "the trunk is switched off, or not for this company";
        why.add("trunk.unusable", because);
        return Err(Refusal::NOT_FOUND);
    };
    if request.purpose == Purpose::Transfer && !trunk.spec.dialogs.referrals {
        let name = &trunk.spec.name;
        let because = format!("whoever is at the trunk {name} does not send its calls on");
        why.add("transfer.outside", because);
        return Err(Refusal::FORBIDDEN);
    }
    let called = called(tenant, trunk, request, why)?;
    let caller = trunk.spec.read_number(&request.caller.number);
    let call = InboundCall {
        trunk: trunk.id,
        called: &called,
        caller: caller.as_ref(),
        at,
    };
    let Some((route, offset)) = tenant.inbound(&call) else {
        let because = format!("no inbound route fits a call for {called}");
        why.add("inbound.no_route", because);
        return Err(Refusal::NOT_FOUND);
    };
    if let Some(schedule) = &route.schedule {
        let (name, revision) = (&schedule.spec.name, schedule.revision);
        let standing = schedule.standing(at).as_str();
        let because = format!("schedule {name}, revision {revision}, is {standing} at that time");
        why.add("inbound.schedule", because);
    }
    proved(route, request, why)?;
    by_route(tenant, route, (&called, offset), why)
}

/// What is to be made of the proof of who calls with such a call: what the company's route for it
/// says; it is left alone where no route fits, and for whoever calls back after a call for help.
#[must_use]
pub fn proof_rule(tenant: &CompiledTenant, request: &RouteRequest, at: WallTime) -> ProofRule {
    let rule = || {
        let trunk = tenant.trunk(request.caller.trunk?)?;
        let called = trunk.spec.read_number(&request.dialled.user)?;
        let caller = trunk.spec.read_number(&request.caller.number);
        let call = InboundCall {
            trunk: trunk.id,
            called: &called,
            caller: caller.as_ref(),
            at,
        };
        let (route, _) = tenant.inbound(&call)?;
        Some(route.spec.proof)
    };
    match request.back_to {
        Some(_) => ProofRule::Ignored,
        None => rule().unwrap_or_default(),
    }
}

/// Whether the route takes a call of whose proof this is known. What nobody has looked at refuses
/// nothing.
fn proved(
    route: &CompiledInbound,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Result<(), Refusal> {
    let rule = route.spec.proof;
    if !rule.looks() {
        return Ok(());
    }
    let by = format!(
        "inbound route {}, revision {}, whose proof is {}",
        route.spec.name,
        route.revision,
        rule.as_str()
    );
    let Some(proof) = &request.caller.proof else {
        let because = format!("the proof of who calls was not looked at ({by})");
        why.add("proof.unseen", because);
        return Ok(());
    };
    let because = format!("{} ({by})", proof.because);
    match proof.verdict.standing() {
        Verstat::Passed => why.add("proof.valid", because),
        Verstat::Failed => why.add("proof.wrong", because),
        Verstat::None if proof.verdict == ProofVerdict::Missing => {
            why.add("proof.missing", because);
        }
        Verstat::None => why.add("proof.unchecked", because),
    }
    match proof
        .verdict
        .status()
        .filter(|_| rule.refuses(proof.verdict))
    {
        Some(status) => Err(Refusal::unproved(status)),
        None => Ok(()),
    }
}

/// The called number. On a shared trunk only the company's own numbers are its business.
fn called(
    tenant: &CompiledTenant,
    trunk: &CompiledTrunk,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Result<E164, Refusal> {
    let text = &request.dialled.user;
    let (name, revision) = (&trunk.spec.name, trunk.revision);
    let Some(called) = trunk.spec.read_number(text) else {
        let because =
            format!("{text} is no number in the form of trunk {name}, revision {revision}");
        why.add("inbound.not_a_number", because);
        return Err(Refusal::NOT_FOUND);
    };
    if !trunk.own && tenant.number(&called).is_none() {
        let because = format!("{called} is no number of this company's");
        why.add("inbound.number_unknown", because);
        return Err(Refusal::NOT_FOUND);
    }
    let because = format!("a call for {called} came in by trunk {name}, revision {revision}");
    why.add("inbound.trunk", because);
    Ok(called)
}

fn by_route<'a>(
    tenant: &'a CompiledTenant,
    route: &CompiledInbound,
    (called, offset): (&E164, u64),
    why: &mut Explanation,
) -> Result<&'a CompiledExtension, Refusal> {
    let by = format!(
        "inbound route {}, revision {}",
        route.spec.name, route.revision
    );
    let number = route.extension_at(offset);
    let extension = match (&number, route.spec.extension) {
        (Some(number), _) => tenant.extension_by_number(number),
        (None, Some(id)) => tenant.extension(id),
        (None, None) => None,
    };
    let Some(extension) = extension.filter(|extension| extension.enabled) else {
        let named = number.map_or_else(String::new, |number| format!(" {number}"));
        let because = format!("the extension{named} for {called} is not in use ({by})");
        why.add("inbound.no_extension", because);
        return Err(Refusal::NOT_FOUND);
    };
    let because = format!("{called} leads to {} ({by})", extension.number);
    why.add("inbound.route", because);
    Ok(extension)
}
