//! Tenants made for tests, without a store.

use crate::Account;
use domain::{
    CallClass, CompiledTenant, ConferenceRule, Credentials, Destination, Device, Digests,
    Extension, Feature, LineParts, Music, MusicOrder, Plan, Quotas, RecordingRule, Resource, Sound,
    Tenant, TenantParts,
};
use ids::{DeviceId, ExtensionId, MusicId, PlanId, SoundId, TenantId};
use machine::WallTime;
use sip_stack::digest;
use std::sync::Arc;
use tenancy::{CapOverrides, Caps, Owner};

/// The realm of the exchanges made here.
pub const REALM: &str = "strowger";

/// One device of a company.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its account.
    pub account: Account,
    /// Its id.
    pub device: DeviceId,
}

/// A tenant in the making.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its documents.
    pub parts: TenantParts,
    name: String,
    number: u128,
}

pub(crate) fn resource<K: domain::Kind>(
    id: K::Id,
    owner: impl Into<Owner>,
    spec: K,
) -> Resource<K> {
    Resource {
        id,
        owner: owner.into(),
        revision: 1,
        spec,
        created: WallTime::UNIX_EPOCH,
        updated: WallTime::UNIX_EPOCH,
    }
}

impl Company {
    /// A company with one domain, `<name>.example`, and no one in it. `number` must differ from
    /// that of every other company of the exchange.
    #[must_use]
    pub fn new(name: &str, number: u128) -> Company {
        let id = TenantId::new(1, number);
        let spec = Tenant {
            domains: vec![format!("{name}.example")],
            mail_domains: Vec::new(),
            display_name: name.to_owned(),
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
        };
        let parts = TenantParts {
            tenant: resource(id, id, spec),
            plan: None,
            extensions: Vec::new(),
            devices: Vec::new(),
            lines: LineParts::default(),
            cursor: 0,
        };
        Company {
            parts,
            name: name.to_owned(),
            number,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> TenantId {
        self.parts.tenant.id
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.parts
            .tenant
            .spec
            .domains
            .first()
            .map_or("", String::as_str)
    }

    /// Gives it a sound that is its music on hold.
    pub fn music(&mut self) -> SoundId {
        let (owner, id) = (self.id(), SoundId::new(1, self.fresh()));
        let spec = Sound {
            name: "waltz".to_owned(),
            description: String::new(),
            on_hold: true,
        };
        self.parts.lines.music = Some(resource(id, owner, spec));
        id
    }

    /// Gives it a programme that is its music on hold, unless an extension names another.
    pub fn programme(&mut self) -> MusicId {
        let id = self.other_programme();
        let programmes = self.parts.lines.programmes.iter_mut();
        programmes.for_each(|programme| programme.spec.on_hold = programme.id == id);
        id
    }

    /// Gives it a programme that is heard where it is named.
    pub fn other_programme(&mut self) -> MusicId {
        let (owner, id) = (self.id(), MusicId::new(1, self.fresh()));
        let spec = Music {
            name: id.to_string(),
            description: String::new(),
            playlist: Vec::new(),
            order: MusicOrder::Sequential,
            stream: Some("http://radio.example/".to_owned()),
            announcement: None,
            announced_every_seconds: 60,
            on_hold: false,
        };
        self.parts.lines.programmes.push(resource(id, owner, spec));
        id
    }

    /// Its caps, where they differ from the defaults.
    pub fn caps(&mut self) -> &mut CapOverrides {
        &mut self.parts.tenant.spec.caps
    }

    /// Sells it a plan that leaves something out.
    pub fn sell_without(&mut self, feature: Feature) {
        let plan = Plan {
            name: "small".to_owned(),
            display_name: String::new(),
            included: Quotas::default(),
            maximum: Quotas::default(),
            caps: Caps::default(),
            without: [feature].into(),
            toll_budget: None,
            enabled: true,
        };
        let id = PlanId::new(1, self.number);
        self.parts.tenant.spec.plan = Some(id);
        self.parts.plan = Some(resource(id, self.id(), plan));
    }

    pub(crate) fn fresh(&self) -> u128 {
        let lines = &self.parts.lines;
        let carriers = lines.trunks.len() + lines.decks.len() + lines.numbers.len();
        let routes = lines.inbound.len() + lines.outbound.len();
        let places = lines.locations.len() + lines.sites.len();
        let inside = self.parts.extensions.len() + self.parts.devices.len();
        let tolls = lines.guards.len() + lines.contained.len() + lines.programmes.len();
        let made = inside + carriers + routes + places + tolls + 1;
        self.number << 64 | u128::try_from(made).unwrap_or(0)
    }

    /// Adds an extension, or finds it.
    pub fn extension(&mut self, number: &str, destination: Destination) -> ExtensionId {
        let mut all = self.parts.extensions.iter();
        if let Some(found) = all.find(|e| e.spec.number == number) {
            return found.id;
        }
        let id = ExtensionId::new(1, self.fresh());
        let spec = Extension {
            number: number.to_owned(),
            display_name: format!("{} {number}", self.name),
            ring_seconds: 20,
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
        };
        self.parts.extensions.push(resource(id, self.id(), spec));
        id
    }

    /// Sets the forwards of an extension that there is. None when they are not valid.
    pub fn forwards(&mut self, number: &str, forwards: serde_json::Value) -> Option<()> {
        let mut all = self.parts.extensions.iter_mut();
        let found = all.find(|one| one.spec.number == number)?;
        found.spec.forwards = serde_json::from_value(forwards).ok()?;
        domain::Kind::validate(&found.spec).ok()
    }

    /// Sets the lamps of an extension that there is. None when they are not valid.
    pub fn lamps(&mut self, number: &str, lamps: serde_json::Value) -> Option<()> {
        let mut all = self.parts.extensions.iter_mut();
        let found = all.find(|one| one.spec.number == number)?;
        found.spec.lamps = serde_json::from_value(lamps).ok()?;
        domain::Kind::validate(&found.spec).ok()
    }

    /// Adds a device to an extension (which is made when it is new).
    pub fn member(&mut self, number: &str) -> Member {
        let extension = self.extension(number, Destination::Devices);
        let id = DeviceId::new(1, self.fresh());
        let username = format!("{}-{number}-{}", self.name, self.parts.devices.len());
        let password = format!("secret of {username}");
        let account = Account {
            number: number.to_owned(),
            domain: self.domain().to_owned(),
            display: format!("{} {number}", self.name),
            username,
            password,
        };
        let spec = Device {
            username: account.username.clone(),
            extension,
            address: None,
            trusted_source: None,
            srtp: domain::Srtp::default(),
            key_agreement: domain::KeyAgreement::default(),
            t38: domain::T38::default(),
            video: domain::Video::default(),
            location: None,
            enabled: true,
        };
        let digests = digests(&account);
        let device = (resource(id, self.id(), spec), Some(digests.into()));
        self.parts.devices.push(device);
        Member {
            account,
            device: id,
        }
    }

    /// The spec of a device.
    pub fn device(&mut self, id: DeviceId) -> Option<&mut Device> {
        let mut all = self.parts.devices.iter_mut();
        all.find(|(device, _)| device.id == id)
            .map(|(device, _)| &mut device.spec)
    }

    /// Gives a device a new password.
    pub fn set_password(&mut self, member: &mut Member, password: &str) {
        password.clone_into(&mut member.account.password);
        let digests = digests(&member.account);
        for (device, known) in &mut self.parts.devices {
            if device.id == member.device {
                *known = Some(digests.into());
            }
        }
    }

    /// Gives a device a new password; the one before stays valid until a moment.
    pub fn set_password_beside(&mut self, member: &mut Member, password: &str, until: WallTime) {
        let before = digests(&member.account);
        self.set_password(member, password);
        let present = digests(&member.account);
        for (device, known) in &mut self.parts.devices {
            if device.id == member.device {
                *known = Some(Credentials::from(before).replaced(present, until));
            }
        }
    }

    /// What the exchange is told.
    #[must_use]
    pub fn compile(&self) -> Arc<CompiledTenant> {
        Arc::new(CompiledTenant::compile(self.parts.clone()))
    }
}

fn digests(account: &Account) -> Digests {
    let made = digest::Digests::compute(&account.username, REALM, &account.password);
    Digests {
        md5: made.md5,
        sha256: made.sha256,
    }
}
