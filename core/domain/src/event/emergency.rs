//! The event of a call for help: what its company's programs, and its people, are told.

use ids::{CallId, EmergencyLocationId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Event, EventKind};
use crate::cdr::Party;
use crate::civic::CivicAddress;

/// Who called for help from where: the data of [`EventKind::EmergencyCalled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCalled {
    /// The number for help.
    pub number: String,
    /// Nobody called for help: it was tried where such a call leads.
    pub test: bool,
    /// Who called.
    pub caller: Party,
    /// The user name of the device that called.
    pub device: Option<String>,
    /// Where the caller is; `None` when nobody has said so.
    pub location: Option<LocationTold>,
    /// The number that is shown to those who help, with plus.
    pub callback: Option<String>,
    /// The number of the extension that takes the call when no trunk does.
    pub desk: Option<String>,
    /// Who is told by mail.
    pub mail_to: Vec<String>,
}

/// Where a caller is, as it stood when the call began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationTold {
    /// The location's id.
    pub id: EmergencyLocationId,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its address in one line.
    pub address: String,
    /// Its address by its elements.
    pub civic: CivicAddress,
    /// Latitude and longitude, in degrees.
    pub point: Option<String>,
    /// Whether somebody has made sure that it is right.
    pub confirmed: bool,
}

impl Event {
    /// Somebody calls for help.
    pub fn emergency_called(of: (TenantId, CallId), help: &HelpCalled, at: WallTime) -> Event {
        let data = serde_json::to_value(help).unwrap_or_else(|_| json!({}));
        Event::of_call(of, EventKind::EmergencyCalled, (0, at), data)
    }
}
