//! Where a past call would go by some documents, whether its caller is still there included.

use domain::CompiledTenant;
use machine::WallTime;
use routing::{Caller, RouteRequest};

use crate::explain::{Explained, Told, answer};

/// SIP status of those who are not let in.
const FORBIDDEN: u16 = 403;

/// Why nobody calls.
type Absence = (&'static str, String);

/// Where the call would go. Whoever is not there any more, or is out of use, calls nobody.
pub(super) fn of(tenant: &CompiledTenant, request: &RouteRequest, at: WallTime) -> Explained {
    let caller = match present(tenant, &request.caller) {
        Ok(caller) => caller,
        Err(absence) => return nobody(absence),
    };
    let request = RouteRequest {
        caller,
        ..request.clone()
    };
    let told = answer(tenant, &request, at);
    let for_help = told.emergency.as_ref().is_some_and(|help| !help.test);
    match out_of_use(tenant, &request.caller, for_help) {
        Some(absence) => nobody(absence),
        None => told,
    }
}

/// Whether something may come of it.
pub(super) fn completes(road: &Explained) -> bool {
    first(road).is_some()
}

/// What is tried first.
pub(super) fn first(road: &Explained) -> Option<&Told> {
    let mut steps = road.steps.iter();
    steps.find(|step| step.condition.is_none() && step.completes())
}

/// The SIP status with which it is refused at once, where it is.
pub(super) fn refusal(road: &Explained) -> Option<u16> {
    if completes(road) {
        return None;
    }
    let mut steps = road.steps.iter();
    steps.find_map(|step| step.status.filter(|_| step.condition.is_none()))
}

/// The caller as these documents have it: a telephone calls as the extension that it is now at.
fn present(tenant: &CompiledTenant, caller: &Caller) -> Result<Caller, Absence> {
    if caller.trunk.is_some() {
        return Ok(caller.clone());
    }
    let device = caller.device.map(|id| tenant.device(id));
    let extension = match device {
        Some(Some(device)) => Some(device.extension),
        Some(None) | None => caller.extension,
    };
    let found = extension.and_then(|id| tenant.extension(id));
    if let (Some(None), Some(_)) = (device, found) {
        let because = format!("the telephone of {} is not there", caller.number);
        return Err(("caller.no_device", because));
    }
    let Some(found) = found else {
        let because = format!(
            "the extension {} is not there, so nobody calls",
            caller.number
        );
        return Err(("caller.no_extension", because));
    };
    Ok(Caller {
        extension: Some(found.id),
        number: found.number.to_string(),
        display: found.display_name.to_string(),
        ..caller.clone()
    })
}

/// Why the caller may place no such call, beyond what routing says.
fn out_of_use(tenant: &CompiledTenant, caller: &Caller, for_help: bool) -> Option<Absence> {
    if let Some(device) = caller.device.and_then(|id| tenant.device(id))
        && !device.enabled
    {
        let because = format!("the telephone {} is switched off", device.username);
        return Some(("caller.device_disabled", because));
    }
    let extension = caller.extension.and_then(|id| tenant.extension(id))?;
    (!extension.enabled && !for_help).then(|| {
        let because = format!("{} is out of use, but for calls for help", extension.number);
        ("caller.disabled", because)
    })
}

fn nobody((rule, because): Absence) -> Explained {
    let refused = Told {
        action: "refuse",
        status: Some(FORBIDDEN),
        ..Told::default()
    };
    Explained {
        steps: vec![refused],
        reasons: vec![(rule.to_owned(), because)],
        at_first: 1,
        emergency: None,
    }
}
