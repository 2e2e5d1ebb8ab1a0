//! Where use cases work: a store, a shelf for recordings, randomness, a clock, and the realm of
//! digests.

use std::fmt;
use std::sync::Arc;

use domain::{AuditEntry, Digests, Secret};
use ids::{AuditId, RequestId};
use machine::WallTime;
use ports::{
    Change, Enquirer, Entropy, NoShelf, Operation, RecordingShelf, StoreError, Stores, WallClock,
};
use tenancy::{Actor, Owner};

use crate::desk::Desk;
use crate::signon::SignInServers;
use crate::waiting_uses::WaitingUses;

/// Name of the store's setting that keeps the realm.
pub const REALM_SETTING: &str = "realm";

/// The realm of a platform that says nothing.
pub const DEFAULT_REALM: &str = "strowger";

/// Where use cases work. Cloning is cheap.
#[derive(Clone)]
pub struct Office {
    store: Arc<dyn Stores>,
    shelf: Arc<dyn RecordingShelf>,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn WallClock>,
    realm: Arc<str>,
    desk: Arc<Desk>,
    uses: Arc<WaitingUses>,
    request: Option<RequestId>,
}

impl fmt::Debug for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Office")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

impl Office {
    /// Opens an office over a store. The realm is the store's own; a store without one is given
    /// `realm` and keeps it, since every digest depends on it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(
        store: Arc<dyn Stores>,
        entropy: Arc<dyn Entropy>,
        clock: Arc<dyn WallClock>,
        realm: &str,
    ) -> Result<Office, StoreError> {
        let realm = store.setting_or_insert(REALM_SETTING, realm).await?.into();
        let desk = Desk::open(&*store, &*entropy, clock.now()).await?;
        Ok(Office {
            store,
            shelf: Arc::new(NoShelf),
            entropy,
            clock,
            realm,
            desk: Arc::new(desk),
            uses: Arc::default(),
            request: None,
        })
    }

    /// The same office with a shelf on which the sound of recordings lies; without one there is
    /// none.
    #[must_use]
    pub fn with_shelf(self, shelf: Arc<dyn RecordingShelf>) -> Office {
        Office { shelf, ..self }
    }

    /// The same office, whose audit entries name this API request.
    #[must_use]
    pub fn for_request(&self, request: RequestId) -> Office {
        Office {
            request: Some(request),
            ..self.clone()
        }
    }

    /// The store.
    pub fn store(&self) -> &dyn Stores {
        &*self.store
    }

    /// The store, shared.
    pub fn shared_store(&self) -> Arc<dyn Stores> {
        Arc::clone(&self.store)
    }

    /// Where the sound of recordings lies. It may wait for a disk.
    pub(crate) fn shelf(&self) -> Arc<dyn RecordingShelf> {
        Arc::clone(&self.shelf)
    }

    /// The digest realm of the platform.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Now.
    pub fn now(&self) -> WallTime {
        self.clock.now()
    }

    /// What `make` makes of the present time in Unix milliseconds and 128 random bits: an id.
    pub fn mint<T>(&self, make: impl FnOnce(u64, u128) -> T) -> T {
        let unix_ms = u64::try_from(self.now().unix_ms()).unwrap_or_default();
        make(unix_ms, self.entropy.next_u128())
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A generated secret of a device.
    pub fn generate_secret(&self) -> Secret {
        Secret::generated(&self.random())
    }

    /// What is kept of a device's secret: `H(username ":" realm ":" secret)` (RFC 7616 §3.4.2).
    pub fn digests(&self, username: &str, secret: &Secret) -> Digests {
        Digests::of(username, &self.realm, secret)
    }

    /// When API keys were last used.
    pub(crate) fn uses(&self) -> &WaitingUses {
        &self.uses
    }

    /// Companies' sign-in servers, asked by way of an enquirer.
    pub fn sign_in_servers(&self, enquirer: Arc<dyn Enquirer>) -> SignInServers {
        SignInServers::new(enquirer, Arc::clone(&self.clock), self.desk.flows())
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// How many names, networks and devices are remembered for failed attempts to sign in, for a
    /// metric.
    pub fn attempts_remembered(&self) -> usize {
        self.desk.remembered()
    }

    /// How many answered challenges of passkeys are remembered, for a metric.
    pub fn challenges_remembered(&self) -> usize {
        self.desk.spent()
    }

    pub(crate) fn change(&self, operations: Vec<Operation>) -> Change {
        Change {
            operations,
            at: self.now(),
            audit: self.mint(AuditId::new),
            request: self.request,
        }
    }

    pub(crate) fn audit(
        &self,
        owner: Owner,
        actor: Actor,
        action: &str,
        target: String,
    ) -> AuditEntry {
        AuditEntry {
            id: self.mint(AuditId::new),
            owner,
            at: self.now(),
            actor: actor.to_string(),
            action: action.to_owned(),
            target,
            before: None,
            after: None,
            request: self.request,
        }
    }
}
