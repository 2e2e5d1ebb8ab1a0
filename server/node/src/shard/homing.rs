//! Where the phone of a leg is now. A call outlives the connection that it was begun on: what is
//! said within it goes by the newest flow of the phone (RFC 5626 §5.3), by another one that it has
//! already, or by the one that it comes back on.

use super::Shard;
use super::dialling::flow_to;
use crate::legs::Adrift;
use ids::{DeviceId, TenantId, TrunkId};
use machine::Instant;
use registrar::{Binding, Output, Registrant, Registrar};
use sip_message::Flow;
use sip_stack::transaction::Owner;
use tenancy::TenantScope;

impl Shard {
    /// A connection is gone, and with it the bindings that were reached by it. Calls of their
    /// phones go on by another flow, or wait for one.
    pub(crate) fn cast_off(&mut self, flow: Flow, now: Instant) {
        if flow.connection == 0 {
            return;
        }
        let bound: Vec<Binding> = self
            .registrar
            .on_connection(flow.connection)
            .cloned()
            .collect();
        self.registrar.flow_closed(flow, &mut self.turn.bindings);
        let since = self.turn.gateways.len();
        let gateways = &mut self.tenants.trunks.gateways.registrar;
        let of_gateways: Vec<Binding<TrunkId>> =
            gateways.on_connection(flow.connection).cloned().collect();
        gateways.flow_closed(flow, &mut self.turn.gateways);
        self.gateways_ended(since, now);
        for owner in self.legs.on_connection(flow.connection) {
            self.set_adrift(owner, (&bound, &of_gateways));
            self.go_home(owner, now);
        }
        for owner in self.sip.lamps.watches.on_connection(flow.connection) {
            self.cast_watch_off(owner, &bound, now);
        }
    }

    /// The same of one who watches.
    fn cast_watch_off(&mut self, owner: Owner, bound: &[Binding], now: Instant) {
        let lamps = &mut self.sip.lamps;
        let Some(watch) = lamps.watches.get(owner) else {
            return;
        };
        let device = watch.watcher.device;
        lamps.watches.cast_off(owner, &mut self.sip.transactions);
        lamps.adrift.insert((device, owner), adrift(device, bound));
        self.bring_watches_home(device, now);
    }

    /// Has those who watch from a device and are adrift be told by a flow of their phone, if there
    /// is one.
    fn bring_watches_home(&mut self, device: DeviceId, now: Instant) {
        let span = (device, Owner(0))..=(device, Owner(u64::MAX));
        let lamps = &self.sip.lamps;
        let adrift: Vec<Owner> = lamps.adrift.range(span).map(|((_, one), _)| *one).collect();
        for owner in adrift {
            let lamps = &self.sip.lamps;
            let known = lamps.adrift.get(&(device, owner));
            let watch = lamps.watches.get(owner);
            let flow = known
                .zip(watch)
                .and_then(|(known, watch)| self.home_of(&watch.watcher.scope, device, known));
            let lives = watch.is_some_and(|watch| watch.subscription().is_adrift());
            if lives && flow.is_none() {
                continue;
            }
            self.sip.lamps.adrift.remove(&(device, owner));
            if let Some(flow) = flow.filter(|_| lives) {
                self.sip.lamps.watches.moved(owner, flow);
                self.tell_watch(owner, true, now);
            }
        }
    }

    /// Those who watch from a device by a connection are told by another flow from now on.
    fn move_watches(&mut self, device: DeviceId, from: Flow, to: Flow) {
        let watches = &mut self.sip.lamps.watches;
        for owner in watches.on_connection(from.connection) {
            if watches
                .get(owner)
                .is_some_and(|one| one.watcher.device == device)
            {
                watches.moved(owner, to);
            }
        }
    }

    /// Notes that the connection of a leg is gone, and of which phone or gateway it was, as far as
    /// that was bound by it.
    pub(crate) fn set_adrift(
        &mut self,
        owner: Owner,
        (phones, gateways): (&[Binding], &[Binding<TrunkId>]),
    ) {
        let gateway = self.gateway_of_leg(owner);
        let Some(entry) = self.legs.get_mut(owner) else {
            return;
        };
        let known = match (entry.device, gateway) {
            (Some(device), _) => adrift(device, phones),
            (None, Some(trunk)) => adrift(trunk, gateways),
            (None, None) => return,
        };
        entry.adrift = Some(Box::new(known));
    }

