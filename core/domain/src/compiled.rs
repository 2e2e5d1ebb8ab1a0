//! A tenant's documents, compiled into what routing and admission ask while a call is set up.
//!
//! Tenants that are in use are held like this, the others as bytes of which this is made again
//! ([`cold`]), so that no call waits for a database. Texts and lists have no room to grow, and what
//! is looked up is found by halving in lists of numbers instead of in tables.

mod asked;
pub(crate) mod cold;
mod cold_lines;
mod cold_places;
mod forwarding;
mod index;
mod lamps;
mod lines;
mod outside;
mod places;
mod priced;
mod programmes;
mod rates;
mod schedules;
mod signing;
mod tolls;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ids::{DeviceId, EmergencyLocationId, ExtensionId, MusicId, TenantId};
use machine::WallTime;
use phrases::{Date, Language, Time};
use serde::{Deserialize, Serialize};
use tenancy::{Caps, DeviceEntry};

use crate::announcement_rule::AnnouncementRule;
use crate::call_class::CallClass;
use crate::conference_rule::ConferenceRule;
use crate::credentials::Credentials;
use crate::device::{Device, FixedContact};
use crate::document::Resource;
use crate::e164::{self, E164};
use crate::extension::{Destination, Extension};
use crate::feature::Feature;
use crate::key_agreement::KeyAgreement;
use crate::ladder::KeptLadders;
use crate::lamps::Lamps;
use crate::plan::Plan;
use crate::recording_rule::RecordingRule;
use crate::srtp::Srtp;
use crate::t38::T38;
use crate::tenant::Tenant;
use crate::time_zone;
use crate::video::Video;
pub use forwarding::CompiledForwards;
use index::Index;
use lines::Lines;
pub use lines::{
    CompiledInbound, CompiledNumber, CompiledOutbound, CompiledTrunk, InboundCall, LineParts,
};
pub use outside::Barred;
use outside::Outside;
pub use places::{CompiledLocation, CompiledSite, KnownBy};
pub use priced::Priced;
use programmes::OwnMusic;
pub use rates::{CompiledDeck, DeckShelf, Price, TYPICAL_CALL};
pub use schedules::CompiledSchedule;
pub use signing::CompiledSigningKey;
pub use tolls::{Guarding, Toll};

/// All documents of one tenant, as a store hands them out for compiling.
#[derive(Clone, Debug)]
pub struct TenantParts {
    /// The tenant's own document.
    pub tenant: Resource<Tenant>,
    /// The plan it has.
    pub plan: Option<Resource<Plan>>,
    /// All its extensions, in the order of their ids.
    pub extensions: Vec<Resource<Extension>>,
    /// All its devices with what they prove themselves with, in the order of their ids.
    pub devices: Vec<(Resource<Device>, Option<Credentials>)>,
    /// Its trunks, numbers and routes.
    pub lines: LineParts,
    /// The feed's cursor before the documents were read: following the feed from here misses
    /// nothing.
    pub cursor: u64,
}

/// One extension, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledExtension {
    /// The id.
    pub id: ExtensionId,
    /// What is dialled.
    pub number: Box<str>,
    /// What is shown.
    pub display_name: Box<str>,
    /// How long it rings, in seconds.
    ring_seconds: u16,
    /// Who answers.
    pub destination: Destination,
    /// The number by which it is known outside, unless that is not the tenant's.
    pub external_number: Option<E164>,
    /// Where its calls go on to; `None` where none does.
    pub forwards: Option<Box<CompiledForwards>>,
    /// What its lamps show; `None` for what those of an extension do that says nothing.
    lamps: Option<Box<Lamps>>,
    /// What it may call outside; `None` for what an extension may that says nothing.
    outside: Option<Box<Outside>>,
    /// Which of its calls are recorded.
    pub recording: RecordingRule,
    /// What it is like as a conference, where it is one.
    pub conference: ConferenceRule,
    /// What it plays, where it is an announcement; `None` for the exchange's own.
    pub announcement: Option<Box<AnnouncementRule>>,
    /// The programme that those hear whom it puts on hold.
    pub on_hold: Option<MusicId>,
    /// What the exchange speaks to its people, where that is not what it speaks to all.
    language: Option<Language>,
    /// Whether it is in use.
    pub enabled: bool,
}

impl CompiledExtension {
    /// How long it rings.
    pub fn ring(&self) -> Duration {
        Duration::from_secs(self.ring_seconds.into())
    }

    /// The groups that it belongs to, in the order of their names.
    pub fn groups(&self) -> &[String] {
        self.outside
            .as_ref()
            .map_or(&[], |outside| outside.groups())
    }

    /// Why it may not place a call of a class to a number outside; `None` when it may. A number is
    /// `None` when what goes out is none of the world.
    pub fn barred(&self, class: CallClass, number: Option<&E164>) -> Option<Barred> {
        match &self.outside {
            Some(outside) => outside.bars(class, number),
            None => (class == CallClass::Premium).then_some(Barred::Class(class)),
        }
    }
}

