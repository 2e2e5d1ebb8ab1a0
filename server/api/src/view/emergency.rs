//! The view of what a company's calls for help would tell, and which there were.

use admin::emergency_report::{Phone, Report};
use serde::Serialize;
use utoipa::ToSchema;

use super::event::EventView;

/// What one telephone's call for help would tell.
#[derive(Serialize, ToSchema)]
#[schema(as = EmergencyPhone)]
struct PhoneView {
    /// The device's id.
    device: String,
    /// Its user name.
    username: String,
    /// The number of its extension.
    extension: String,
    /// Whether the device is in use.
    enabled: bool,
    /// Where its messages come from at this moment; null when it is not registered.
    #[schema(example = "203.0.113.7")]
    source: Option<String>,
    /// The name of the location where it is; null when nobody has said so.
    location: Option<String>,
    /// The location's address in one line.
    address: Option<String>,
    /// By what that is known: `device`, `site` or `default`.
    known_by: Option<String>,
    /// Whether somebody has made sure that the address is right.
    confirmed: bool,
    /// The number for help there.
    #[schema(example = "112")]
    number: String,
    /// The number that would be shown and called back; null when the company has none.
    callback: Option<String>,
    /// The trunks that would be asked, in order, by name.
    trunks: Vec<String>,
}

/// What a company's calls for help would tell, and which there were.
#[derive(Serialize, ToSchema)]
#[schema(as = EmergencyReport)]
pub(crate) struct EmergencyReportView {
    /// Its telephones, those without a location first.
    phones: Vec<PhoneView>,
    /// How many of them have no location.
    without_location: usize,
    /// Numbers of extensions that call for help at one of the company's locations, so that nobody
    /// there reaches the extension.
    hidden: Vec<String>,
    /// The latest 100 events of type `emergency.called` that are kept, the newest first.
    calls: Vec<EventView>,
}

impl EmergencyReportView {
    /// The view of a report.
    pub(crate) fn of(report: Report) -> EmergencyReportView {
        let without = |phone: &&Phone| phone.location.is_none();
        EmergencyReportView {
            without_location: report.phones.iter().filter(without).count(),
            phones: report.phones.into_iter().map(phone).collect(),
            hidden: report.hidden,
            calls: report.calls.into_iter().map(EventView::from).collect(),
        }
    }
}

fn phone(phone: Phone) -> PhoneView {
    PhoneView {
        device: phone.device.to_string(),
        username: phone.username,
        extension: phone.extension,
        enabled: phone.enabled,
        source: phone.source.map(|ip| ip.to_string()),
        location: phone.location,
        address: phone.address,
        known_by: phone.known_by.map(str::to_owned),
        confirmed: phone.confirmed,
        number: phone.number,
        callback: phone.callback,
        trunks: phone.trunks,
    }
}
