//! What a company's calls for help would tell, telephone by telephone, and which there were.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use domain::{
    CompiledDevice, CompiledTenant, Event, EventFilter, EventKind, KnownBy, help_number, is_help_in,
};
use ids::DeviceId;
use ports::{EventQuery, StoreError};
use routing::{Caller, Dialled, Plan, RouteRequest, Step};
use tenancy::TenantScope;

use crate::lines;
use crate::office::Office;

/// Most calls that a report lists, the latest.
pub const REPORTED_CALLS_MAX: usize = 100;

/// What one telephone's call for help would tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The device.
    pub device: DeviceId,
    /// Its user name.
    pub username: String,
    /// The number of its extension.
    pub extension: String,
    /// Whether the device is in use.
    pub enabled: bool,
    /// Where its messages came from when it registered last, if it is registered.
    pub source: Option<IpAddr>,
    /// The name of the location where it is; `None` when nobody has said so.
    pub location: Option<String>,
    /// The location's address in one line.
    pub address: Option<String>,
    /// By what that is known: `device`, `site` or `default`.
    pub known_by: Option<&'static str>,
    /// Whether somebody has made sure that the address is right.
    pub confirmed: bool,
    /// The number for help that it was asked about.
    pub number: String,
    /// The number that would be shown and called back.
    pub callback: Option<String>,
    /// The trunks that would be asked, in order, by name.
    pub trunks: Vec<String>,
}

/// All of a company's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its telephones, those without a location first, else in the order of their user names.
    pub phones: Vec<Phone>,
    /// Numbers of extensions that nobody in the company reaches from some location, because they
    /// call for help there.
    pub hidden: Vec<String>,
    /// The latest calls for help and trials that the log still has, the newest first.
    pub calls: Vec<Event>,
}

/// Reports on a company; `seen` says where its devices' messages come from at this moment.
///
/// # Errors
/// What the store says.
pub async fn of_tenant(
    office: &Office,
    scope: &TenantScope,
    seen: &BTreeMap<DeviceId, IpAddr>,
) -> Result<Report, StoreError> {
    let tenant = lines::compiled(office.store(), scope).await?;
    let devices = tenant.devices().iter();
    let mut phones: Vec<Phone> = devices
        .map(|device| phone(office, &tenant, device, seen.get(&device.id).copied()))
        .collect();
    phones.sort_by(|a, b| {
        let place = |phone: &Phone| (phone.location.is_some(), phone.username.clone());
        place(a).cmp(&place(b))
    });
    Ok(Report {
        phones,
        hidden: hidden(&tenant),
        calls: calls(office, scope).await?,
    })
}

fn phone(
    office: &Office,
    tenant: &CompiledTenant,
    device: &CompiledDevice,
    source: Option<IpAddr>,
) -> Phone {
    let place = tenant.whereabouts(Some(device.id), source);
    let location = place.map(|(location, _)| &location.spec);
    let number = help_number(location.map(|location| location.civic.country.as_str()));
    let extension = tenant.extension(device.extension);
    let caller = Caller {
        device: Some(device.id),
        extension: Some(device.extension),
        ..Caller::default()
    };
    let request = RouteRequest {
        from: source,
        ..RouteRequest::call(caller, Dialled::own(number))
    };
    let Plan {
        steps, emergency, ..
    } = routing::plan(tenant, &request, office.now());
    let callback = emergency.and_then(|about| about.callback);
    let trunks = steps.iter().filter_map(|step| match step {
        Step::Trunk { trunk, .. } => tenant.trunk(*trunk).map(|found| found.spec.name.clone()),
        Step::Ring { .. }
        | Step::Divert(_)
        | Step::Forward(_)
        | Step::Guest(_)
        | Step::Refuse(_) => None,
    });
    Phone {
        device: device.id,
        username: device.username.to_string(),
        extension: extension
            .map(|found| found.number.to_string())
            .unwrap_or_default(),
        enabled: device.enabled,
        source,
        location: location.map(|location| location.name.clone()),
        address: location.map(|location| location.civic.in_words()),
        known_by: place.map(|(_, known)| match known {
            KnownBy::Device => "device",
            KnownBy::Site(_) => "site",
            KnownBy::Default => "default",
        }),
        confirmed: location.is_some_and(|location| location.confirmed),
        number: number.to_owned(),
        callback: callback.map(|digits| format!("+{digits}")),
        trunks: trunks.collect(),
    }
}

/// Extensions whose numbers call for help at one of the company's locations.
fn hidden(tenant: &CompiledTenant) -> Vec<String> {
    let locations = tenant.emergency_locations();
    let is_help = |number: &str| {
        let mut countries = locations.iter().map(|found| &found.spec.civic.country);
        countries.any(|country| is_help_in(country, number))
    };
    let extensions = tenant.extensions().iter();
    let hidden = extensions.filter(|extension| is_help(&extension.number));
    let mut hidden: Vec<String> = hidden.map(|found| found.number.to_string()).collect();
    hidden.sort_unstable();
    hidden
}

async fn calls(office: &Office, scope: &TenantScope) -> Result<Vec<Event>, StoreError> {
    let filter = EventFilter::parse([EventKind::EmergencyCalled.as_str()]);
    let filter = filter.unwrap_or_default();
    let (mut latest, mut after) = (VecDeque::new(), 0);
    loop {
        let query = EventQuery {
            after,
            limit: 0,
            filter: filter.clone(),
        };
        let page = office.store().events(scope, &query).await?;
        for event in page.events {
            latest.push_front(event);
            latest.truncate(REPORTED_CALLS_MAX);
        }
        if page.next <= after || page.next >= page.latest {
            return Ok(latest.into());
        }
        after = page.next;
    }
}
