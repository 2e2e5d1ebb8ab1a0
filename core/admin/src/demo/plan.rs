//! Companies to try the exchange out with.

use domain::{
    CallClass, ConferenceRule, Destination, Extension, Invalid, RING_SECONDS_DEFAULT,
    RecordingRule, Tenant,
};
use tenancy::CapOverrides;

use super::{PlannedDevice, PlannedExtension, PlannedSecret, PlannedTenant};

/// Most tenants of a plan.
pub const TENANTS_MAX: usize = 10_000;

/// Most extensions of each tenant of a plan.
pub const EXTENSIONS_MAX: usize = 800;

/// First number of each tenant.
const FIRST_NUMBER: usize = 101;

/// Plans `tenants` companies: acme.example, globex.example, company3.example and so on, each
/// with `extensions` extensions from 101 on, and on each one device such as `acme-101` with a
/// generated secret.
///
/// # Errors
/// [`Invalid`] beyond [`TENANTS_MAX`] or [`EXTENSIONS_MAX`].
pub fn plan(tenants: usize, extensions: usize) -> Result<Vec<PlannedTenant>, Invalid> {
    if tenants > TENANTS_MAX {
        return Err(Invalid::new("tenants", "must be at most 10000"));
    }
    if extensions > EXTENSIONS_MAX {
        return Err(Invalid::new("extensions", "must be at most 800"));
    }
    Ok((1..=tenants)
        .map(|number| company(number, extensions))
        .collect())
}

fn company(number: usize, extensions: usize) -> PlannedTenant {
    let (word, display_name) = match number {
        1 => ("acme".to_owned(), "Acme".to_owned()),
        2 => ("globex".to_owned(), "Globex".to_owned()),
        number => (format!("company{number}"), format!("Company {number}")),
    };
    let numbers = FIRST_NUMBER..FIRST_NUMBER + extensions;
    PlannedTenant {
        spec: Tenant {
            domains: vec![format!("{word}.example")],
            mail_domains: Vec::new(),
            display_name,
            reseller: None,
            plan: None,
            caps: CapOverrides::default(),
            ceiling: domain::Ceiling::default(),
            ladders: domain::KeptLadders::default(),
            dialling: None,
            texts_kept_days: 7,
            music_on_hold: true,
            language: domain::Language::default(),
            time_zone: "UTC".to_owned(),
            captured: true,
            enabled: true,
        },
        extensions: numbers.map(|number| extension(&word, number)).collect(),
    }
}

fn extension(word: &str, number: usize) -> PlannedExtension {
    PlannedExtension {
        spec: Extension {
            number: number.to_string(),
            display_name: format!("Extension {number}"),
            ring_seconds: RING_SECONDS_DEFAULT,
            destination: Destination::Devices,
            forwards: domain::Forwards::default(),
            lamps: domain::Lamps::default(),
            external_number: None,
            calls: CallClass::ordinary(),
            only_to: Vec::new(),
            never_to: Vec::new(),
            recording: RecordingRule::default(),
            conference: ConferenceRule::default(),
            announcement: domain::AnnouncementRule::default(),
            on_hold: None,
            language: None,
            groups: Vec::new(),
            enabled: true,
        },
        devices: vec![PlannedDevice {
            username: format!("{word}-{number}"),
            secret: PlannedSecret::Generated,
            address: None,
            trusted_source: None,
        }],
    }
}
