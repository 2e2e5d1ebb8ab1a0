//! A compiled tenant at rest: its bytes, in half the room that it takes in use.
//!
//! Most companies of an exchange do nothing most of the time, and yet a call for any of them must
//! not wait for a database. So what a call needs is kept as bytes, and is understood again within
//! microseconds when the company is asked for. The form lives and dies with the process.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ids::{DeviceId, EmergencyLocationId, ExtensionId, MusicId, TenantId};
use phrases::Language;
use serde::{Deserialize, Serialize};
use tenancy::Caps;

use super::cold_lines::LinesForm;
use super::index::Index;
use super::outside::Outside;
use super::rates::CompiledDeck;
use super::{CompiledDevice, CompiledExtension, CompiledForwards, CompiledTenant, Kept};
use crate::announcement_rule::AnnouncementRule;
use crate::conference_rule::ConferenceRule;
use crate::credentials::Credentials;
use crate::device::FixedContact;
use crate::e164::E164;
use crate::extension::Destination;
use crate::feature::Feature;
use crate::key_agreement::KeyAgreement;
use crate::lamps::Lamps;
use crate::recording_rule::RecordingRule;
use crate::srtp::Srtp;
use crate::t38::T38;
use crate::video::Video;

/// The bytes of one tenant, and the rate decks that it holds together with others.
#[derive(Clone)]
pub(crate) struct Cold {
    bytes: Box<[u8]>,
    decks: Box<[Arc<CompiledDeck>]>,
}

impl fmt::Debug for Cold {
    /// Credentials are among the bytes, so they are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cold({} bytes)", self.bytes.len())
    }
}

impl Cold {
    /// The bytes of a tenant; `None` if it cannot be written, which is true of no tenant.
    pub(crate) fn of(tenant: &CompiledTenant) -> Option<Cold> {
        let bytes = postcard::to_allocvec(&tenant_form(tenant)).ok()?;
        Some(Cold {
            bytes: bytes.into_boxed_slice(),
            decks: tenant.lines.decks.clone(),
        })
    }

    /// The tenant that [`Cold::of`] was made of.
    pub(crate) fn warm(&self) -> Option<CompiledTenant> {
        let form: TenantForm<'_> = postcard::from_bytes(&self.bytes).ok()?;
        tenant(form, &self.decks)
    }
}

/// 128 bits of an id.
type Bits = [u8; 16];

#[derive(Serialize, Deserialize)]
struct TenantForm<'a> {
    id: Bits,
    revision: u64,
    #[serde(borrow)]
    domains: Vec<&'a str>,
    display_name: &'a str,
    caps: Caps,
    without: BTreeSet<Feature>,
    kept: Kept,
    enabled: bool,
    extensions: Vec<ExtensionForm<'a>>,
    devices: Vec<DeviceForm<'a>>,
    lines: LinesForm,
}

#[derive(Serialize, Deserialize)]
struct ExtensionForm<'a> {
    id: Bits,
    number: &'a str,
    display_name: &'a str,
    ring_seconds: u16,
    destination: Destination,
    external_number: Option<E164>,
    forwards: Option<Box<CompiledForwards>>,
    lamps: Option<Box<Lamps>>,
    outside: Option<Box<Outside>>,
    recording: RecordingRule,
    conference: ConferenceRule,
    announcement: Option<Box<AnnouncementRule>>,
    on_hold: Option<Bits>,
    language: Option<Language>,
    enabled: bool,
}

/// An extension of a device.
#[derive(Serialize, Deserialize)]
enum Whose {
    /// Its place among the tenant's extensions.
    Place(u32),
    /// An extension that is not among them.
    Other(Bits),
}

#[derive(Serialize, Deserialize)]
struct DeviceForm<'a> {
    id: Bits,
    username: &'a str,
    extension: Whose,
    /// As [`Credentials::to_bytes`] writes them.
    credentials: Option<Vec<u8>>,
    /// URI, socket, whether over TCP.
    #[serde(borrow)]
    address: Option<(&'a str, SocketAddr, bool)>,
    trusted_source: Option<IpAddr>,
    location: Option<Bits>,
    srtp: Srtp,
    key_agreement: KeyAgreement,
    t38: T38,
    video: Video,
    enabled: bool,
}

fn tenant_form(tenant: &CompiledTenant) -> TenantForm<'_> {
    TenantForm {
        id: tenant.id.as_u128().to_be_bytes(),
        revision: tenant.revision,
        domains: tenant.domains.iter().map(|domain| &**domain).collect(),
        display_name: &tenant.display_name,
        caps: tenant.caps,
        without: tenant.without.clone(),
        kept: tenant.kept.clone(),
        enabled: tenant.enabled,
        extensions: tenant.extensions.iter().map(extension_form).collect(),
        devices: device_forms(tenant),
        lines: LinesForm::of(&tenant.lines),
    }
}

