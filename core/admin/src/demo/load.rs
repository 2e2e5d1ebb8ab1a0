//! The tenant that load drivers call.

use std::net::{IpAddr, Ipv4Addr};

use domain::{
    CallClass, ConferenceRule, Destination, Extension, Invalid, RING_SECONDS_DEFAULT,
    RecordingRule, Secret, Tenant,
};
use tenancy::Caps;

use super::{PlannedDevice, PlannedExtension, PlannedSecret, PlannedTenant};

/// Domain of the load tenant.
pub const LOAD_DOMAIN: &str = "load.example";

/// Address at which the driver's callees answer without registering.
pub const LOAD_ADDRESS: &str = "sip:127.0.0.51:5080";

/// Address whose requests are admitted without a digest.
pub const LOAD_SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 51));

/// Number of the first registering user: `u1000000` with the secret `pw1000000`.
pub const FIRST_USER: usize = 1_000_000;

/// Callees `callee0` and so on, besides `callee`.
pub const CALLEES: usize = 100;

/// Most registering users.
const USERS_MAX: usize = 1_000_000;

/// Plans the load tenant with `users` registering users, each with an extension of its own of
/// the same name. Besides them: the extensions `callee` and `callee0` to `callee99`, each with
/// a device at [`LOAD_ADDRESS`]; `source` with a device that is trusted at [`LOAD_SOURCE`]; and
/// `ivr`, which plays the announcement. Nothing is capped.
///
/// # Errors
/// [`Invalid`] beyond a million users.
pub fn load(users: usize) -> Result<PlannedTenant, Invalid> {
    if users > USERS_MAX {
        return Err(Invalid::new("users", "must be at most 1000000"));
    }
    let mut extensions = vec![callee("callee".to_owned())];
    extensions.extend((0..CALLEES).map(|number| callee(format!("callee{number}"))));
    extensions.push(source());
    extensions.push(PlannedExtension {
        spec: extension("ivr".to_owned(), Destination::Announcement),
        devices: Vec::new(),
    });
    for number in FIRST_USER..FIRST_USER + users {
        extensions.push(user(number)?);
    }
    let spec = Tenant {
        domains: vec![LOAD_DOMAIN.to_owned()],
        mail_domains: Vec::new(),
        display_name: "Load".to_owned(),
        reseller: None,
        plan: None,
        caps: Caps::UNLIMITED.into(),
        ceiling: domain::Ceiling::default(),
        ladders: domain::KeptLadders::default(),
        dialling: None,
        texts_kept_days: 7,
        music_on_hold: true,
        language: domain::Language::default(),
        time_zone: "UTC".to_owned(),
        captured: true,
        enabled: true,
    };
    Ok(PlannedTenant { spec, extensions })
}

fn extension(number: String, destination: Destination) -> Extension {
    Extension {
        number,
        display_name: String::new(),
        ring_seconds: RING_SECONDS_DEFAULT,
        destination,
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
    }
}

fn callee(name: String) -> PlannedExtension {
    let device = PlannedDevice {
        username: name.clone(),
        secret: PlannedSecret::None,
        address: Some(LOAD_ADDRESS.to_owned()),
        trusted_source: None,
    };
    PlannedExtension {
        spec: extension(name, Destination::Devices),
        devices: vec![device],
    }
}

fn source() -> PlannedExtension {
    let device = PlannedDevice {
        username: "load-source".to_owned(),
        secret: PlannedSecret::None,
        address: None,
        trusted_source: Some(LOAD_SOURCE),
    };
    let spec = extension("source".to_owned(), Destination::Devices);
    PlannedExtension {
        spec,
        devices: vec![device],
    }
}

fn user(number: usize) -> Result<PlannedExtension, Invalid> {
    let name = format!("u{number}");
    let device = PlannedDevice {
        username: name.clone(),
        secret: PlannedSecret::Fixed(Secret::supplied(format!("pw{number}"))?),
        address: None,
        trusted_source: None,
    };
    Ok(PlannedExtension {
        spec: extension(name, Destination::Devices),
        devices: vec![device],
    })
}
