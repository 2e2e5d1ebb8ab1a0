//! All watches of a shard's tenants.

mod keeping;
mod lists;

use crate::limits::{Capped, Limits};
use crate::listing::Listing;
use crate::told::Told;
use crate::{Aim, Picture, Watch, Watched, Watcher};
use hashbrown::HashMap;
use ids::{DeviceId, TenantId};
use machine::{Instant, TimerTable};
use sip_message::Flow;
use sip_stack::Owner;
use sip_stack::subscription::{Asked, Desk, Heard, Refusal, State, Subscription, Why};
use sip_stack::transaction::{Event, Transactions};
use std::collections::{BTreeMap, BTreeSet};

/// The highest bit of an owner number says that it is a watch's.
const WATCH: u64 = 1 << 63;

/// What must outlive the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Keep these bytes under this key.
    Put(TenantId, u128, Vec<u8>),
    /// Forget the bytes under this key.
    Removed(TenantId, u128),
}

/// Why a watch was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The request cannot be granted.
    Refusal(Refusal),
    /// There are enough.
    Capped(Capped),
}

/// A watch that was begun: to be told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its number among owners.
    pub owner: Owner,
    /// Call-ID and our tag of its dialog.
    pub dialog: (String, String),
}

/// Counters since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Subscriptions granted; refreshes are not counted.
    pub granted: u64,
    /// Subscriptions refused by a bound.
    pub capped: u64,
    /// NOTIFYs sent.
    pub told: u64,
    /// Subscriptions given up because the watcher did not answer, or knew nothing of them.
    pub lost: u64,
}

/// The watches.
#[derive(Debug)]
pub struct Watches {
    limits: Limits,
    entries: HashMap<u64, Watch>,
    by_watched: BTreeMap<Watched, Vec<u64>>,
    by_connection: BTreeSet<(u64, u64)>,
    per_device: HashMap<(TenantId, DeviceId), usize>,
    per_tenant: BTreeMap<TenantId, usize>,
    /// What all of them count for; a list counts as many as were on it.
    weight: usize,
    timers: TimerTable<u64>,
    next: u64,
    figures: Figures,
}

