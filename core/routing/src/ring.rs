//! What an extension does with a call.

use crate::{Explanation, Guest, Purpose, Refusal, RouteRequest, Spoken, Step};
use domain::{CompiledExtension, CompiledTenant, Destination};
use ids::DeviceId;

/// What an enabled extension does with a call.
pub(crate) fn step(
    tenant: &CompiledTenant,
    extension: &CompiledExtension,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Step {
    let number = &extension.number;
    match extension.destination {
        Destination::Echo => {
            why.add(
                "extension.echo",
                format!("{number} is set to answer with an echo"),
            );
            Step::Guest(Guest::Echo)
        }
        Destination::Announcement => {
            why.add(
                "extension.announcement",
                format!("{number} is set to play the announcement"),
            );
            Step::Guest(match extension.announcement {
                Some(_) => Guest::Speaker(Spoken::Announcement(extension.id)),
                None => Guest::Announcement,
            })
        }
        Destination::Conference => {
            why.add("extension.conference", format!("{number} is a conference"));
            Step::Guest(Guest::Conference(extension.id))
        }
        Destination::Fax => {
            why.add("extension.fax", format!("{number} receives faxes"));
            Step::Guest(Guest::Fax(extension.id))
        }
        Destination::Devices => devices(tenant, extension, request, why),
    }
}

fn devices(
    tenant: &CompiledTenant,
    extension: &CompiledExtension,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Step {
    // A person who dials the own number means the other phones on the desk, not the one in hand.
    let calling = match request.purpose {
        Purpose::Call | Purpose::Forward => request.caller.device,
        Purpose::Transfer => None,
    };
    let devices: Vec<DeviceId> = tenant
        .devices_of(extension)
        .filter(|device| device.enabled && Some(device.id) != calling)
        .map(|device| device.id)
        .collect();
    if devices.is_empty() {
        why.add(
            "extension.no_device",
            format!("{} has no device to ring", extension.number),
        );
        return Step::Refuse(Refusal::UNAVAILABLE);
    }
    let (count, seconds) = (devices.len(), extension.ring().as_secs());
    why.add(
        "extension.ring",
        format!(
            "{count} device(s) of {} ring for {seconds} s",
            extension.number
        ),
    );
    Step::Ring {
        extension: extension.id,
        number: extension.number.to_string(),
        devices,
        timeout: extension.ring(),
    }
}
