//! The rules, in the order in which they are tried.

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

/// Decides where a request goes inside `tenant` at this time, which schedules are asked for. Total:
/// every request has an answer.
#[must_use]
pub fn plan(tenant: &CompiledTenant, request: &RouteRequest, at: WallTime) -> Plan {
    if let Some((steps, explanation, emergency)) = emergency::steps(tenant, request, at) {
        return Plan {
            steps,
            explanation,
            emergency: Some(emergency),
            // a call for help costs what it costs
            fare: None,
        };
    }
    let mut explanation = Explanation::default();
    let (steps, fare) = steps(tenant, request, at, &mut explanation);
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
    at: WallTime,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Fare>) {
    if let Some(refusal) = refused(tenant, request, why) {
        return (vec![Step::Refuse(refusal)], None);
    }
    if request.purpose == Purpose::Forward {
        return forward::onward(tenant, request, at, why);
    }
    if let Some(trunk) = request.caller.trunk {
        let (steps, fare) = inbound::steps(tenant, (trunk, at), request, why);
        let back = inbound::called_back(tenant, request, why);
        return (back.into_iter().chain(steps).collect(), fare);
    }
    match inside::under(tenant, &request.dialled.user, why) {
        Some(Found::Step(step)) => (vec![step], None),
        Some(Found::Extension(extension)) => forward::steps(tenant, extension, request, at, why),
        None => outbound::steps(tenant, request, at, why),
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