    /// A device has registered: calls that its phones have by a flow which is theirs no more go on
    /// by the new one.
    pub(crate) fn come_home(
        &mut self,
        (tenant, device): (TenantId, DeviceId),
        since: usize,
        now: Instant,
    ) {
        self.bring_watches_home(device, now);
        let changes = self.turn.bindings.get(since..).unwrap_or_default();
        let moves: Vec<(Flow, Flow)> = changes
            .iter()
            .filter_map(|output| move_of(output, tenant, device))
            .collect();
        for (from, to) in &moves {
            self.move_watches(device, *from, *to);
        }
        if !self.legs.has_any_of(device) {
            return;
        }
        for owner in self.legs.of_device(device) {
            self.bring_leg_home(owner, &moves, now);
        }
    }

    /// Has a leg whose phone or gateway has registered go on by a flow of its, if it is adrift, or
    /// was on a flow that has moved.
    pub(crate) fn bring_leg_home(&mut self, owner: Owner, moves: &[(Flow, Flow)], now: Instant) {
        let Some(entry) = self.legs.get(owner) else {
            return;
        };
        let at = entry.sip.flow();
        if entry.adrift.is_some() {
            self.go_home(owner, now);
        } else if let Some((_, to)) = moves.iter().find(|(from, _)| *from == at) {
            self.rehome(owner, *to, now);
        }
    }

    /// Has a leg that is adrift go on by a flow of its phone, if there is one.
    pub(crate) fn go_home(&mut self, owner: Owner, now: Instant) {
        let flow = self.legs.get(owner).and_then(|entry| {
            let adrift = entry.adrift.as_deref()?;
            let scope = self.calls.get(entry.call)?.call.scope();
            if let Some(device) = entry.device {
                return self.home_of(scope, device, adrift);
            }
            let gateways = &self.tenants.trunks.gateways.registrar;
            home_of(gateways, scope, self.gateway_of_leg(owner)?, adrift)
        });
        if let Some(flow) = flow {
            self.rehome(owner, flow, now);
        }
    }

    fn home_of(&self, scope: &TenantScope, device: DeviceId, adrift: &Adrift) -> Option<Flow> {
        home_of(&self.registrar, scope, device, adrift)
    }

    /// Has a leg go on by another flow.
    pub(crate) fn rehome(&mut self, owner: Owner, flow: Flow, now: Instant) {
        let config = self.usage_with(&flow, self.trunk_of_leg(owner));
        let Some(entry) = self.legs.get_mut(owner) else {
            return;
        };
        entry.adrift = None;
        self.figures.door.moved_legs += 1;
        let key = entry.call;
        entry.sip.moved(flow, config, &mut self.sip.transactions);
        self.legs.note_flow(owner);
        self.renew_keys(owner, now);
        self.note_details(owner);
        if let Some(call) = self.calls.get_mut(key) {
            call.dirty = true;
        }
        self.store_soon(key, now);
    }
}

/// The best flow to a phone, or a gateway, whose connection is gone. One that said no instance is
/// known by its contact, or as the only one of its device or trunk.
fn home_of<Who: Registrant>(
    registrar: &Registrar<Who>,
    scope: &TenantScope,
    who: Who,
    adrift: &Adrift,
) -> Option<Flow> {
    let phones = || registrar.phones(scope, who);
    if adrift.instance.is_some() {
        let mut same = phones().filter(|phone| phone.instance == adrift.instance);
        return same.next().map(flow_to);
    }
    let contact = adrift.contact.as_deref();
    let same = phones().find(|phone| Some(&*phone.contact) == contact);
    let alone = phones().next().filter(|_| phones().count() == 1);
    same.or(alone).map(flow_to)
}

/// How a phone of this device was reached before, and how it is now.
fn move_of(output: &Output, of: TenantId, its: DeviceId) -> Option<(Flow, Flow)> {
    match output {
        Output::Moved {
            tenant,
            who,
            from,
            to,
        } if *tenant == of && *who == its => Some((*from, *to)),
        Output::Moved { .. }
        | Output::Put { .. }
        | Output::Removed { .. }
        | Output::Changed { .. } => None,
    }
}

/// Which phone of a device, or which gateway, was bound by the connection that is gone, as far as
/// any was.
fn adrift<Who: Registrant>(who: Who, bound: &[Binding<Who>]) -> Adrift {
    let phone = bound.iter().find(|binding| binding.who == who);
    Adrift {
        instance: phone.and_then(|phone| phone.instance.clone()),
        contact: phone.map(|phone| phone.contact.clone()),
    }
}
