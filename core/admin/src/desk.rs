//! What all sign-ins share: the keys of links and device cookies, and the memory of failures.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use identity::passkey::{Gate, Site};
use identity::{Attempt, Cost, DeviceKey, FlowKey, LinkKey, Lockout, NameKey, Network, Spent};
use ids::UserId;
use machine::{Instant, WallTime};
use ports::{Entropy, StoreError, Stores};

/// Where a request to sign in comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The other end; none when it is not known, which counts as one network.
    pub address: Option<IpAddr>,
    /// The cookie of a device from which somebody has signed in before, as it came.
    pub device: Option<String>,
    /// The program, as it calls itself.
    pub agent: String,
}

/// One for all use cases of an office.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) links: LinkKey,
    pub(crate) devices: DeviceKey,
    pub(crate) cost: Cost,
    flows: FlowKey,
    lockout: Mutex<Lockout>,
    spent: Mutex<Spent>,
    opened: WallTime,
}

impl Desk {
    /// A desk with the platform's keys, which are made when there are none yet.
    pub(crate) async fn open(
        store: &dyn Stores,
        entropy: &dyn Entropy,
        now: WallTime,
    ) -> Result<Desk, StoreError> {
        let fresh = || {
            let mut bits = [0; 32];
            entropy.fill(&mut bits);
            bits
        };
        Ok(Desk {
            links: LinkKey::new(store.secret_or_insert("links", fresh()).await?),
            devices: DeviceKey::new(store.secret_or_insert("devices", fresh()).await?),
            cost: Cost::RECOMMENDED,
            flows: FlowKey::new(store.secret_or_insert("flows", fresh()).await?),
            lockout: Mutex::default(),
            spent: Mutex::default(),
            opened: now,
        })
    }

    fn lockout(&self) -> MutexGuard<'_, Lockout> {
        // a count is never half changed, so a poisoned lock is as good as any
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gate of a site's passkeys.
    pub(crate) fn gate(&self, site: &Site) -> Gate {
        Gate::new(site.clone(), self.flows.clone())
    }

    /// The key of visits to sign-in servers.
    pub(crate) fn flows(&self) -> FlowKey {
        self.flows.clone()
    }

    /// Does work that spends a challenge, once: when it is done again because somebody else was
    /// faster to store, the challenge that it has spent itself does not stand in its way.
    pub(crate) fn spending<T, E>(
        &self,
        again: &AtomicBool,
        work: impl FnOnce(&mut Spent) -> Result<T, E>,
    ) -> Result<T, E> {
        if again.load(Ordering::Relaxed) {
            return work(&mut Spent::new());
        }
        let done = work(&mut self.spent.lock().unwrap_or_else(PoisonError::into_inner));
        again.store(done.is_ok(), Ordering::Relaxed);
        done
    }

    /// The present moment for delays. A clock that is set back makes somebody wait longer, one
    /// that is set forward forgives: neither harms.
    fn moment(&self, now: WallTime) -> Instant {
        Instant::ZERO + now.saturating_since(self.opened)
    }

    /// An attempt under this name; a cookie counts when it was made for this very person.
    pub(crate) fn attempt(&self, name: &str, user: Option<UserId>, origin: &Origin) -> Attempt {
        let nowhere = IpAddr::from([0, 0, 0, 0]);
        let device = user.zip(origin.device.as_deref());
        Attempt {
            name: NameKey::of(name),
            network: Network::of(origin.address.unwrap_or(nowhere)),
            device: device.and_then(|(user, cookie)| self.devices.read(user, cookie)),
        }
    }

    /// Lets an attempt happen, or tells how long to wait first.
    pub(crate) fn let_try(&self, now: WallTime, attempt: &Attempt) -> Result<(), Duration> {
        self.lockout().admit(self.moment(now), attempt)
    }

    /// The attempt was right in all its parts.
    pub(crate) fn was_right(&self, now: WallTime, attempt: &Attempt) {
        self.lockout().succeeded(self.moment(now), attempt);
    }

    /// How many answered challenges are remembered.
    pub(crate) fn spent(&self) -> usize {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.len()
    }

    /// How many names, networks and devices are remembered.
    pub(crate) fn remembered(&self) -> usize {
        self.lockout().remembered()
    }
}
