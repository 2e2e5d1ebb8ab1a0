//! The rules, in the order in which they are tried.

use crate::circumstances::{Circumstances, Measured};
use crate::emergency::{self, Emergency};
use crate::inside::{self, Found};
use crate::{
    Explanation, Fare, HostClass, Purpose, Refusal, RouteRequest, Step, forward, inbound, outbound,
};
use domain::CompiledTenant;
use machine::WallTime;
use serde::{Deserialize, Serialize};

/// What to do for a request, and why. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
    /// Why these.
    pub explanation: Explanation,
    /// What it is about where somebody calls for help.
    pub emergency: Option<Box<Emergency>>,
    /// What it costs, when it goes out by a trunk and is counted.
    pub fare: Option<Fare>,
}

/// Decides where a request goes inside `tenant` at this time, which schedules are asked for, while
/// nobody knows how its trunks have done lately. Total: every request has an answer.
#[must_use]
pub fn plan(tenant: &CompiledTenant, request: &RouteRequest, at: WallTime) -> Plan {
    under(tenant, request, Circumstances { at, measured: None })
}

/// The same where that is known.
#[must_use]
pub fn plan_measured(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    at: WallTime,
    measured: &dyn Measured,
) -> Plan {
    let measured = Some(measured);
    under(tenant, request, Circumstances { at, measured })
}

fn under(tenant: &CompiledTenant, request: &RouteRequest, now: Circumstances<'_>) -> Plan {
    if let Some((steps, explanation, emergency)) = emergency::steps(tenant, request, now.at) {
        return Plan {
            steps,
            explanation,
            emergency: Some(emergency),
            // a call for help costs what it costs
            fare: None,
        };
    }
    let mut explanation = Explanation::default();
    let (steps, fare) = steps(tenant, request, now, &mut explanation);
    Plan {
        steps,
        explanation,
        emergency: None,
        fare,
    }
}

fn steps(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    now: Circumstances<'_>,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    if let Some(refusal) = refused(tenant, request, why) {
        return (vec![Step::Refuse(refusal)], None);
    }
    if request.purpose == Purpose::Forward {
        return forward::onward(tenant, request, now, why);
    }
    if let Some(trunk) = request.caller.trunk {
        let (steps, fare) = inbound::steps(tenant, (trunk, now), request, why);
        let back = inbound::called_back(tenant, request, why);
        return (back.into_iter().chain(steps).collect(), fare);
    }
    match inside::under(tenant, &request.dialled.user, why) {
        Some(Found::Step(step)) => (vec![step], None),
        Some(Found::Extension(extension)) => forward::steps(tenant, extension, request, now, why),
        None => outbound::steps(tenant, request, now, why),
    }
}

/// What is refused whoever is called.
fn refused(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Option<Refusal> {
    if !tenant.enabled() {
        why.add(
            "tenant.disabled",
            "the company is switched off, so its calls are refused",
        );
        return Some(Refusal::FORBIDDEN);
    }
    if request.dialled.host == HostClass::Foreign {
        why.add(
            "host.foreign",
            "the address is not one of this company's domains",
        );
        return Some(Refusal::NOT_FOUND);
    }
    None
}

#[cfg(test)]
mod tests;
