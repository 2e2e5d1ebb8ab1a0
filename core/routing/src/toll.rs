//! What the guard against toll fraud says of a call by its documents alone.

use crate::{Explanation, Purpose, Refusal, RouteRequest};
use domain::{CompiledExtension, CompiledTenant, Toll};
use machine::WallTime;

/// The rule by which a contained device calls nobody by trunks, and why.
pub const CONTAINED: (&str, &str) = (
    "fraud.contained",
    "the device is contained: it calls nobody by trunks until it is released",
);

/// Names the budgets that count a call.
///
/// # Errors
/// [`Refusal::FORBIDDEN`] when the device is contained, or a guard lets no such call out at that
/// time.
pub(crate) fn check(
    tenant: &CompiledTenant,
    (request, caller): (&RouteRequest, &CompiledExtension),
    (toll, at): (&Toll, WallTime),
    why: &mut Explanation,
) -> Result<(), Refusal> {
    let device = request.caller.device;
    if device.is_some_and(|device| tenant.contains(device, at)) {
        let (rule, because) = CONTAINED;
        why.add(rule, because);
        return Err(Refusal::FORBIDDEN);
    }
    if device.is_none() && request.purpose != Purpose::Forward {
        let mut devices = tenant.devices_of(caller);
        if let Some(held) = devices.find(|device| tenant.contains(device.id, at)) {
            let because = format!(
                "the device {} of {} is contained, and would be refused",
                held.username, caller.number
            );
            why.add("fraud.contained_device", because);
        }
    }
    let class = toll.class.as_str();
    for by in tenant.guarding(toll, Some(caller.id), at) {
        let title = by.title();
        if by.budget.limits.forbids() {
            let because = format!("{title} lets no such {class} calls out at that time");
            why.add("fraud.closed", because);
            return Err(Refusal::FORBIDDEN);
        }
        why.add("fraud.counted", format!("{title} counts this {class} call"));
    }
    Ok(())
}
