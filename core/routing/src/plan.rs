//! The rules, in the order in which they are tried.

use crate::emergency::{self, Emergency};
use crate::{Explanation, Guest, HostClass, Refusal, RouteRequest, Step, inbound, outbound, ring};
use domain::{CompiledTenant, Toll};
use machine::WallTime;
use serde::{Deserialize, Serialize};

/// Dialling this answers with the caller's own voice.
pub const ECHO_CODE: &str = "*43";
/// Dialling this answers with the announcement.
pub const ANNOUNCEMENT_CODE: &str = "*44";

/// What to do for a request, and why. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
    /// Why these.
    pub explanation: Explanation,
    /// What it is about where somebody calls for help.
    pub emergency: Option<Box<Emergency>>,
    /// What budgets look at, when it goes out by a trunk and is counted.
    pub toll: Option<Toll>,
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
            toll: None,
        };
    }
    let mut explanation = Explanation::default();
    let (steps, toll) = steps(tenant, request, at, &mut explanation);
    Plan {
        steps,
        explanation,
        emergency: None,
        toll,
    }
}

fn steps(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    at: WallTime,
    why: &mut Explanation,
) -> (Vec<Step>, Option<Toll>) {
    if let Some(refusal) = refused(tenant, request, why) {
        return (vec![Step::Refuse(refusal)], None);
    }
    if let Some(trunk) = request.caller.trunk {
        let step = inbound::step(tenant, (trunk, at), request, why);
        let back = inbound::called_back(tenant, request, why);
        return (back.into_iter().chain([step]).collect(), None);
    }
    match inside(tenant, request, why) {
        Some(step) => (vec![step], None),
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

/// What is inside the company under the dialled number; `None` when there is nothing.
fn inside(tenant: &CompiledTenant, request: &RouteRequest, why: &mut Explanation) -> Option<Step> {
    let number = request.dialled.user.as_str();
    match number {
        ECHO_CODE => {
            why.add("code.echo", "*43 answers with the caller's own voice");
            return Some(Step::Guest(Guest::Echo));
        }
        ANNOUNCEMENT_CODE => {
            why.add("code.announcement", "*44 plays the announcement");
            return Some(Step::Guest(Guest::Announcement));
        }
        _ => {}
    }
    let extension = tenant.extension_by_number(number)?;
    if !extension.enabled {
        why.add(
            "number.unknown",
            format!("no extension of this company has the number {number}"),
        );
        return Some(Step::Refuse(Refusal::NOT_FOUND));
    }
    why.add(
        "extension.by_number",
        format!("{number} is an extension of this company"),
    );
    Some(ring::step(tenant, extension, request, why))
}

#[cfg(test)]
mod tests;
