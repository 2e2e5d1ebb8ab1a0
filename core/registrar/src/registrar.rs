//! All bindings of a shard's tenants, and their ends.

use crate::{Binding, GruuKey, Limits, Registrant};
use hashbrown::HashMap;
use ids::{BindingId, DeviceId, TenantId};
use machine::{Instant, TimerHandle, TimerTable, WallTime};
use sip_message::Flow;
use std::collections::BTreeMap;
use std::time::Duration;
use tenancy::TenantScope;

/// What follows from a registration or its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<Who = DeviceId> {
    /// Keep these bytes under this key, beyond this process.
    Put {
        /// Whose.
        tenant: TenantId,
        /// The binding's id.
        key: u128,
        /// Its stored form.
        bytes: Vec<u8>,
    },
    /// Forget the bytes under this key.
    Removed {
        /// Whose.
        tenant: TenantId,
        /// The binding's id.
        key: u128,
    },
    /// A phone is reached by another flow than before: it came back from another port, or on a new
    /// connection.
    Moved {
        /// Whose.
        tenant: TenantId,
        /// Which.
        who: Who,
        /// How it was reached.
        from: Flow,
        /// How it is reached now.
        to: Flow,
    },
    /// Where this device, or gateway, can be reached has changed (a mere refresh is no change).
    Changed {
        /// Whose.
        tenant: TenantId,
        /// Which.
        who: Who,
        /// Its bindings now.
        bindings: usize,
    },
}

/// Whether a binding is new to its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    New,
    Refreshed,
}

type Owner<Who> = (TenantId, Who);

/// The bindings of many tenants, each seen only with its own scope.
#[derive(Debug)]
pub struct Registrar<Who: Registrant = DeviceId> {
    limits: Limits,
    key: GruuKey,
    bound: HashMap<Owner<Who>, Vec<Binding<Who>>>,
    ends: HashMap<BindingId, TimerHandle>,
    timers: TimerTable<(Owner<Who>, BindingId)>,
    by_connection: HashMap<u64, Vec<(Owner<Who>, BindingId)>>,
    per_tenant: BTreeMap<TenantId, usize>,
}

impl<Who: Registrant> Registrar<Who> {
    /// No bindings yet. Temporary addresses of phones are sealed with `key`.
    #[must_use]
    pub fn new(limits: Limits, key: GruuKey) -> Registrar<Who> {
        Registrar {
            limits,
            key,
            bound: HashMap::new(),
            ends: HashMap::new(),
            timers: TimerTable::new(),
            by_connection: HashMap::new(),
            per_tenant: BTreeMap::new(),
        }
    }

