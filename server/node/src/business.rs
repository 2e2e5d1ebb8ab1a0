//! Carrying out what calls order: of legs, of media, of routing, of the record.

use crate::calls::CallKey;
use crate::deadlines::Wake;
use crate::invite::FIXED;
use crate::shard::{Shard, Work};
use call::{CallEvent, HangUp, Input, LegFact, LegId, LegOrder, MediaOrder, Output, What};
use ids::{DeviceId, TenantId};
use machine::Instant;
use media::Command;
use routing::RouteRequest;
use sip_leg::{Desk, Dial, Identity, SipLeg, Sound, contact_of};
use sip_message::{Flow, Transport};
use sip_stack::usage;
use std::net::SocketAddr;
use std::sync::Arc;
use tenancy::TenantScope;

/// Usage settings by flow: one for each of our own addresses.
pub(crate) struct UsageConfigs {
    agent: String,
    known: Vec<((Transport, SocketAddr), Arc<usage::Config>)>,
}

/// Addresses remembered; an exchange has few, and more are merely made anew.
const ADDRESSES: usize = 64;

impl UsageConfigs {
    pub(crate) fn new(agent: String) -> UsageConfigs {
        UsageConfigs {
            agent,
            known: Vec::new(),
        }
    }

    pub(crate) fn of(&mut self, flow: &Flow) -> Arc<usage::Config> {
        let ours = (flow.transport, flow.local);
        if let Some((_, config)) = self.known.iter().find(|(address, _)| *address == ours) {
            return Arc::clone(config);
        }
        let mut config = usage::Config::for_contact(contact_of(flow));
        config.agent = Some(self.agent.clone());
        let config = Arc::new(config);
        if self.known.len() < ADDRESSES {
            self.known.push((ours, Arc::clone(&config)));
        }
        config
    }
}

/// How a device's contact is reached.
struct Way {
    uri: String,
    routes: Vec<String>,
    flow: Flow,
}

impl Shard {
    /// Carries out a call's outputs, in order.
    pub(crate) fn follow(&mut self, key: CallKey, outputs: Vec<Output>, now: Instant) {
        self.current = Some(key);
        let mut over = false;
        for output in outputs {
            match output {
                Output::Leg(leg, order) => self.leg_order(key, leg, order, now),
                Output::Media(order) => self.media_order(key, order, now),
                Output::Route { token, request } => self.route(key, token, &request),
                Output::Event(event) => self.call_event(key, &event),
                Output::Over => over = true,
            }
        }
        // The journal's first word names the legs, and the last one leaves nothing unsaid: media
        // may sum up, and the record close, before the last leg is gone.
        let new = self.calls.get(key).is_some_and(|e| !e.recorder.is_begun());
        if new || over {
            self.note_all_details(key);
        }
        if let Some(entry) = self.calls.get_mut(key) {
            entry.recorder.settle(self.stores.journal.as_mut());
        }
        if over {
            self.call_over(key, now);
        } else {
            self.store_soon(key, now);
        }
        self.rearm_call(key);
    }

