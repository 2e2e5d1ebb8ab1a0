//! Which number is shown to those who are called by a trunk: always one of the company's own.

use crate::Explanation;
use domain::{CompiledExtension, CompiledNumber, CompiledOutbound, CompiledTenant, E164};

/// The number that is shown, in this order: what the route says; what the caller's extension says;
/// the company's lowest number; none. Each counts only if it is assigned to the company.
pub(crate) fn shown<'a>(
    tenant: &'a CompiledTenant,
    route: &CompiledOutbound,
    caller: &CompiledExtension,
    why: &mut Explanation,
) -> Option<&'a CompiledNumber> {
    let name = &route.spec.name;
    let said = route.spec.caller_id.as_deref().and_then(E164::written);
    if let Some(number) = said {
        if let Some(own) = tenant.number(&number) {
            let by = format!("outbound route {name}, revision {}", route.revision);
            why.add("identity.route", format!("{} is shown ({by})", own.e164));
            return Some(own);
        }
        let because = format!("{number} of the route {name} is no number of this company's");
        why.add("identity.not_own", because);
    }
    of_extension(tenant, caller, why)
}

/// The number that an extension shows where nothing else is said: its own; the company's lowest;
/// none.
pub(crate) fn of_extension<'a>(
    tenant: &'a CompiledTenant,
    caller: &CompiledExtension,
    why: &mut Explanation,
) -> Option<&'a CompiledNumber> {
    if let Some(number) = &caller.external_number {
        if let Some(own) = tenant.number(number) {
            let because = format!("{number} is shown, the number of {} outside", caller.number);
            why.add("identity.extension", because);
            return Some(own);
        }
        let because = format!(
            "{number} of the extension {} is no number of this company's",
            caller.number
        );
        why.add("identity.not_own", because);
    }
    match tenant.numbers().first() {
        Some(own) => {
            let because = format!("{} is shown, the company's lowest number", own.e164);
            why.add("identity.first", because);
            Some(own)
        }
        None => {
            why.add(
                "identity.none",
                "no number is shown, for the company has none",
            );
            None
        }
    }
}
