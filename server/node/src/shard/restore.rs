//! Outliving the process: calls and bindings as bytes, and back.
//!
//! A call is stored once it has been quiet for a moment, with its legs, its record so far and its
//! media ports. After a restart both parties' dialogs go on where they were, and since the same
//! ports are opened again the parties need not even be told.

use super::Shard;
use super::deadlines::Wake;
use crate::budgets::WayOut;
use crate::calls::{CallKey, Entry};
use crate::recordings::RecordingOrder;
use call::{Call, Direction, LegStage, LegView};
use domain::Cdr;
use ids::{CallId, DeviceId, RecordingId, TenantId, TrunkId};
use machine::Instant;
use ports::{Bucket, Seat};
use records::Recorder;
use registrar::Binding;
use serde::{Deserialize, Serialize};
use sip_leg::{Desk, SipLeg, Stored};
use sip_message::Flow;
use std::collections::{BTreeMap, BTreeSet};
use tenancy::TenantScope;

/// Version of the stored form.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct StoredCall {
    version: u8,
    call: Vec<u8>,
    cdr: Cdr,
    max_forwards: u8,
    legs: Vec<(usize, Stored)>,
    /// What of it is paid by the minute.
    #[serde(default)]
    ways: Vec<WayOut>,
    /// What it may where it attends a conference.
    #[serde(default)]
    seat: Option<Seat>,
    /// The recording of it that somebody has ended.
    #[serde(default)]
    recorded: Option<RecordingId>,
}

impl Shard {
    /// Takes back what was stored: first the bindings, then the calls, then who watches them. To be
    /// called once, after the tenants are known. Gives the calls that go on.
    pub fn restore(&mut self, now: Instant) -> BTreeSet<CallId> {
        let (mut lost, mut gateways_lost) = (Vec::new(), Vec::new());
        for (tenant, key, bytes) in self.stores.snapshots.load(Bucket::Bindings) {
            let binding = Binding::<DeviceId>::from_bytes(&bytes).ok();
            let known = binding.filter(|b| b.tenant == tenant && self.knows(b));
            let taken = match known {
                Some(binding) => self.restore_binding(binding, &mut lost, now),
                None => Binding::<TrunkId>::from_bytes(&bytes)
                    .is_ok_and(|one| self.restore_gateway(tenant, one, &mut gateways_lost, now)),
            };
            if !taken {
                self.stores.snapshots.remove(tenant, Bucket::Bindings, key);
            }
        }
        self.restore_minutes(now);
        self.restore_quality(now);
        let mut alive = BTreeSet::new();
        for (tenant, key, bytes) in self.stores.snapshots.load(Bucket::Calls) {
            match self.restore_call(tenant, &bytes, now) {
                Some(id) => {
                    alive.insert(id);
                }
                None => self.stores.snapshots.remove(tenant, Bucket::Calls, key),
            }
        }
        // what was recorded of others has ended with them
        self.calls.recordings.former.clear();
        self.outbox.recordings.push(RecordingOrder::Resumed);
        self.tenants.trunks.minutes.restored(self.clock.wall(now));
        self.cast_all_off(&lost, &gateways_lost);
        self.renew_all_keys(now);
        self.restore_watches(now);
        self.restore_texts(now);
        // who watches is told now what has changed meanwhile, and not once somebody else is served
        self.guard(now, |_| ());
        alive
    }

    /// Takes a binding back; one of a connection, which is gone, is noted as lost.
    fn restore_binding(&mut self, binding: Binding, lost: &mut Vec<Binding>, now: Instant) -> bool {
        let wall = self.clock.wall(now);
        let taken = self.registrar.restore(binding.clone(), now, wall);
        if !taken && binding.flow.transport.is_reliable() {
            lost.push(binding);
        }
        taken
    }

    /// Connections did not outlive the process: calls by them wait for their phones to come back.
    fn cast_all_off(&mut self, lost: &[Binding], gateways: &[Binding<TrunkId>]) {
        let (bound, gateways) = (by_flow(lost), by_flow(gateways));
        for owner in self.legs.owners() {
            let flow = self.legs.get(owner).map(|entry| entry.sip.flow());
            if let Some(flow) = flow.filter(|flow| flow.transport.is_reliable()) {
                let phones = bound.get(&flow).map_or(&[][..], Vec::as_slice);
                let gateways = gateways.get(&flow).map_or(&[][..], Vec::as_slice);
                self.set_adrift(owner, (phones, gateways));
            }
        }
    }

    fn knows(&self, binding: &Binding) -> bool {
        let tenant = self.tenants.compiled(binding.tenant);
        tenant.is_some_and(|t| t.device(binding.who).is_some_and(|device| device.enabled))
    }