    fn call_event(&mut self, key: CallKey, event: &CallEvent) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        entry
            .recorder
            .event(event, &self.clock, self.stores.journal.as_mut());
        entry.dirty |= match event.what {
            What::Answered(_)
            | What::Held(_)
            | What::Resumed(_)
            | What::TransferCompleted { .. }
            | What::LegClosed { .. } => true,
            What::Opened { .. }
            | What::Explained(_)
            | What::LegOpened { .. }
            | What::Ringing(_)
            | What::TransferRequested { .. }
            | What::TransferFailed { .. }
            | What::MergedInto(_)
            | What::Ended(_) => false,
        };
    }

    fn leg_order(&mut self, key: CallKey, leg: LegId, order: LegOrder, now: Instant) {
        if let LegOrder::Dial {
            device,
            slot,
            offer,
            number,
            display,
        } = order
        {
            let Some(entry) = self.calls.get(key) else {
                return;
            };
            let scope = entry.call.scope().clone();
            let Some(way) = self.way_to(&scope, device, slot) else {
                let gone = LegFact::Unreachable(call::Unreachable::Transport);
                return self.leg_failed(key, leg, gone);
            };
            let domain = self.tenants.compiled(scope.tenant());
            let domain = domain.as_ref().map_or("", |tenant| tenant.domain());
            let to = entry.call.leg(leg).map(|(party, _)| party.number.clone());
            let identity = |number: &str, display: &str| {
                Identity {
                    number,
                    display,
                    domain,
                }
                .value()
            };
            let dial = Dial {
                leg,
                uri: way.uri,
                from: identity(&number, &display),
                to: identity(&to.unwrap_or_default(), ""),
                routes: way.routes,
                flow: way.flow,
                max_forwards: entry.max_forwards,
                offer,
                near: None,
            };
            return self.dial(key, dial, now);
        }
        let Some(owner) = self.calls.get(key).and_then(|entry| entry.owner(leg)) else {
            return;
        };
        self.with_leg(owner, now, |sip, desk, reports| {
            sip.order(order, desk, reports)
        });
    }

    fn way_to(&self, scope: &TenantScope, device: DeviceId, slot: u8) -> Option<Way> {
        if slot == FIXED {
            let tenant = self.tenants.compiled(scope.tenant())?;
            let fixed = tenant.device(device)?.address.clone()?;
            let family = fixed.socket.is_ipv4();
            let mut listeners = self.config.listeners.iter();
            let local = *listeners.find(|listener| listener.is_ipv4() == family)?;
            let flow = if fixed.tcp {
                Flow::tcp(local, fixed.socket, 0)
            } else {
                Flow::udp(local, fixed.socket)
            };
            return Some(Way {
                uri: fixed.uri,
                routes: Vec::new(),
                flow,
            });
        }
        let binding = self
            .registrar
            .bindings(scope, device)
            .get(usize::from(slot))?;
        Some(Way {
            uri: binding.contact.clone().into_string(),
            routes: binding
                .path
                .iter()
                .map(|element| element.clone().into_string())
                .collect(),
            flow: binding.flow,
        })
    }

    fn dial(&mut self, key: CallKey, mut dial: Dial, now: Instant) {
        let leg = dial.leg;
        dial.near = self.calls.get(key).and_then(|entry| {
            let owner = entry.legs.iter().flatten().next()?;
            Some(self.legs.get(*owner)?.sip.sound().endpoint())
        });
        let (random, remote) = (self.random.next_u64(), dial.flow.remote.ip());
        let (ports, media) = (&mut self.ports, &mut self.media_out);
        let Ok(sound) = Sound::open(ports, remote, dial.near, None, random, media) else {
            self.figures.portless_calls += 1;
            let reason = "no media port is left".to_owned();
            return self.leg_failed(
                key,
                leg,
                LegFact::Refused {
                    status: 503,
                    reason,
                },
            );
        };
        let (owner, config) = (self.legs.next_owner(), self.usages.of(&dial.flow));
        let mut desk = Desk {
            now,
            transactions: &mut self.transactions,
            ports: &mut self.ports,
            media: &mut self.media_out,
        };
        let sip = SipLeg::dial(dial, sound, config, owner, &mut desk);
        self.seat(sip, key);
    }

    fn media_order(&mut self, key: CallKey, order: MediaOrder, now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let endpoint = |leg: LegId| {
            let owner = entry.owner(leg)?;
            Some(self.legs.get(owner)?.sip.sound().endpoint())
        };
        match order {
            MediaOrder::Bridge(a, b) => {
                if let (Some(a), Some(b)) = (endpoint(a), endpoint(b)) {
                    self.media_out.push(Command::Stop { id: a });
                    self.media_out.push(Command::Stop { id: b });
                    self.media_out.push(Command::Bridge { a, b });
                }
            }
            MediaOrder::Echo(leg) => {
                if let Some(id) = endpoint(leg) {
                    self.media_out.push(Command::Unbridge { id });
                    self.media_out.push(Command::Echo { id });
                }
            }
            MediaOrder::Play(leg, prompt) => {
                let owner = entry.owner(leg);
                if let Some(id) = endpoint(leg) {
                    self.media_out.push(Command::Unbridge { id });
                }
                let book = self.config.prompts;
                if let Some(owner) = owner {
                    self.with_leg(owner, now, |sip, desk, _| sip.play(prompt, &book, desk));
                }
            }
            MediaOrder::Silence(leg) => {
                if let Some(id) = endpoint(leg) {
                    self.media_out.push(Command::Stop { id });
                    self.media_out.push(Command::Unbridge { id });
                }
            }
        }
    }

    fn route(&mut self, key: CallKey, token: u16, request: &RouteRequest) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let scope = entry.call.scope();
        let Some(tenant) = self.tenants.compiled(scope.tenant()) else {
            return;
        };
        let plan = self.dial_plan(scope, &tenant, request);
        self.work
            .push_back(Work::Input(key, Input::Routed { token, plan }));
    }

    /// The call has ended: its tenant may have another, and its record closes as soon as media has
    /// summed up.
    pub(crate) fn call_over(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if std::mem::take(&mut entry.counted) {
            self.tenants.call_ended(entry.tenant);
        }
        if std::mem::take(&mut entry.stored) {
            let id = entry.call.id().as_u128();
            self.stores
                .snapshots
                .remove(entry.tenant, ports::Bucket::Calls, id);
        }
        if entry.recorder.is_complete() {
            self.close_record(key);
        } else {
            let at = entry.recorder.deadline().unwrap_or(now);
            self.timers.arm(at, Wake::Record(key));
        }
    }

    pub(crate) fn close_record(&mut self, key: CallKey) {
        let Some(entry) = self.calls.remove(key) else {
            return;
        };
        if let Some(handle) = entry.wake {
            self.timers.cancel(handle);
        }
        self.figures.records += 1;
        let record = entry.recorder.close(self.stores.journal.as_mut());
        self.records.push(record);
    }

    /// Something of ours broke while this call was worked on: the call is released, the rest
    /// goes on.
    pub(crate) fn fault(&mut self) {
        self.figures.faulted_calls += 1;
        let Some(key) = self.current.take() else {
            return;
        };
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if std::mem::take(&mut entry.counted) {
            self.tenants.call_ended(entry.tenant);
        }
        let owners: Vec<_> = entry.legs.iter().copied().flatten().collect();
        for owner in owners {
            if let Some(entry) = self.legs.remove(owner) {
                self.dialogs.remove(&entry.call_id, &entry.tag);
                let endpoint = entry.sip.sound().endpoint();
                self.calls.free_endpoint(endpoint);
                if self.ports.close(endpoint) {
                    self.media_out.push(Command::Close { id: endpoint });
                }
            }
        }
        self.close_record(key);
    }

    pub(crate) fn hang_up_all(&mut self, now: Instant) {
        let all: Vec<CallKey> = self.calls.iter().map(|(key, _)| key).collect();
        self.hang_up_calls(all, now);
    }

    pub(crate) fn hang_up_tenant(&mut self, tenant: TenantId, now: Instant) {
        let of_tenant = self
            .calls
            .iter()
            .filter(|(_, entry)| entry.tenant == tenant);
        let all: Vec<CallKey> = of_tenant.map(|(key, _)| key).collect();
        self.hang_up_calls(all, now);
    }

    fn hang_up_calls(&mut self, keys: Vec<CallKey>, _now: Instant) {
        for key in keys {
            self.work
                .push_back(Work::Input(key, Input::HangUp(HangUp::Drain)));
        }
    }
}