/// One device, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledDevice {
    /// The id.
    pub id: DeviceId,
    /// Authentication user name.
    pub username: Box<str>,
    /// The extension it rings for and calls as.
    pub extension: ExtensionId,
    /// What its digest responses are checked against; `None` before a secret was set.
    pub credentials: Option<Credentials>,
    /// The address that is rung without a registration.
    pub address: Option<Box<FixedContact>>,
    /// The address whose requests need no digest.
    pub trusted_source: Option<IpAddr>,
    /// Where it says that it is.
    pub location: Option<EmergencyLocationId>,
    /// Whether its sound is protected.
    pub srtp: Srtp,
    /// By what keys are offered to it.
    pub key_agreement: KeyAgreement,
    /// Whether its faxes may go as data.
    pub t38: T38,
    /// Whether its calls may have video.
    pub video: Video,
    /// Whether it is in use.
    pub enabled: bool,
}

/// Small settings of a tenant: what is kept of what its people say by SIP, who is told of it, and
/// whether they hear music on hold; in which language and by which clock the exchange speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    ladders: KeptLadders,
    captured: bool,
    texts_days: u8,
    music_on_hold: bool,
    /// What the exchange speaks to its people.
    language: Language,
    /// The time zone of its clock.
    time_zone: Box<str>,
    /// The company's own music.
    own_music: Option<Box<OwnMusic>>,
}

impl Kept {
    fn of(tenant: &Tenant, lines: &LineParts) -> Kept {
        Kept {
            ladders: tenant.ladders,
            captured: tenant.captured,
            texts_days: tenant.texts_kept_days,
            music_on_hold: tenant.music_on_hold,
            language: tenant.language,
            time_zone: tenant.time_zone.as_str().into(),
            own_music: OwnMusic::of(lines),
        }
    }
}

/// One tenant, compiled: immutable, shared by `Arc`, replaced as a whole when the feed says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledTenant {
    id: TenantId,
    revision: u64,
    domains: Box<[Box<str>]>,
    display_name: Box<str>,
    caps: Caps,
    without: BTreeSet<Feature>,
    kept: Kept,
    enabled: bool,
    extensions: Box<[CompiledExtension]>,
    devices: Box<[CompiledDevice]>,
    by_number: Index,
    by_username: Index,
    /// By extension, and among those of one extension by id.
    by_extension: Index,
    lines: Lines,
}

impl CompiledTenant {
    /// Compiles one tenant. Devices of an extension that is not among the parts ring for nobody.
    pub fn compile(parts: TenantParts) -> CompiledTenant {
        let plan = parts.plan.as_ref().map(|plan| &plan.spec);
        let caps = parts.tenant.spec.effective_caps(plan);
        let without = plan.map(|plan| plan.without.clone()).unwrap_or_default();
        let kept = Kept::of(&parts.tenant.spec, &parts.lines);
        let mut lines = Lines::compile(parts.tenant.id, parts.lines);
        lines.habits = parts.tenant.spec.dialling.map(Box::new);
        lines.tolls.plan = plan.and_then(|plan| plan.toll_budget.clone());
        let mut extensions: Box<[_]> = parts.extensions.into_iter().map(extension).collect();
        extensions.sort_unstable_by_key(|extension| extension.id);
        let mut devices: Box<[_]> = parts.devices.into_iter().map(device).collect();
        devices.sort_unstable_by_key(|device| device.id);
        let domains = parts.tenant.spec.domains.into_iter();
        let (by_number, by_username, by_extension) = Index::of_tenant(&extensions, &devices);
        CompiledTenant {
            id: parts.tenant.id,
            revision: parts.tenant.revision,
            display_name: parts.tenant.spec.display_name.into(),
            domains: domains.map(String::into_boxed_str).collect(),
            caps,
            without,
            kept,
            enabled: parts.tenant.spec.enabled,
            by_number,
            by_username,
            by_extension,
            lines,
            extensions,
            devices,
        }
    }

    /// The tenant.
    pub fn id(&self) -> TenantId {
        self.id
    }

    /// Revision of the tenant's own document.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// SIP domains; the first is the one that is written into what we send.
    pub fn domains(&self) -> &[Box<str>] {
        &self.domains
    }

    /// The first domain.
    pub fn domain(&self) -> &str {
        self.domains.first().map_or("", |domain| domain)
    }

    /// What people call it.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// How much it may use.
    pub fn caps(&self) -> &Caps {
        &self.caps
    }

    /// Whether its plan includes this.
    pub fn includes(&self, feature: Feature) -> bool {
        !self.without.contains(&feature)
    }

    /// Of which calls the messages are kept with the record.
    pub fn kept_ladders(&self) -> KeptLadders {
        self.kept.ladders
    }

