//! Classes of service: which calls to the outside an extension may place, and by which route.

use crate::called::Called;
use crate::{Explanation, Refusal, identity};
use domain::{Barred, CallClass, CompiledExtension, CompiledOutbound, CompiledTenant};

/// The class of a call that goes by a route, which is called `by` in explanations; `None` when it
/// does not go by it and the next is tried.
///
/// # Errors
/// [`Refusal::FORBIDDEN`] when the caller may not place the call. No other route is tried then: one
/// that fits less closely could make another number of what was dialled.
pub(crate) fn admits(
    tenant: &CompiledTenant,
    (route, by): (&CompiledOutbound, &str),
    caller: &CompiledExtension,
    called: &Called,
    why: &mut Explanation,
) -> Result<Option<CallClass>, Refusal> {
    let (number, text) = match called {
        Called::AsItIs(text) => (None, text.clone()),
        Called::Number(number) => (Some(number), number.to_string()),
    };
    if !route.spec.goes_to(number) {
        let because = format!("{text} is not where calls by {by} go");
        why.add("outbound.not_there", because);
        return Ok(None);
    }
    let class = of(tenant, route, caller, called);
    let Some(barred) = caller.barred(class, number) else {
        return Ok(Some(class));
    };
    let (caller, class) = (&caller.number, class.as_str());
    match barred {
        Barred::Class(_) => {
            let because = format!("{caller} places no {class} calls, and by {by} {text} is one");
            why.add("outbound.class", because);
        }
        Barred::Destination => {
            let because = format!("{text} is not where {caller} calls");
            why.add("outbound.destination", because);
        }
    }
    Err(Refusal::FORBIDDEN)
}

/// The class of a call by a route. What is no number of the world is taken for one to abroad, for
/// nobody can tell, unless the route says what it is.
fn of(
    tenant: &CompiledTenant,
    route: &CompiledOutbound,
    caller: &CompiledExtension,
    called: &Called,
) -> CallClass {
    let said = route.spec.class;
    let Called::Number(number) = called else {
        return said.unwrap_or(CallClass::International);
    };
    // why it is shown is told once the route is chosen
    let shown = identity::shown(tenant, route, caller, &mut Explanation::default());
    match CallClass::of(number, shown.map(|shown| &shown.e164)) {
        CallClass::Premium => CallClass::Premium,
        told @ (CallClass::Internal
        | CallClass::Local
        | CallClass::National
        | CallClass::Mobile
        | CallClass::International) => said.unwrap_or(told),
    }
}