    pub(crate) fn gruu_key(&self) -> &GruuKey {
        &self.key
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where one can be reached: most preferred first, and the newest first among equals.
    #[must_use]
    pub fn bindings(&self, scope: &TenantScope, who: Who) -> &[Binding<Who>] {
        self.bound
            .get(&(scope.tenant(), who))
            .map_or(&[], Vec::as_slice)
    }

    /// The flow by which each phone of a device is best called, in the order of
    /// [`Registrar::bindings`]: several flows of one instance are one phone (RFC 5626 §7).
    pub fn phones(
        &self,
        scope: &TenantScope,
        who: Who,
    ) -> impl Iterator<Item = &Binding<Who>> + Clone {
        let held = self.bindings(scope, who);
        held.iter().enumerate().filter_map(|(at, binding)| {
            let mut before = held.iter().take(at);
            (!before.any(|one| one.is_same_phone(binding))).then_some(binding)
        })
    }

    /// All flows to the phone of a binding, the best first.
    pub fn flows<'a>(
        &'a self,
        scope: &TenantScope,
        of: &'a Binding<Who>,
    ) -> impl Iterator<Item = &'a Binding<Who>> {
        let held = self.bindings(scope, of.who).iter();
        held.filter(|binding| binding.is_same_phone(of))
    }

    /// Those bound on a connection, each a flow to one phone.
    pub fn on_connection(&self, connection: u64) -> impl Iterator<Item = &Binding<Who>> {
        let known = self.by_connection.get(&connection).into_iter().flatten();
        known.filter_map(|(owner, id)| {
            let held = self.bound.get(owner)?;
            held.iter().find(|binding| binding.id == *id)
        })
    }

    /// All bindings of the tenant, in the order of their ids.
    #[must_use]
    pub fn all(&self, scope: &TenantScope) -> Vec<&Binding<Who>> {
        let tenant = scope.tenant();
        let own = self.bound.iter().filter(|((owner, _), _)| *owner == tenant);
        let mut all: Vec<&Binding<Who>> = own.flat_map(|(_, bindings)| bindings).collect();
        all.sort_by_key(|binding| binding.id);
        all
    }

    /// Bindings in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bindings the tenant holds.
    #[must_use]
    pub fn count(&self, scope: &TenantScope) -> usize {
        self.per_tenant.get(&scope.tenant()).copied().unwrap_or(0)
    }

    /// How many bindings each tenant holds.
    pub fn per_tenant(&self) -> impl Iterator<Item = (TenantId, usize)> + '_ {
        self.per_tenant
            .iter()
            .map(|(tenant, count)| (*tenant, *count))
    }

    /// Removes every binding of one, as a REGISTER with `*` does or an administrator.
    pub fn remove_all(&mut self, scope: &TenantScope, who: Who, out: &mut Vec<Output<Who>>) {
        let ids: Vec<BindingId> = self.bindings(scope, who).iter().map(|b| b.id).collect();
        for id in ids {
            self.remove(scope.tenant(), who, id, out);
        }
    }

    /// A connection is gone, and so are the bindings that were reached over it. Datagram flows have
    /// no end and are left alone.
    pub fn flow_closed(&mut self, flow: Flow, out: &mut Vec<Output<Who>>) {
        if flow.connection == 0 {
            return;
        }
        for ((tenant, who), id) in self
            .by_connection
            .remove(&flow.connection)
            .unwrap_or_default()
        {
            self.remove(tenant, who, id, out);
        }
    }

    /// Takes back a binding stored before a restart. A stored connection no longer exists, so only
    /// datagram bindings return; devices on connections register again when they reconnect.
    pub fn restore(&mut self, binding: Binding<Who>, now: Instant, wall: WallTime) -> bool {
        let left = binding.expires_at.unix_ms().saturating_sub(wall.unix_ms());
        let left = u64::try_from(left).unwrap_or(0);
        let usable = left > 0 && binding.connection() == 0;
        if !usable || self.len() >= self.limits.bindings {
            return false;
        }
        let end = now + Duration::from_millis(left);
        self.put(binding, end, Change::New, &mut Vec::new());
        true
    }

    /// When the next binding ends.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Ends every binding whose time has come.
    pub fn expire(&mut self, now: Instant, out: &mut Vec<Output<Who>>) {
        while let Some((_, ((tenant, who), id))) = self.timers.pop_due(now) {
            self.ends.remove(&id);
            self.forget(tenant, who, id, out);
        }
    }

    pub(crate) fn put(
        &mut self,
        binding: Binding<Who>,
        end: Instant,
        change: Change,
        out: &mut Vec<Output<Who>>,
    ) {
        let owner = (binding.tenant, binding.who);
        let (id, connection, flow) = (binding.id, binding.connection(), binding.flow);
        let handle = self.timers.arm(end, (owner, id));
        if let Some(old) = self.ends.insert(id, handle) {
            self.timers.cancel(old);
        }
        out.push(Output::Put {
            tenant: owner.0,
            key: id.as_u128(),
            bytes: binding.to_bytes(),
        });
        let held = self.bound.entry(owner).or_default();
        if let Some(at) = held.iter().position(|known| known.id == id) {
            let old = held.remove(at);
            Self::unlink(&mut self.by_connection, old.connection(), id);
            if old.flow != flow {
                out.push(Output::Moved {
                    tenant: owner.0,
                    who: owner.1,
                    from: old.flow,
                    to: flow,
                });
            }
        } else {
            *self.per_tenant.entry(owner.0).or_default() += 1;
        }
        let at = held
            .iter()
            .position(|known| known.q <= binding.q)
            .unwrap_or(held.len());
        // Most devices have one binding; the usual growth would make room for four.
        held.reserve_exact(1);
        held.insert(at, binding);
        if connection != 0 {
            self.by_connection
                .entry(connection)
                .or_default()
                .push((owner, id));
        }
        let bindings = held.len();
        if change == Change::New {
            out.push(Output::Changed {
                tenant: owner.0,
                who: owner.1,
                bindings,
            });
        }
    }

    pub(crate) fn remove(
        &mut self,
        tenant: TenantId,
        who: Who,
        id: BindingId,
        out: &mut Vec<Output<Who>>,
    ) {
        if let Some(handle) = self.ends.remove(&id) {
            self.timers.cancel(handle);
            self.forget(tenant, who, id, out);
        }
    }

    fn forget(&mut self, tenant: TenantId, who: Who, id: BindingId, out: &mut Vec<Output<Who>>) {
        let owner = (tenant, who);
        let Some(held) = self.bound.get_mut(&owner) else {
            return;
        };
        let Some(at) = held.iter().position(|binding| binding.id == id) else {
            return;
        };
        let binding = held.remove(at);
        let bindings = held.len();
        if held.is_empty() {
            self.bound.remove(&owner);
        }
        Self::unlink(&mut self.by_connection, binding.connection(), id);
        if let Some(count) = self.per_tenant.get_mut(&tenant) {
            *count -= 1;
            if *count == 0 {
                self.per_tenant.remove(&tenant);
            }
        }
        out.push(Output::Removed {
            tenant,
            key: id.as_u128(),
        });
        out.push(Output::Changed {
            tenant,
            who,
            bindings,
        });
    }

    fn unlink(
        by_connection: &mut HashMap<u64, Vec<(Owner<Who>, BindingId)>>,
        connection: u64,
        id: BindingId,
    ) {
        if let Some(list) = by_connection.get_mut(&connection) {
            list.retain(|(_, known)| *known != id);
            if list.is_empty() {
                by_connection.remove(&connection);
            }
        }
    }
}
