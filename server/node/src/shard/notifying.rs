//! Telling watchers: what a watch is told and when, its ends, and its way over a restart.

use super::Shard;
use ids::{CallId, DeviceId, TenantId};
use machine::Instant;
use ports::Bucket;
use sip_stack::subscription::{Desk, Heard, State, Why};
use sip_stack::transaction::{Event, Owner};
use tenancy::TenantScope;
use watch::{Aim, Output, Stored, Watched, Watcher, Watches};

impl Shard {
    /// Whether what happened concerns a watch; it is taken then.
    pub(crate) fn is_for_watch(&mut self, event: &Event, now: Instant) -> bool {
        let owner = match event {
            Event::Response { owner, .. }
            | Event::ClientTimedOut { owner, .. }
            | Event::ClientTransportFailed { owner, .. } => *owner,
            Event::Request { .. }
            | Event::Ack { .. }
            | Event::Cancelled { .. }
            | Event::ServerTimedOut { .. } => return false,
        };
        if !Watches::is_watch(owner) {
            return false;
        }
        let heard = self.sip.lamps.watches.hear(owner, event, now);
        self.heard_of_watch(owner, heard, now);
        true
    }

    fn heard_of_watch(&mut self, owner: Owner, heard: Heard, now: Instant) {
        match heard {
            Heard::Nothing => {}
            Heard::News => self.tell_watch(owner, false, now),
            Heard::TellAgain => self.tell_watch(owner, true, now),
            Heard::Over => self.drop_watch(owner),
        }
    }

    /// Wakes the watches whose time has come, and ends what was published long enough ago.
    pub(crate) fn wake_watches(&mut self, now: Instant) {
        let lamps = &mut self.sip.lamps;
        lamps.publications.expire(now, &mut lamps.moved);
        while let Some((owner, heard)) = self.sip.lamps.watches.pop_due(now) {
            self.heard_of_watch(owner, heard, now);
        }
    }

    /// Tells a watch what there is to see now. One whose extension or device is gone is ended.
    pub(crate) fn tell_watch(&mut self, owner: Owner, anew: bool, now: Instant) {
        let Some(watch) = self.sip.lamps.watches.get(owner) else {
            return;
        };
        if !self.may_go_on(&watch.watcher) {
            return self.end_watch(owner, now);
        }
        match watch.watcher.aim {
            Aim::Itself => self.tell_of_one(owner, anew, now),
            Aim::List(_) => self.tell_of_list(owner, anew, now),
        }
    }

    fn tell_of_one(&mut self, owner: Owner, anew: bool, now: Instant) {
        let watch = self.sip.lamps.watches.get(owner);
        let picture = watch.and_then(|watch| self.picture_of(&watch.watcher, now));
        let Some(picture) = picture else {
            return self.end_watch(owner, now);
        };
        self.with_watch(owner, now, |watches, desk| {
            watches.tell(owner, picture, anew, desk);
        });
    }

    /// Ends a watch of what may not be watched any more.
    fn end_watch(&mut self, owner: Owner, now: Instant) {
        let watch = self.sip.lamps.watches.get(owner);
        if watch.is_some_and(|watch| watch.subscription().is_adrift()) {
            // there is nobody to tell that it is over
            return self.drop_watch(owner);
        }
        self.with_watch(owner, now, |watches, desk| {
            watches.end(owner, Why::NoResource, desk);
        });
    }

    /// Does something for which a watch needs its transactions.
    pub(super) fn with_watch(
        &mut self,
        owner: Owner,
        now: Instant,
        act: impl FnOnce(&mut Watches, &mut Desk<'_>),
    ) {
        let watches = &mut self.sip.lamps.watches;
        let Some(watch) = watches.get(owner) else {
            return;
        };
        let config = self.sip.usages.of(&watch.subscription().flow());
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            config,
            owner,
        };
        act(watches, &mut desk);
    }

    /// Tells all watchers of extensions that have moved. Who watches a list is told of all that
    /// have at once.
    pub(crate) fn light_lamps(&mut self, now: Instant) {
        while let Some(watched) = self.sip.lamps.moved.pop_first() {
            let watches = &mut self.sip.lamps.watches;
            let owners = watches.note(watched);
            let is_list = |owner: &Owner| watches.get(*owner).is_some_and(|one| one.is_of_list());
            let (lists, others): (Vec<_>, Vec<_>) = owners.into_iter().partition(is_list);
            self.sip.lamps.lists.extend(lists);
            for owner in others {
                self.tell_watch(owner, false, now);
            }
        }
        while let Some(owner) = self.sip.lamps.lists.pop_first() {
            self.tell_watch(owner, false, now);
        }
    }

