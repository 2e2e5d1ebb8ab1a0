//! The rules, in the order in which they are tried.

use crate::{Explanation, HostClass, Purpose, RouteRequest, inbound, outbound};
use domain::{CompiledExtension, CompiledTenant, Destination};
use ids::{DeviceId, ExtensionId, TrunkId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Dialling this answers with the caller's own voice.
pub const ECHO_CODE: &str = "*43";
/// Dialling this answers with the announcement.
pub const ANNOUNCEMENT_CODE: &str = "*44";

/// A party played by the exchange itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guest {
    /// Sends back what it hears.
    Echo,
    /// Plays the announcement, again and again.
    Announcement,
}

/// A final answer to the caller, in SIP's and in Q.850's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// SIP status, 400 to 699.
    pub status: u16,
    /// Q.850 cause.
    pub cause: u8,
}

impl Refusal {
    /// Nobody here has that number. Also said of what the caller may not see.
    pub const NOT_FOUND: Refusal = Refusal {
        status: 404,
        cause: 1,
    };
    /// The number exists but nothing rings there now.
    pub const UNAVAILABLE: Refusal = Refusal {
        status: 480,
        cause: 20,
    };
    /// The caller's company may not place calls.
    pub const FORBIDDEN: Refusal = Refusal {
        status: 403,
        cause: 21,
    };
    /// What was dialled is no number that can be called.
    pub const INCOMPLETE: Refusal = Refusal {
        status: 484,
        cause: 28,
    };
    /// No trunk is there that would take the call.
    pub const NO_TRUNK: Refusal = Refusal {
        status: 503,
        cause: 38,
    };
    /// The caller's company has as much as it may have at a time.
    pub const CONGESTED: Refusal = Refusal {
        status: 503,
        cause: 42,
    };
}

/// One thing to do; the next is tried when it fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Ring all these devices at once.
    Ring {
        /// Whose devices they are.
        extension: ExtensionId,
        /// The number they belong to, for explanations.
        number: String,
        /// At least one.
        devices: Vec<DeviceId>,
        /// How long they may ring.
        timeout: Duration,
    },
    /// Call a number by a trunk.
    Trunk {
        /// Which; one that the tenant may use.
        trunk: TrunkId,
        /// The number as it goes on the wire.
        called: String,
        /// The number that is shown, as digits without a plus: always one of the tenant's own;
        /// `None` when none is shown (RFC 3323 §4.1.1.3).
        identity: Option<String>,
        /// How long it has to be answered.
        timeout: Duration,
    },
    /// Connect to a party inside the exchange.
    Guest(Guest),
    /// Give up.
    Refuse(Refusal),
}

/// What to do for a request, and why. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
    /// Why these.
    pub explanation: Explanation,
}

/// Decides where a request goes inside `tenant`. Total: every request has an answer.
#[must_use]
pub fn plan(tenant: &CompiledTenant, request: &RouteRequest) -> Plan {
    let mut explanation = Explanation::default();
    let steps = steps(tenant, request, &mut explanation);
    Plan { steps, explanation }
}

fn steps(tenant: &CompiledTenant, request: &RouteRequest, why: &mut Explanation) -> Vec<Step> {
    if let Some(refusal) = refused(tenant, request, why) {
        return vec![Step::Refuse(refusal)];
    }
    if let Some(trunk) = request.caller.trunk {
        return vec![inbound::step(tenant, trunk, request, why)];
    }
    match inside(tenant, request, why) {
        Some(step) => vec![step],
        None => outbound::steps(tenant, request, why),
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
    Some(to_extension(tenant, extension, request, why))
}

/// What an enabled extension does with a call.
pub(crate) fn to_extension(
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
            Step::Guest(Guest::Announcement)
        }
        Destination::Devices => ring(tenant, extension, request, why),
    }
}

fn ring(
    tenant: &CompiledTenant,
    extension: &CompiledExtension,
    request: &RouteRequest,
    why: &mut Explanation,
) -> Step {
    // A person who dials the own number means the other phones on the desk, not the one in hand.
    let calling = match request.purpose {
        Purpose::Call => request.caller.device,
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

#[cfg(test)]
mod tests;
