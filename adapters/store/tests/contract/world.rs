//! What tests do with a store, in their own words.

use std::cell::Cell;

use domain::{
    CallClass, Cdr, Destination, Device, Digests, Document, End, Extension, Fault, Kind, KindName,
    Party, Resource, Tenant,
};
use ids::{AuditId, CallId, CdrId, DeviceId, ExtensionId, TenantId};
use machine::WallTime;
use ports::{Change, Committed, Operation, SecretChange, StoreError, Stores, TokenReach, Write};
use store::block_on;
use tenancy::{AccountScope, CapOverrides, Owner, PlatformScope, TenantScope};

/// A store, and a supply of ids and moments that grow.
pub(crate) struct World<'a> {
    pub(crate) store: &'a dyn Stores,
    next: Cell<u64>,
}

impl<'a> World<'a> {
    pub(crate) fn over(store: &'a dyn Stores) -> World<'a> {
        let next = Cell::new(1);
        World { store, next }
    }

    /// The same, whose ids begin elsewhere.
    pub(crate) fn from(store: &'a dyn Stores, first: u64) -> World<'a> {
        let next = Cell::new(first);
        World { store, next }
    }

    /// A number that was not given before.
    pub(crate) fn number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    /// A change at a moment of its own.
    pub(crate) fn change(&self, operations: Vec<Operation>) -> Change {
        let number = self.number();
        Change {
            operations,
            at: time(number),
            audit: AuditId::new(number, 0),
            request: None,
        }
    }

    pub(crate) fn commit(
        &self,
        scope: &TenantScope,
        operations: Vec<Operation>,
    ) -> Result<Committed, StoreError> {
        block_on(self.store.commit(scope, self.change(operations)))
    }

    pub(crate) fn commit_below(&self, operations: Vec<Operation>) -> Result<Committed, StoreError> {
        let change = self.change(operations);
        block_on(self.store.commit_below(&platform(), change))
    }

    /// Writes one document.
    pub(crate) fn create(&self, scope: &TenantScope, write: Write) -> Document {
        let committed = self.commit(scope, vec![Operation::Create(write)]).unwrap();
        committed.into_document().unwrap()
    }

    /// A new tenant.
    pub(crate) fn tenant(&self, domain: &str) -> TenantScope {
        let write = self.tenant_write(&[domain]);
        let tenant = write.document.owner.tenant().unwrap();
        self.commit_below(vec![Operation::Create(write)]).unwrap();
        TenantScope::for_job(tenant, "test")
    }

    pub(crate) fn tenant_write(&self, domains: &[&str]) -> Write {
        let id = TenantId::new(self.number(), 0);
        let spec = Tenant {
            domains: domains.iter().map(|&domain| domain.to_owned()).collect(),
            mail_domains: Vec::new(),
            display_name: String::new(),
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
        write(id, id.into(), spec)
    }

    /// A new extension.
    pub(crate) fn extension(&self, scope: &TenantScope, number: &str) -> Document {
        self.create(scope, self.extension_write(scope, number))
    }

    pub(crate) fn extension_write(&self, scope: &TenantScope, number: &str) -> Write {
        let id = ExtensionId::new(self.number(), 0);
        let spec = Extension {
            number: number.to_owned(),
            display_name: String::new(),
            ring_seconds: 30,
            destination: Destination::Devices,
            forwards: domain::Forwards::default(),
            lamps: domain::Lamps::default(),
            external_number: None,
            calls: CallClass::ordinary(),
            only_to: Vec::new(),
            never_to: Vec::new(),
            recording: domain::RecordingRule::default(),
            conference: domain::ConferenceRule::default(),
            announcement: domain::AnnouncementRule::default(),
            on_hold: None,
            language: None,
            groups: Vec::new(),
            enabled: true,
        };
        write(id, scope.owner(), spec)
    }

    /// A new device of an extension.
    pub(crate) fn device(
        &self,
        scope: &TenantScope,
        extension: &Document,
        username: &str,
    ) -> Document {
        self.create(scope, self.device_write(scope, &extension.id, username))
    }

    pub(crate) fn device_write(
        &self,
        scope: &TenantScope,
        extension: &str,
        username: &str,
    ) -> Write {
        let id = DeviceId::new(self.number(), 0);
        let spec = Device {
            username: username.to_owned(),
            extension: extension.parse().unwrap(),
            address: None,
            trusted_source: None,
            srtp: domain::Srtp::default(),
            key_agreement: domain::KeyAgreement::default(),
            t38: domain::T38::default(),
            video: domain::Video::default(),
            enabled: true,
            location: None,
        };
        write(id, scope.owner(), spec)
    }

    pub(crate) fn get(&self, scope: &TenantScope, kind: KindName, key: &str) -> Option<Document> {
        block_on(self.store.get(scope, kind, key)).unwrap()
    }

    /// Cursor of the feed's latest entry.
    pub(crate) fn cursor(&self) -> u64 {
        block_on(self.store.feed(u64::MAX, 1)).unwrap().cursor
    }
}

/// The operator.
pub(crate) fn platform() -> AccountScope {
    PlatformScope::at_console().account()
}

/// The keys of all.
pub(crate) fn all_keys() -> TokenReach {
    TokenReach::from(&platform())
}

/// A moment.
pub(crate) fn time(number: u64) -> WallTime {
    WallTime::from_unix_ms(1_000 + i64::try_from(number).unwrap())
}

pub(crate) fn write<K: Kind>(id: K::Id, owner: Owner, spec: K) -> Write {
    let resource = Resource {
        id,
        owner,
        revision: 77,
        spec,
        created: WallTime::UNIX_EPOCH,
        updated: WallTime::UNIX_EPOCH,
    };
    Write {
        document: resource.to_document().unwrap(),
        secret: SecretChange::Keep,
    }
}

/// The document with another member in its spec, to be written over itself.
pub(crate) fn with(document: &Document, member: &str, value: impl serde::Serialize) -> Write {
    let mut document = document.clone();
    document.spec[member] = serde_json::to_value(value).unwrap();
    document.name = match document.kind {
        KindName::Tenant => document.spec["domains"][0].as_str().unwrap().to_owned(),
        KindName::Reseller | KindName::Plan => document.spec["name"].as_str().unwrap().to_owned(),
        KindName::Extension | KindName::Number => {
            document.spec["number"].as_str().unwrap().to_owned()
        }
        KindName::Device => document.spec["username"].as_str().unwrap().to_owned(),
        KindName::Role
        | KindName::Hold
        | KindName::Webhook
        | KindName::Sso
        | KindName::RateDeck
        | KindName::Trunk
        | KindName::EmergencyLocation
        | KindName::Site
        | KindName::SigningKey
        | KindName::Schedule
        | KindName::Sound
        | KindName::Music
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => document.spec["name"].as_str().unwrap().to_owned(),
        KindName::User => document.spec["mail"].as_str().unwrap().to_owned(),
    };
    let secret = SecretChange::Keep;
    Write { document, secret }
}

/// Replaces whatever revision there is.
pub(crate) fn replace(write: Write) -> Operation {
    Operation::Replace {
        write,
        expected_revision: None,
    }
}

/// Deletes whatever revision there is.
pub(crate) fn delete(document: &Document) -> Operation {
    Operation::Delete {
        kind: document.kind,
        id: document.id.clone(),
        expected_revision: None,
    }
}

/// Digests that are told apart by a number.
pub(crate) fn digests(number: u8) -> Digests {
    Digests {
        md5: [number; 16],
        sha256: [number; 32],
    }
}

/// A call record.
pub(crate) fn cdr(tenant: TenantId, number: u64) -> Cdr {
    let party = |number: u64| Party {
        extension: Some(ExtensionId::new(number, 0)),
        device: None,
        number: number.to_string(),
        display: String::new(),
    };
    Cdr {
        id: CdrId::new(number, 1),
        call: CallId::new(number, 2),
        tenant,
        started: time(number),
        ringing_at: None,
        answered_at: Some(time(number)),
        ended: time(number + 10),
        caller: party(101),
        dialled: "102".to_owned(),
        destination: Some(party(102)),
        legs: Vec::new(),
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "Normal call clearing".to_owned(),
            by: Fault::Caller,
        },
        moves: domain::Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}
