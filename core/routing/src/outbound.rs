//! Calls that go out by trunks.

use crate::called::Called;
use crate::dialled::Forms;
use crate::{
    Explanation, Failover, Fare, Refusal, RouteRequest, Step, attestation, class, emergency,
    identity, toll,
};
use domain::{CallClass, CompiledExtension, CompiledOutbound, CompiledTenant, OutboundRoute};
use machine::WallTime;
use std::time::Duration;

/// A route that takes a call, what goes on the wire, and the class of the call.
type Taken<'a> = (&'a CompiledOutbound, Called, CallClass);

/// What to do with a number that nothing inside the company has, and what it costs.
pub(crate) fn steps(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    at: WallTime,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    match found(tenant, request, at, why) {
        Ok(found) => found,
        Err(refusal) => (vec![Step::Refuse(refusal)], None),
    }
}

fn found(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    at: WallTime,
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
    let (route, called, class) = allowed(tenant, &routes, (caller, at), why)?;
    // whoever is sent on to help costs what that costs
    let counted = !emergency::is_wanted(tenant, request);
    let fare = counted.then(|| Fare {
        device: request.caller.device,
        extension: caller.id,
        toll: called.toll(class),
    });
    if let Some(fare) = &fare {
        toll::check(tenant, (request, caller), (&fare.toll, at), why)?;
    }
    let shown = identity::shown(tenant, route, caller, why);
    let shown = shown.map(|number| number.e164.digits().to_owned());
    let going = (&called, shown.as_deref());
    let steps = by_trunks(tenant, (request, at), route, going, why);
    if steps.is_empty() {
        let because = format!("no trunk of the route {} can be used", route.spec.name);
        why.add("outbound.no_trunk", because);
        return Err(Refusal::NO_TRUNK);
    }
    Ok((steps, fare))
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

/// A step for each trunk of the route that can be used, in their order.
fn by_trunks(
    tenant: &CompiledTenant,
    asked: (&RouteRequest, WallTime),
    route: &CompiledOutbound,
    (called, shown): (&Called, Option<&str>),
    why: &mut Explanation,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for id in &route.spec.trunks {
        let Some(trunk) = tenant.trunk(*id) else {
            why.add(
                "trunk.not_shared",
                format!("the trunk {id} is not for this company, or is gone"),
            );
            continue;
        };
        let (name, revision) = (&trunk.spec.name, trunk.revision);
        if !trunk.spec.enabled {
            let because = format!("trunk {name}, revision {revision}, is switched off");
            why.add("trunk.disabled", because);
            continue;
        }
        let wire = called.on(trunk);
        let because = format!("trunk {name}, revision {revision}, is asked for {wire}");
        why.add("outbound.trunk", because);
        let failover = Failover::of(&trunk.spec);
        if let Some(told) = failover.told() {
            let because = format!("trunk {name}, revision {revision}: {told}");
            why.add("trunk.failover", because);
        }
        let attested = attestation::of(tenant, asked, (trunk, shown), why);
        steps.push(Step::Trunk {
            trunk: trunk.id,
            called: wire,
            identity: shown.map(str::to_owned),
            attested,
            caller: None,
            failover,
            timeout: Duration::from_secs(route.spec.ring_seconds.into()),
        });
    }
    steps
}