    fn restore_call(&mut self, tenant: TenantId, bytes: &[u8], now: Instant) -> Option<CallId> {
        let compiled = self.tenants.compiled(tenant)?;
        let stored: StoredCall = serde_json::from_slice(bytes).ok()?;
        if stored.version != VERSION {
            return None;
        }
        let scope = TenantScope::for_job(tenant, "restore");
        let (call, open) = Call::restore(scope, &stored.call, now).ok()?;
        let id = call.id();
        let complete = open.iter().all(|leg| {
            stored
                .legs
                .iter()
                .any(|(index, _)| *index == usize::from(leg.number()))
        });
        if !complete || stored.legs.len() != open.len() {
            return None;
        }
        let (bridge, entertained) = (call.bridge(), call.entertained());
        let by = |direction| {
            let open =
                |leg: &LegView<'_>| leg.stage != LegStage::Closed && leg.direction == direction;
            let mut legs = call.legs().filter(open);
            legs.find_map(|leg| Some(leg.party.trunk.as_ref()?.trunk))
        };
        let (came, goes) = (by(Direction::Inbound), by(Direction::Outbound));
        let strip = self.sip.remembered.ring.begin();
        let steps = stored.cdr.explanation.len();
        self.sip.remembered.ring.explained(strip, steps);
        let recorder = Recorder::resume(stored.cdr);
        let mut entry = Entry::new(call, recorder, strip, stored.max_forwards);
        entry.stored = true;
        entry.shares.came = came.filter(|trunk| self.resume_on(*trunk, tenant));
        entry.shares.goes = goes.filter(|trunk| self.resume_on(*trunk, tenant));
        let key = self.calls.insert(entry);
        self.tenants.call_began(tenant);
        for (_, leg) in stored.legs {
            if self.restore_leg(key, leg, now).is_none() {
                self.turn.current = Some(key);
                self.fault(now);
                return None;
            }
        }
        if let Some(id) = stored.recorded {
            self.calls.recordings.ended_before(key, id);
        }
        self.resume_talks(key, now);
        self.rejoin(key, bridge, stored.seat, now);
        if let Some(leg) = entertained {
            let music = call::MediaOrder::Play(leg, call::Prompt::Music);
            self.follow(key, vec![call::Output::Media(music)], now);
        }
        self.resume_tolls(key, &compiled, stored.ways, now);
        self.note_lines(key);
        self.rearm_call(key);
        // Its dialogs skip sequence numbers at each restart; the next one must skip others.
        let at = now + self.config.limits.snapshot_after;
        self.timers.arm(at, Wake::Store(key));
        Some(id)
    }

    /// Takes a leg of a call back; nothing where its media port is no longer ours.
    fn restore_leg(&mut self, key: CallKey, leg: Stored, now: Instant) -> Option<()> {
        let entry = self.calls.get(key)?;
        let party = entry.call.leg(leg.leg()).map(|(party, _)| party);
        let trunk = party.and_then(|party| Some(party.trunk.as_ref()?.trunk));
        let login = party.and_then(|party| self.login_of(party));
        let config = self.usage_with(&leg.flow(), trunk);
        let (owner, secrets) = (self.legs.next_owner(), self.secrets());
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        let mut sip = SipLeg::restore(leg, config, (owner, secrets), &mut desk).ok()?;
        if let Some(login) = login {
            sip.log_in(login);
        }
        self.seat(sip, key);
        Some(())
    }

    fn rejoin(&mut self, key: CallKey, bridge: call::Bridge, seat: Option<Seat>, now: Instant) {
        let order = match bridge {
            call::Bridge::Legs(a, b) => call::MediaOrder::Bridge(a, b),
            call::Bridge::Guest(leg, routing::Guest::Echo) => call::MediaOrder::Echo(leg),
            call::Bridge::Guest(leg, routing::Guest::Announcement) => {
                call::MediaOrder::Play(leg, call::Prompt::Announcement)
            }
            call::Bridge::Guest(leg, routing::Guest::Speaker(spoken)) => {
                call::MediaOrder::Say(leg, spoken)
            }
            call::Bridge::Guest(leg, routing::Guest::Conference(at)) => {
                self.turn.current = Some(key);
                let former = Some(seat.unwrap_or_default());
                return self.attend(key, (leg, at), former, now);
            }
            call::Bridge::Guest(_, routing::Guest::Fax(_)) => {
                self.turn.current = Some(key);
                return self.cut_off_fax(key, now);
            }
            call::Bridge::Open => return,
        };
        self.follow(key, vec![call::Output::Media(order)], now);
    }

    /// Stores the call once it has been quiet for a moment.
    pub(crate) fn store_soon(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if std::mem::take(&mut entry.dirty) {
            let at = now + self.config.limits.snapshot_after;
            self.timers.arm(at, Wake::Store(key));
        }
    }

    /// Stores the call now, or later when one of its legs is in the middle of something.
    pub(crate) fn store_call(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        if entry.call.is_over() {
            return;
        }
        let Some(bytes) = self.stored(key, entry, now) else {
            let at = now + self.config.limits.snapshot_after;
            self.timers.arm(at, Wake::Store(key));
            return;
        };
        let (tenant, id) = (entry.tenant, entry.call.id().as_u128());
        self.stores.snapshots.put(tenant, Bucket::Calls, id, &bytes);
        if let Some(entry) = self.calls.get_mut(key) {
            entry.stored = true;
        }
    }

    fn stored(&self, key: CallKey, entry: &Entry, now: Instant) -> Option<Vec<u8>> {
        let call = entry.call.snapshot(now)?;
        let mut legs = Vec::new();
        for (index, owner) in entry.legs.iter().enumerate() {
            let Some(owner) = owner else { continue };
            let sip = &self.legs.get(*owner)?.sip;
            let open = entry
                .call
                .leg(sip.leg())
                .is_some_and(|(_, stage)| stage != LegStage::Closed);
            if open {
                legs.push((index, sip.store(now)?));
            }
        }
        let cdr = entry.recorder.cdr().clone();
        let max_forwards = entry.max_forwards;
        serde_json::to_vec(&StoredCall {
            version: VERSION,
            call,
            cdr,
            max_forwards,
            legs,
            ways: self.tenants.budgets.ways(key).to_vec(),
            seat: self.calls.conferences.member(key).map(|member| member.seat),
            recorded: self.calls.recordings.ended(key),
        })
        .ok()
    }
}

/// Bindings by the flow that each came on.
fn by_flow<Who: Clone>(bindings: &[Binding<Who>]) -> BTreeMap<Flow, Vec<Binding<Who>>> {
    let mut by: BTreeMap<Flow, Vec<Binding<Who>>> = BTreeMap::new();
    for binding in bindings {
        by.entry(binding.flow).or_default().push(binding.clone());
    }
    by
}