impl Watches {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits) -> Watches {
        Watches {
            limits,
            entries: HashMap::new(),
            by_watched: BTreeMap::new(),
            by_connection: BTreeSet::new(),
            per_device: HashMap::new(),
            per_tenant: BTreeMap::new(),
            weight: 0,
            timers: TimerTable::new(),
            next: 1,
            figures: Figures::default(),
        }
    }

    /// Whether an owner number is a watch's, living or gone.
    #[must_use]
    pub fn is_watch(owner: Owner) -> bool {
        owner.0 & WATCH != 0
    }

    /// The number the next watch will have.
    #[must_use]
    pub fn next_owner(&self) -> Owner {
        Owner(WATCH | self.next)
    }

    /// The bounds.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The counters.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, owner: Owner) -> Option<&Watch> {
        self.entries.get(&owner.0)
    }

    /// Those of an extension.
    #[must_use]
    pub fn of(&self, watched: Watched) -> Vec<Owner> {
        let of_it = self.by_watched.get(&watched);
        of_it.map_or(Vec::new(), |all| all.iter().copied().map(Owner).collect())
    }

    /// What a tenant's devices watch.
    pub fn watched_in(&self, tenant: TenantId) -> impl Iterator<Item = Watched> {
        let all = self.by_watched.keys().copied();
        all.filter(move |watched| watched.tenant == tenant)
    }

    /// Grants a subscription and answers it. It is to be told at once.
    ///
    /// # Errors
    /// [`Refused`]; nothing was answered.
    pub fn begin(
        &mut self,
        watcher: Watcher,
        asked: Asked<'_>,
        key: u128,
        desk: &mut Desk<'_>,
    ) -> Result<Begun, Refused> {
        if let Err(capped) = self.check(&watcher) {
            self.figures.capped += 1;
            return Err(Refused::Capped(capped));
        }
        let begun = Subscription::begin(asked, &self.limits.bounds, desk);
        let subscription = begun.map_err(Refused::Refusal)?;
        self.figures.granted += 1;
        let dialog = subscription.dialog();
        let dialog = (dialog.call_id().to_owned(), dialog.local_tag().to_owned());
        let owner = self.insert(watcher, subscription, Told::default(), key);
        Ok(Begun { owner, dialog })
    }

    fn check(&self, watcher: &Watcher) -> Result<(), Capped> {
        let (tenant, more) = (watcher.scope.tenant(), watcher.aim.weight());
        let of_device = self.per_device.get(&(tenant, watcher.device)).copied();
        if of_device.unwrap_or(0) + more > self.limits.per_device {
            return Err(Capped::Device(self.limits.per_device));
        }
        let of_tenant = self.per_tenant.get(&tenant).copied();
        if of_tenant.unwrap_or(0) + more > self.limits.per_tenant {
            return Err(Capped::Tenant(self.limits.per_tenant));
        }
        if self.weight + more > self.limits.total {
            return Err(Capped::Total);
        }
        Ok(())
    }

    fn insert(
        &mut self,
        watcher: Watcher,
        subscription: Subscription,
        told: Told,
        key: u128,
    ) -> Owner {
        let owner = self.next_owner();
        self.next += 1;
        let (tenant, weight) = (watcher.scope.tenant(), watcher.aim.weight());
        let of_it = self.by_watched.entry(watcher.watched()).or_default();
        of_it.push(owner.0);
        *self.per_device.entry((tenant, watcher.device)).or_default() += weight;
        *self.per_tenant.entry(tenant).or_default() += weight;
        self.weight += weight;
        let list = match watcher.aim {
            Aim::Itself => None,
            Aim::List(_) => Some(Box::new(Listing::new())),
        };
        let watch = Watch {
            watcher,
            subscription,
            told,
            list,
            key,
            alarm: None,
            connection: 0,
        };
        self.entries.insert(owner.0, watch);
        self.note_flow(owner);
        self.rearm(owner);
        owner
    }

    /// A SUBSCRIBE within the dialog of a watch: answered when it is granted, and to be told then.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was answered.
    pub fn again(
        &mut self,
        owner: Owner,
        asked: Asked<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<(), Refusal> {
        let bounds = self.limits.bounds;
        let watch = self.entries.get_mut(&owner.0);
        let watch = watch.ok_or(Refusal::Status(481))?;
        let granted = watch.subscription.again(asked, &bounds, desk);
        self.note_flow(owner);
        self.rearm(owner);
        granted
    }

    /// The watches on a connection.
    #[must_use]
    pub fn on_connection(&self, connection: u64) -> Vec<Owner> {
        let span = (connection, 0)..=(connection, u64::MAX);
        let all = self.by_connection.range(span);
        all.map(|(_, number)| Owner(*number)).collect()
    }

    /// The connection of a watch is gone: it is told nothing until it has another.
    pub fn cast_off(&mut self, owner: Owner, transactions: &mut Transactions) {
        if let Some(watch) = self.entries.get_mut(&owner.0) {
            watch.subscription.cast_off(transactions);
            self.rearm(owner);
        }
    }

    /// A watch is reached by another flow from now on; it is to be told anew.
    pub fn moved(&mut self, owner: Owner, flow: Flow) {
        if let Some(watch) = self.entries.get_mut(&owner.0) {
            watch.subscription.moved(flow);
            self.note_flow(owner);
            self.rearm(owner);
        }
    }

    fn note_flow(&mut self, owner: Owner) {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return;
        };
        let now = watch.subscription.flow().connection;
        let before = std::mem::replace(&mut watch.connection, now);
        if before == now {
            return;
        }
        self.by_connection.remove(&(before, owner.0));
        if now != 0 {
            self.by_connection.insert((now, owner.0));
        }
    }

    /// Tells a watch what there is to see, if that is news to it, or `anew` in any case.
    pub fn tell(&mut self, owner: Owner, picture: Picture, anew: bool, desk: &mut Desk<'_>) {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return;
        };
        if !watch.subscription.may_tell() {
            return;
        }
        if let Some(document) = watch.told.news(picture, anew) {
            watch.subscription.tell(Some(&document), desk);
            self.figures.told += 1;
        }
        self.rearm(owner);
    }

    /// Ends a watch from our side, with a last word that says why and nothing else.
    pub fn end(&mut self, owner: Owner, why: Why, desk: &mut Desk<'_>) {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return;
        };
        watch.subscription.end(why);
        if watch.subscription.may_tell() {
            watch.subscription.tell(None, desk);
            self.figures.told += 1;
        }
        self.rearm(owner);
    }

    /// Takes the answer to a NOTIFY.
    pub fn hear(&mut self, owner: Owner, event: &Event, now: Instant) -> Heard {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return Heard::Nothing;
        };
        let ended = watch.subscription.state() != State::Active;
        let heard = watch.subscription.hear(event, now);
        self.figures.lost += u64::from(heard == Heard::Over && !ended);
        self.rearm(owner);
        heard
    }

    /// When the next one wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// A watch whose time has come, and what follows.
    pub fn pop_due(&mut self, now: Instant) -> Option<(Owner, Heard)> {
        let (_, number) = self.timers.pop_due(now)?;
        let watch = self.entries.get_mut(&number)?;
        watch.alarm = None;
        let heard = watch.subscription.expire(now);
        self.rearm(Owner(number));
        Some((Owner(number), heard))
    }

    fn rearm(&mut self, owner: Owner) {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return;
        };
        let wanted = watch.subscription.deadline();
        if wanted == watch.alarm.as_ref().map(|(at, _)| *at) {
            return;
        }
        if let Some((_, handle)) = watch.alarm.take() {
            self.timers.cancel(handle);
        }
        watch.alarm = wanted.map(|at| (at, self.timers.arm(at, owner.0)));
    }

    /// Takes a watch out that is over; its place is free again.
    pub fn remove(&mut self, owner: Owner) -> Option<Watch> {
        let watch = self.entries.remove(&owner.0)?;
        if let Some((_, handle)) = &watch.alarm {
            self.timers.cancel(*handle);
        }
        self.by_connection.remove(&(watch.connection, owner.0));
        self.lose_all(owner, &watch);
        let (tenant, weight) = (watch.watcher.scope.tenant(), watch.watcher.aim.weight());
        self.weight -= weight;
        let of_device = (tenant, watch.watcher.device);
        if let Some(count) = self.per_device.get_mut(&of_device) {
            *count -= weight;
            if *count == 0 {
                self.per_device.remove(&of_device);
            }
        }
        if let Some(count) = self.per_tenant.get_mut(&tenant) {
            *count -= weight;
            if *count == 0 {
                self.per_tenant.remove(&tenant);
            }
        }
        Some(watch)
    }
}