    /// Whether its messages may be told to the operator's capture server.
    pub fn captured(&self) -> bool {
        self.kept.captured
    }

    /// For how many days a text waits whose reader has no telephone.
    pub fn texts_kept_days(&self) -> u8 {
        self.kept.texts_days
    }

    /// Whether a party that is put on hold hears the exchange's music.
    pub fn has_music_on_hold(&self) -> bool {
        self.kept.music_on_hold
    }

    /// What the exchange speaks to people at large.
    pub fn language(&self) -> Language {
        self.kept.language
    }

    /// What it speaks to those of an extension; to people at large where it is none of the
    /// company's.
    pub fn language_of(&self, extension: Option<ExtensionId>) -> Language {
        let extension = extension.and_then(|id| self.extension(id));
        let own = extension.and_then(|extension| extension.language);
        own.unwrap_or(self.kept.language)
    }

    /// What calendar and clock of the company show at a moment; `None` where no calendar goes.
    pub fn clock_shows(&self, at: WallTime) -> Option<(Date, Time)> {
        time_zone::shown(&self.kept.time_zone, at)
    }

    /// Whether it is in use.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// All extensions, in the order of their ids.
    pub fn extensions(&self) -> &[CompiledExtension] {
        &self.extensions
    }

    /// All devices, in the order of their ids.
    pub fn devices(&self) -> &[CompiledDevice] {
        &self.devices
    }

    /// The extension with this number.
    pub fn extension_by_number(&self, number: &str) -> Option<&CompiledExtension> {
        self.by_number.find(&self.extensions, |extension| {
            (*extension.number).cmp(number)
        })
    }

    /// The extension with this id.
    pub fn extension(&self, id: ExtensionId) -> Option<&CompiledExtension> {
        let found = self
            .extensions
            .binary_search_by_key(&id, |extension| extension.id);
        self.extensions.get(found.ok()?)
    }

    /// The device with this authentication user name.
    pub fn device_by_username(&self, username: &str) -> Option<&CompiledDevice> {
        self.by_username
            .find(&self.devices, |device| (*device.username).cmp(username))
    }

    /// The device with this id.
    pub fn device(&self, id: DeviceId) -> Option<&CompiledDevice> {
        let found = self.devices.binary_search_by_key(&id, |device| device.id);
        self.devices.get(found.ok()?)
    }

    /// The devices of an extension, in the order of their ids.
    pub fn devices_of<'a>(
        &'a self,
        extension: &'a CompiledExtension,
    ) -> impl Iterator<Item = &'a CompiledDevice> + 'a {
        let of = |device: &CompiledDevice| device.extension.cmp(&extension.id);
        self.by_extension.all(&self.devices, of)
    }

    /// What admission needs to know of a device. A device of a disabled tenant or of a disabled
    /// extension is not enabled.
    pub fn entry(&self, device: &CompiledDevice) -> DeviceEntry {
        let extension = self.extension(device.extension).is_some_and(|e| e.enabled);
        DeviceEntry {
            tenant: self.id,
            device: device.id,
            trusted_source: device.trusted_source,
            enabled: self.enabled && extension && device.enabled,
        }
    }

    /// What admission needs to know of a device that calls for help: neither the company nor the
    /// extension need be in use, only the device.
    pub fn entry_for_help(&self, device: &CompiledDevice) -> DeviceEntry {
        DeviceEntry {
            enabled: device.enabled,
            ..self.entry(device)
        }
    }
}

fn extension(resource: Resource<Extension>) -> CompiledExtension {
    let Resource {
        id,
        revision,
        mut spec,
        ..
    } = resource;
    CompiledExtension {
        id,
        forwards: CompiledForwards::of(revision, std::mem::take(&mut spec.forwards)),
        lamps: CompiledExtension::lamps_of(std::mem::take(&mut spec.lamps)),
        outside: Outside::of(&mut spec),
        number: spec.number.into(),
        display_name: spec.display_name.into(),
        ring_seconds: spec.ring_seconds,
        destination: spec.destination,
        external_number: spec.external_number.as_deref().and_then(e164::stored),
        recording: spec.recording,
        conference: spec.conference,
        announcement: (!spec.announcement.is_plain()).then(|| Box::new(spec.announcement)),
        on_hold: spec.on_hold,
        language: spec.language,
        enabled: spec.enabled,
    }
}

fn device((resource, credentials): (Resource<Device>, Option<Credentials>)) -> CompiledDevice {
    let Resource { id, spec, .. } = resource;
    CompiledDevice {
        id,
        address: spec.fixed_contact().map(Box::new),
        username: spec.username.into(),
        extension: spec.extension,
        credentials,
        trusted_source: spec.trusted_source,
        location: spec.location,
        srtp: spec.srtp,
        key_agreement: spec.key_agreement,
        t38: spec.t38,
        video: spec.video,
        enabled: spec.enabled,
    }
}
