//! Events: what happened in a tenant, for its own programs to follow.

mod calls;
mod emergency;
mod filter;
mod kinds;

pub use emergency::{HelpCalled, LocationTold};
pub use filter::{EventFilter, FILTERS_MAX};
pub use kinds::EventKind;

use ids::{AuditId, CallId, DeviceId, EventId, TenantId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::Change;
use crate::document::Document;
use crate::kind_name::KindName;

/// One entry of a tenant's event log. Its JSON is what programs get, whatever way they follow.
// tidy: wire
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id: the same however often it is delivered.
    pub id: EventId,
    /// Whose.
    pub tenant: TenantId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it happened.
    #[serde(with = "machine::rfc3339")]
    pub at: WallTime,
    /// Its place in the tenant's log: 1, 2, 3 … without gaps. The store's to set; 0 before.
    pub cursor: u64,
    /// Id of what it is about: a call, a document, a device. Events with the same subject are
    /// in their order.
    pub subject: String,
    /// What there is to know of it; its fields depend on the type.
    pub data: Value,
}

impl Event {
    /// A change of a document; `audit` is the id of its entry in the audit trail. What a spec
    /// holds is what its readers see; secrets are no part of it. `None` for what is not a tenant's.
    pub fn of_change(document: &Document, change: Change, audit: AuditId) -> Option<Event> {
        let tenant = document.owner.tenant()?;
        let contains = document.kind == KindName::Containment;
        let kind = match change {
            Change::Created | Change::Replaced if contains => EventKind::FraudContained,
            Change::Deleted if contains => EventKind::FraudReleased,
            Change::Created => EventKind::ResourceCreated,
            Change::Replaced => EventKind::ResourceChanged,
            Change::Deleted => EventKind::ResourceDeleted,
        };
        let mut data = json!({
            "kind": document.kind,
            "id": document.id,
            "name": document.name,
            "revision": document.revision,
        });
        if change != Change::Deleted || contains {
            data["spec"] = document.spec.clone();
        }
        Some(Event {
            id: EventId::from_u128(audit.as_u128()),
            tenant,
            kind,
            at: document.updated,
            cursor: 0,
            subject: document.id.clone(),
            data,
        })
    }

    /// Where a device can be reached has changed: it has so many bindings now.
    pub fn of_registration(
        id: EventId,
        tenant: TenantId,
        device: DeviceId,
        bindings: usize,
        at: WallTime,
    ) -> Event {
        Event {
            id,
            tenant,
            kind: EventKind::RegistrationChanged,
            at,
            cursor: 0,
            subject: device.to_string(),
            data: json!({ "device": device, "bindings": bindings }),
        }
    }

    /// A device registered with its former secret, which is void from a moment.
    pub fn of_former_secret(
        id: EventId,
        tenant: TenantId,
        device: DeviceId,
        until: WallTime,
        at: WallTime,
    ) -> Event {
        Event {
            id,
            tenant,
            kind: EventKind::FormerSecretUsed,
            at,
            cursor: 0,
            subject: device.to_string(),
            data: json!({ "device": device, "until": until.to_string() }),
        }
    }

    /// A budget of calls by trunks is used up to the share at which the tenant is warned. `whose`
    /// is a word and an id, `budget` what it is called and its limit, `figures` what is used of
    /// how much.
    pub fn of_toll(
        id: EventId,
        tenant: TenantId,
        whose: (&str, String),
        budget: (&str, &str),
        figures: (u64, u32),
        at: WallTime,
    ) -> Event {
        let mut data = json!({
            "budget": budget.0,
            "limit": budget.1,
            "used": figures.0,
            "most": figures.1,
        });
        data[whose.0] = json!(whose.1);
        Event {
            id,
            tenant,
            kind: EventKind::FraudWarned,
            at,
            cursor: 0,
            subject: whose.1,
            data,
        }
    }

    /// Of the minutes of a day that may be talked by a trunk, so many percent are used: 80 or 100.
    /// They are the company's share of the trunk, or all there are where the trunk is its own.
    pub fn of_minutes(
        id: EventId,
        tenant: TenantId,
        (trunk, name): (TrunkId, &str),
        (cap, most): (&str, u32),
        percent: u8,
        at: WallTime,
    ) -> Event {
        Event {
            id,
            tenant,
            kind: EventKind::TrunkMinutes,
            at,
            cursor: 0,
            subject: trunk.to_string(),
            data: json!({
                "trunk": trunk, "name": name, "cap": cap, "most": most, "percent": percent,
            }),
        }
    }

    /// How a call that goes on sounds; for streams, and in no log.
    pub fn of_sound(
        id: EventId,
        tenant: TenantId,
        call: CallId,
        at: WallTime,
        data: Value,
    ) -> Event {
        Event {
            id,
            tenant,
            kind: EventKind::CallQuality,
            at,
            cursor: 0,
            subject: call.to_string(),
            data,
        }
    }

    /// A call that a recording server is to keep is not sent there, or no longer, for a reason in
    /// words.
    pub fn of_unsent_recording(
        id: EventId,
        tenant: TenantId,
        call: CallId,
        reason: &str,
        at: WallTime,
    ) -> Event {
        Event {
            id,
            tenant,
            kind: EventKind::RecordingUnsent,
            at,
            cursor: 0,
            subject: call.to_string(),
            data: json!({ "call": call, "reason": reason }),
        }
    }

    /// A trunk of the tenant's own works from now on ([`EventKind::TrunkUp`]), or does not
    /// ([`EventKind::TrunkDown`]), for a reason in words.
    pub fn of_trunk(
        id: EventId,
        tenant: TenantId,
        kind: EventKind,
        (trunk, name): (TrunkId, &str),
        reason: &str,
        at: WallTime,
    ) -> Event {
        Event {
            id,
            tenant,
            kind,
            at,
            cursor: 0,
            subject: trunk.to_string(),
            data: json!({ "trunk": trunk, "name": name, "reason": reason }),
        }
    }
}
