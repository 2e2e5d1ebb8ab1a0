//! Calls that go out by trunks.

use crate::called::Called;
use crate::circumstances::Circumstances;
use crate::dialled::Forms;
use crate::{
    Explanation, Failover, Fare, Refusal, RouteRequest, Step, attestation, class, emergency,
    identity, order, toll,
};
use domain::{
    CallClass, CompiledExtension, CompiledOutbound, CompiledTenant, CompiledTrunk, OutboundRoute,
};
use machine::WallTime;
use std::time::Duration;

/// A route that takes a call, what goes on the wire, and the class of the call.
type Taken<'a> = (&'a CompiledOutbound, Called, CallClass);

/// What to do with a number that nothing inside the company has, and what it costs.
pub(crate) fn steps(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    match found(tenant, request, now, why) {
        Ok(found) => found,
        Err(refusal) => (vec![Step::Refuse(refusal)], None),
    }
}

fn found(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> Result<(Vec<Step>, Option<Fare>), Refusal> {
    let forms = Forms::of(tenant, &request.dialled.user, why);
    let routes = tenant.outbound(&forms.all());
    if routes.is_empty() {
        let dialled = &forms.dialled;
        let because = format!("no extension and no outbound route of this company fits {dialled}");
        why.add("number.unknown", because);
        return Err(Refusal::NOT_FOUND);
    }
    let caller = request.caller.extension.and_then(|id| tenant.extension(id));
    let Some(caller) = caller.filter(|caller| caller.enabled) else {
        let because = "only extensions of this company call by its trunks";
        why.add("outbound.no_extension", because);
        return Err(Refusal::FORBIDDEN);
    };
    let (route, called, class) = allowed(tenant, &routes, (caller, now.at), why)?;
    // whoever is sent on to help costs what that costs
    let counted = !emergency::is_wanted(tenant, request);
    let fare = counted.then(|| Fare {
        device: request.caller.device,
        extension: caller.id,
        toll: called.toll(class, order::dearest(tenant, route, &called, now)),
    });
    if let Some(fare) = &fare {
        toll::check(tenant, (request, caller), (&fare.toll, now.at), why)?;
    }
    let shown = identity::shown(tenant, route, caller, why);
    let shown = shown.map(|number| number.e164.digits().to_owned());
    let going = (&called, shown.as_deref());
    let mut trunks = usable(tenant, route, why);
    if counted {
        trunks = order::of(tenant, (route, &called), now, trunks, why);
    }
    if trunks.is_empty() {
        let because = format!("no trunk of the route {} can be used", route.spec.name);
        why.add("outbound.no_trunk", because);
        return Err(Refusal::NO_TRUNK);
    }
    let steps = trunks.into_iter();
    let steps = steps.map(|trunk| by_trunk(tenant, (request, now.at), (route, trunk), going, why));
    Ok((steps.collect(), fare))
}

/// The first route by which the caller may call there, and what goes on the wire.
fn allowed<'a>(
    tenant: &CompiledTenant,
    routes: &[(&'a CompiledOutbound, &str)],
    (caller, at): (&CompiledExtension, WallTime),
    why: &mut Explanation,
) -> Result<Taken<'a>, Refusal> {
    for (route, form) in routes {
        let by = format!(
            "outbound route {}, revision {}",
            route.spec.name, route.revision
        );
        if !route.is_for(at) {
            let when = route.spec.when.as_str();
            let because = format!("it is not the time of {by}, which is for when it is {when}");
            why.add("outbound.schedule", because);
            continue;
        }
        let member = match member_of(&route.spec, caller, &by) {
            Ok(member) => member,
            Err(because) => {
                why.add("outbound.not_allowed", because);
                continue;
            }
        };
        let called = Called::by(route, form, why)?;
        if let Some(class) = class::admits(tenant, (route, &by), caller, &called, why)? {
            let because = format!("{} may call by {by}{member}", caller.number);
            why.add("outbound.route", because);
            return Ok((route, called, class));
        }
    }
    Err(Refusal::FORBIDDEN)
}

/// By what a caller is among those whom a route is for, in words to end a sentence with.
///
/// # Errors
/// It is not, in a sentence.
fn member_of(
    route: &OutboundRoute,
    caller: &CompiledExtension,
    by: &str,
) -> Result<String, String> {
    if !route.is_for_some() || route.extensions.contains(&caller.id) {
        return Ok(String::new());
    }
    if let Some(group) = route.group_of(caller.groups()) {
        return Ok(format!(", as one of the group {group}"));
    }
    let (number, groups) = (&caller.number, route.for_groups.join(", "));
    Err(match (route.extensions.is_empty(), groups.is_empty()) {
        (true, _) => format!("{number} is in none of the groups of {by}: {groups}"),
        (false, true) => format!("{number} is not among the extensions of {by}"),
        (false, false) => {
            format!("{number} is neither among the extensions of {by} nor in its groups: {groups}")
        }
    })
}

/// The trunks of a route that can be used, as they are listed.
fn usable<'a>(
    tenant: &'a CompiledTenant,
    route: &CompiledOutbound,
    why: &mut Explanation,
) -> Vec<&'a CompiledTrunk> {
    let mut usable = Vec::with_capacity(route.spec.trunks.len());
    for id in &route.spec.trunks {
        let Some(trunk) = tenant.trunk(*id) else {
            let because = format!("the trunk {id} is not for this company, or is gone");
            why.add("trunk.not_shared", because);
            continue;
        };
        if trunk.spec.enabled {
            usable.push(trunk);
            continue;
        }
        let (name, revision) = (&trunk.spec.name, trunk.revision);
        let because = format!("trunk {name}, revision {revision}, is switched off");
        why.add("trunk.disabled", because);
    }
    usable
}

/// The step by which a call goes out by a trunk.
fn by_trunk(
    tenant: &CompiledTenant,
    asked: (&RouteRequest, WallTime),
    (route, trunk): (&CompiledOutbound, &CompiledTrunk),
    (called, shown): (&Called, Option<&str>),
    why: &mut Explanation,
) -> Step {
    let (name, revision) = (&trunk.spec.name, trunk.revision);
    let wire = called.on(trunk);
    let because = format!("trunk {name}, revision {revision}, is asked for {wire}");
    why.add("outbound.trunk", because);
    let failover = Failover::of(&trunk.spec);
    if let Some(told) = failover.told() {
        let because = format!("trunk {name}, revision {revision}: {told}");
        why.add("trunk.failover", because);
    }
    let attested = attestation::of(tenant, asked, (trunk, shown), why);
    Step::Trunk {
        trunk: trunk.id,
        called: wire,
        identity: shown.map(str::to_owned),
        attested,
        caller: None,
        failover,
        tells_who_answers: route.spec.tells_who_answers,
        timeout: Duration::from_secs(route.spec.ring_seconds.into()),
    }
}
