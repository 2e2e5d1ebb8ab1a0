//! The scene: an office over a store in memory, with a clock that is set.

use std::sync::Arc;

use admin::access::Entered;
use admin::documents::Written;
use admin::tokens::NewKey;
use admin::{Office, access, documents};
use domain::{Device, Extension, Reseller, Resource, Tenant};
use ids::TenantId;
use machine::WallTime;
use ports::{FixedClock, SeededEntropy, StoreError, TokenReach, locate_below};
use serde_json::{Value, json};
use store::{MemoryStore, block_on};
use tenancy::{AccountScope, Below, Located, Owner, PlatformScope, Principal, Unresolved};

/// A morning, in Unix milliseconds: a whole hour.
pub(crate) const MORNING: i64 = 1_700_006_400_000;

pub(crate) struct Scene {
    pub(crate) office: Office,
    pub(crate) platform: AccountScope,
    pub(crate) store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene::in_realm("strowger")
    }

    /// Another exchange, with this digest realm.
    pub(crate) fn in_realm(realm: &str) -> Scene {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at(WallTime::from_unix_ms(MORNING)));
        let entropy = Arc::new(SeededEntropy::new(7));
        let opened = Office::open(store.clone(), entropy, clock.clone(), realm);
        Scene {
            office: block_on(opened).unwrap(),
            platform: PlatformScope::at_console().account(),
            store,
            clock,
        }
    }

    pub(crate) fn wait(&self, milliseconds: i64) {
        let now = self.office.now().unix_ms();
        self.clock.set(WallTime::from_unix_ms(now + milliseconds));
    }

    pub(crate) fn company(&self, domain: &str) -> Entered {
        let spec = tenant(domain);
        let made = block_on(documents::add(&self.office, &self.platform, spec, None))
            .unwrap()
            .resource;
        self.visit(&made.id.to_string()).unwrap()
    }

    pub(crate) fn visit(&self, name: &str) -> Result<Entered, StoreError> {
        let name = Unresolved::new(name);
        Ok(block_on(access::visit(
            &self.office,
            &self.platform,
            &name,
        ))?)
    }

    /// The scope of a reseller.
    pub(crate) fn reseller(&self, name: &str) -> AccountScope {
        let name = Unresolved::<Reseller>::new(name);
        let found = locate_below(&*self.store, &self.platform, &name);
        self.platform.descend(block_on(found).unwrap().0).unwrap()
    }

    /// The holder of a new key.
    pub(crate) fn holder(&self, role: Owner) -> Principal {
        let (reach, new) = (TokenReach::from(&self.platform), NewKey::of(role, "key"));
        let key = admin::tokens::create(&self.office, &reach, new);
        let (_, text) = block_on(key).unwrap();
        let holder = access::authenticate(&self.office, text.reveal());
        block_on(holder).unwrap().unwrap()
    }

    /// The ticket of the operator to a company.
    pub(crate) fn below(&self, company: &Entered) -> Below<TenantId> {
        let name = Unresolved::<Tenant>::new(company.tenant.id.to_string());
        let found = documents::find(&self.office, &self.platform, &name);
        block_on(found).unwrap().0
    }

    pub(crate) fn extension(&self, company: &Entered, number: &str) -> Resource<Extension> {
        let spec = serde_json::from_value(json!({ "number": number })).unwrap();
        block_on(documents::add(&self.office, &company.scope, spec, None))
            .unwrap()
            .resource
    }

    pub(crate) fn found(&self, company: &Entered, username: &str) -> Located<Device> {
        let name = Unresolved::new(username);
        let found = documents::find(&self.office, &company.scope, &name);
        block_on(found).unwrap().0
    }

    pub(crate) fn device(
        &self,
        company: &Entered,
        value: Value,
    ) -> Result<Written<Device>, StoreError> {
        block_on(documents::create(&self.office, &company.scope, value))
    }
}

pub(crate) fn tenant(domain: &str) -> Tenant {
    serde_json::from_value(json!({ "domains": [domain] })).unwrap()
}