    /// A device can be reached elsewhere, or no more.
    pub(crate) fn device_moved(&mut self, tenant: TenantId, device: DeviceId) {
        if self.sip.lamps.watches.is_empty() {
            return;
        }
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.and_then(|one| Some(one.device(device)?.extension));
        if let Some(extension) = extension {
            self.sip.lamps.moved.insert(Watched { tenant, extension });
        }
    }

    /// A tenant's documents have changed, or are gone: all that is watched in it may have.
    pub(crate) fn tenant_moved(&mut self, tenant: TenantId) {
        let lamps = &mut self.sip.lamps;
        lamps.moved.extend(lamps.watches.documents_moved(tenant));
    }

    /// A call is gone, and its lines with it.
    pub(crate) fn forget_lines(&mut self, call: CallId) {
        let lamps = &mut self.sip.lamps;
        lamps.lines.forget(call, &mut lamps.moved);
    }

    fn drop_watch(&mut self, owner: Owner) {
        let Some(watch) = self.sip.lamps.watches.remove(owner) else {
            return;
        };
        let device = watch.watcher.device;
        self.sip.lamps.adrift.remove(&(device, owner));
        let dialog = watch.subscription().dialog();
        self.sip
            .dialogs
            .remove(dialog.call_id(), dialog.local_tag());
        self.sip.lamps.stored.push(Watches::forget(&watch));
    }

    /// Keeps a watch beyond this process, as it is now.
    pub(crate) fn store_watch(&mut self, owner: Owner, now: Instant) {
        let wall = self.clock.wall(now);
        let stored = self.sip.lamps.watches.store(owner, now, wall);
        self.sip.lamps.stored.extend(stored);
    }

    /// Hands what changed of the watches to the snapshots.
    pub(crate) fn store_watches(&mut self) {
        let snapshots = &mut self.stores.snapshots;
        for output in self.sip.lamps.stored.drain(..) {
            match output {
                Output::Put(tenant, key, bytes) => {
                    snapshots.put(tenant, Bucket::Watches, key, &bytes);
                }
                Output::Removed(tenant, key) => snapshots.remove(tenant, Bucket::Watches, key),
            }
        }
    }

    /// Takes back the watches that were stored, after the calls.
    pub(crate) fn restore_watches(&mut self, now: Instant) {
        let stored = self.stores.snapshots.load(Bucket::Watches).into_iter();
        let read = |(tenant, key, bytes): (TenantId, u128, Vec<u8>)| {
            let stored = Stored::from_bytes(&bytes).filter(|stored| stored.tenant == tenant);
            (tenant, key, stored)
        };
        let mut all: Vec<_> = stored.map(read).collect();
        // keys are random: in their order a company would be told by chance
        all.sort_by_key(|(tenant, key, stored)| {
            let of = stored.as_ref();
            (
                *tenant,
                of.map(|stored| (stored.device, stored.extension, stored.package())),
                of.map(|stored| stored.aim() == Aim::Itself),
                *key,
            )
        });
        for (tenant, key, stored) in all {
            let back = stored.and_then(|stored| self.restore_watch(stored, key, now));
            if back.is_none() {
                let gone = Output::Removed(tenant, key);
                self.sip.lamps.stored.push(gone);
            }
        }
    }

    fn restore_watch(&mut self, stored: Stored, key: u128, now: Instant) -> Option<Owner> {
        let wall = self.clock.wall(now);
        let watcher = Watcher {
            scope: TenantScope::for_job(stored.tenant, "restore"),
            device: stored.device,
            extension: stored.extension,
            aim: stored.aim(),
            package: stored.package()?,
        };
        let watches = &mut self.sip.lamps.watches;
        let begun = watches.restore(watcher, stored, key, now, wall)?;
        let (call_id, tag) = &begun.dialog;
        let _full = self.sip.dialogs.insert(call_id, tag, begun.owner);
        Some(begun.owner)
    }

    /// Whether the device may still watch the extension: both are there and in use.
    pub(crate) fn may_go_on(&self, watcher: &Watcher) -> bool {
        let tenant = self.tenants.compiled(watcher.scope.tenant());
        tenant.is_some_and(|tenant| {
            let device = tenant.device(watcher.device);
            let device = device.filter(|device| tenant.entry(device).enabled);
            let extension = tenant.extension(watcher.extension);
            let both = device.zip(extension.filter(|extension| extension.enabled));
            both.is_some_and(|(device, extension)| match watcher.aim {
                Aim::Itself => tenant.may_watch(device.extension, extension),
                Aim::List(_) => !extension.lamp_list().is_empty(),
            })
        })
    }

    /// The tenant of a watch, for its turn.
    pub(crate) fn tenant_of_watch(&self, owner: Owner) -> Option<TenantId> {
        let watch = self.sip.lamps.watches.get(owner)?;
        (watch.subscription().state() != State::Over).then(|| watch.watcher.scope.tenant())
    }
}