fn extension_form(extension: &CompiledExtension) -> ExtensionForm<'_> {
    ExtensionForm {
        id: extension.id.as_u128().to_be_bytes(),
        number: &extension.number,
        display_name: &extension.display_name,
        ring_seconds: extension.ring_seconds,
        destination: extension.destination,
        external_number: extension.external_number.clone(),
        forwards: extension.forwards.clone(),
        lamps: extension.lamps.clone(),
        outside: extension.outside.clone(),
        recording: extension.recording,
        conference: extension.conference,
        announcement: extension.announcement.clone(),
        on_hold: extension.on_hold.map(|id| id.as_u128().to_be_bytes()),
        language: extension.language,
        enabled: extension.enabled,
    }
}

fn device_forms(tenant: &CompiledTenant) -> Vec<DeviceForm<'_>> {
    let extensions = &tenant.extensions;
    let whose = |id: ExtensionId| {
        let place = extensions.binary_search_by_key(&id, |extension| extension.id);
        match place.map(u32::try_from) {
            Ok(Ok(place)) => Whose::Place(place),
            Ok(Err(_)) | Err(_) => Whose::Other(id.as_u128().to_be_bytes()),
        }
    };
    let devices = tenant.devices.iter();
    devices
        .map(|device| device_form(device, whose(device.extension)))
        .collect()
}

fn device_form(device: &CompiledDevice, extension: Whose) -> DeviceForm<'_> {
    let address = device.address.as_deref();
    DeviceForm {
        id: device.id.as_u128().to_be_bytes(),
        username: &device.username,
        extension,
        credentials: device.credentials.as_ref().map(Credentials::to_bytes),
        address: address.map(|contact| (&*contact.uri, contact.socket, contact.tcp)),
        trusted_source: device.trusted_source,
        location: device.location.map(|id| id.as_u128().to_be_bytes()),
        srtp: device.srtp,
        key_agreement: device.key_agreement,
        t38: device.t38,
        video: device.video,
        enabled: device.enabled,
    }
}

fn tenant(form: TenantForm<'_>, decks: &[Arc<CompiledDeck>]) -> Option<CompiledTenant> {
    let extensions: Box<[_]> = form.extensions.into_iter().map(extension).collect();
    let devices = form.devices.into_iter();
    let devices: Option<Box<[_]>> = devices.map(|form| device(form, &extensions)).collect();
    let devices = devices?;
    let (by_number, by_username, by_extension) = Index::of_tenant(&extensions, &devices);
    Some(CompiledTenant {
        id: TenantId::from_u128(u128::from_be_bytes(form.id)),
        revision: form.revision,
        domains: form.domains.into_iter().map(Box::from).collect(),
        display_name: form.display_name.into(),
        caps: form.caps,
        without: form.without,
        kept: form.kept,
        enabled: form.enabled,
        extensions,
        devices,
        by_number,
        by_username,
        by_extension,
        lines: form.lines.warm(decks)?,
    })
}

fn extension(form: ExtensionForm<'_>) -> CompiledExtension {
    CompiledExtension {
        id: ExtensionId::from_u128(u128::from_be_bytes(form.id)),
        number: form.number.into(),
        display_name: form.display_name.into(),
        ring_seconds: form.ring_seconds,
        destination: form.destination,
        external_number: form.external_number,
        forwards: form.forwards,
        lamps: form.lamps,
        outside: form.outside,
        recording: form.recording,
        conference: form.conference,
        announcement: form.announcement,
        on_hold: form
            .on_hold
            .map(|id| MusicId::from_u128(u128::from_be_bytes(id))),
        language: form.language,
        enabled: form.enabled,
    }
}

fn device(form: DeviceForm<'_>, extensions: &[CompiledExtension]) -> Option<CompiledDevice> {
    let credentials = match form.credentials {
        Some(bytes) => Some(Credentials::from_bytes(&bytes)?),
        None => None,
    };
    let contact = |(uri, socket, tcp): (&str, SocketAddr, bool)| {
        let uri = uri.to_owned();
        Box::new(FixedContact { uri, socket, tcp })
    };
    Some(CompiledDevice {
        id: DeviceId::from_u128(u128::from_be_bytes(form.id)),
        username: form.username.into(),
        extension: match form.extension {
            Whose::Place(place) => extensions.get(usize::try_from(place).ok()?)?.id,
            Whose::Other(id) => ExtensionId::from_u128(u128::from_be_bytes(id)),
        },
        credentials,
        address: form.address.map(contact),
        trusted_source: form.trusted_source,
        location: form
            .location
            .map(|id| EmergencyLocationId::from_u128(u128::from_be_bytes(id))),
        srtp: form.srtp,
        key_agreement: form.key_agreement,
        t38: form.t38,
        video: form.video,
        enabled: form.enabled,
    })
}
