//! Registering at carriers and asking whether their peers are there: what the machines of trunks
//! order is sent, and what was heard is told them.

use super::Shard;
use super::deadlines::Wake;
use crate::trunks::{Changes, Line, Role, State, Way, role_of};
use carrier::{Heard, Output, Probed, Request, Standing};
use domain::{Event, EventKind};
use ids::{EventId, TrunkId};
use machine::{Instant, Machine};
use sip_message::{Flow, Message};
use sip_stack::transaction::{self, Owner, Sending};
use std::collections::VecDeque;

impl Shard {
    /// Begins what is new of a tenant's trunks, and takes back what has ended.
    pub(crate) fn trunks_changed(&mut self, changes: Changes, now: Instant) {
        for line in changes.ended {
            self.end_line(line, now);
        }
        for trunk in changes.new {
            self.search_on(trunk, now);
            self.gateway_moved(trunk, now);
            // Where that is looked for first, the registration begins when it is found.
            let line = self.tenants.trunks.get(trunk);
            if line.is_some_and(|line| !line.registrar_is_sought()) {
                self.registration_hears(trunk, Heard::Begin, now);
            }
            self.rearm_trunk(trunk);
        }
    }

    /// Tells a carrier that we are not there any more. Nobody waits for its answer.
    pub(crate) fn end_line(&mut self, mut line: Line, now: Instant) {
        if let Some((_, handle)) = line.machines.wake.take() {
            self.timers.cancel(handle);
        }
        let Some(registration) = &mut line.machines.registration else {
            return;
        };
        let mut out = Vec::new();
        registration.handle(Heard::End, now, &mut out);
        for output in out {
            if let Output::Ask { peer, request } = output
                && let Some(at) = line.registrar_at(peer, now)
                && let Some(way) = line.way(at)
            {
                let way = (way, line.name_number(at));
                self.send_request(&request, way, Owner::NOBODY, now);
            }
        }
    }

    /// Whether the transactions tell something of a trunk's own requests; it is passed on then.
    pub(crate) fn is_for_trunk(&mut self, event: &transaction::Event, now: Instant) -> bool {
        let (owner, response) = match event {
            transaction::Event::Response { owner, message, .. } => (*owner, Some(message)),
            transaction::Event::ClientTimedOut { owner, .. }
            | transaction::Event::ClientTransportFailed { owner, .. } => (*owner, None),
            transaction::Event::Request { .. }
            | transaction::Event::Ack { .. }
            | transaction::Event::Cancelled { .. }
            | transaction::Event::ServerTimedOut { .. } => return false,
        };
        let Some((slot, role)) = role_of(owner) else {
            return false;
        };
        if let Some(trunk) = self.tenants.trunks.at(slot) {
            match role {
                Role::Registration => {
                    self.note_registrar(trunk, response.and_then(Message::status), now);
                    let heard = response.cloned().map(Box::new);
                    let heard = heard.map_or(Heard::Nothing, Heard::Response);
                    self.registration_hears(trunk, heard, now);
                }
                Role::Probe(peer) => {
                    let status = response.and_then(Message::status);
                    self.probe_hears(trunk, peer, status, now);
                }
            }
            self.rearm_trunk(trunk);
        }
        true
    }

    /// Does what is due for a trunk.
    pub(crate) fn wake_trunk(&mut self, trunk: TrunkId, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        line.machines.wake = None;
        self.search_on(trunk, now);
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let mut out = Vec::new();
        if let Some(registration) = &mut line.machines.registration {
            registration.expire(now, &mut out);
        }
        let mut probed = Vec::new();
        for (peer, probe) in (0..).zip(&mut line.machines.probes) {
            let mut out = Vec::new();
            if let Some(probe) = probe {
                probe.expire(now, &mut out);
            }
            probed.extend(out.into_iter().map(|output| (peer, output)));
        }
        self.registration_orders(trunk, out, now);
        for (peer, output) in probed {
            self.probe_orders(trunk, peer, output, now);
        }
        self.rearm_trunk(trunk);
    }

    pub(crate) fn registration_hears(&mut self, trunk: TrunkId, heard: Heard, now: Instant) {
        let mut out = Vec::new();
        let line = self.tenants.trunks.get_mut(trunk);
        if let Some(registration) = line.and_then(|line| line.machines.registration.as_mut()) {
            registration.handle(heard, now, &mut out);
        }
        self.registration_orders(trunk, out, now);
    }

    /// Notes how the address stands that was asked for a registration: when it is silent or cannot,
    /// the next one that the name led to is asked next.
    fn note_registrar(&mut self, trunk: TrunkId, status: Option<u16>, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let Some(at) = line.machines.asked else {
            return;
        };
        match status {
            None | Some(503) => line.peers.failed(at.into(), now),
            Some(_) => line.peers.answered(at.into()),
        }
    }

    fn registration_orders(&mut self, trunk: TrunkId, out: Vec<Output>, now: Instant) {
        let mut orders = VecDeque::from(out);
        while let Some(output) = orders.pop_front() {
            let Some(line) = self.tenants.trunks.get_mut(trunk) else {
                return;
            };
            match output {
                Output::Up { .. } => {
                    self.figures.trunks.registered += 1;
                    self.tell_trunk(trunk, "registered at its carrier", now);
                }
                Output::Down { status } => {
                    self.figures.trunks.unregistered += 1;
                    let why = match status {
                        408 => "its carrier did not answer".to_owned(),
                        status => format!("its carrier answered {status}"),
                    };
                    self.tell_trunk(trunk, &why, now);
                }
                Output::Ask { peer, request } => {
                    let owner = Role::Registration.owner(line.slot());
                    let at = line.registrar_at(peer, now);
                    line.machines.asked = at;
                    let way = at.and_then(|at| Some((line.way(at)?.clone(), line.name_number(at))));
                    let sent = way.is_some_and(|(way, name)| {
                        self.send_request(&request, (&way, name), owner, now)
                    });
                    if !sent {
                        let mut more = Vec::new();
                        let line = self.tenants.trunks.get_mut(trunk);
                        let registration = line.and_then(|l| l.machines.registration.as_mut());
                        if let Some(registration) = registration {
                            registration.handle(Heard::Nothing, now, &mut more);
                        }
                        orders.extend(more);
                    }
                }
            }
        }
    }

    fn probe_hears(&mut self, trunk: TrunkId, peer: u8, status: Option<u16>, now: Instant) {
        let line = self.tenants.trunks.get_mut(trunk);
        let probes = line.map(|line| &mut line.machines.probes);
        let probe = probes.and_then(|probes| probes.get_mut(usize::from(peer))?.as_mut());
        let mut out = Vec::new();
        if let Some(probe) = probe {
            probe.handle(status, now, &mut out);
        }
        for output in out {
            self.probe_orders(trunk, peer, output, now);
        }
    }

    fn probe_orders(&mut self, trunk: TrunkId, peer: u8, output: Probed, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        match output {
            Probed::Stands(standing) => {
                self.figures.trunks.peers_changed += 1;
                line.peers.stands(usize::from(peer), standing);
                let why = match standing {
                    Standing::Up => "a peer answers",
                    Standing::Down => "no peer answers",
                };
                self.tell_trunk(trunk, why, now);
            }
            Probed::Ask(request) => {
                let owner = Role::Probe(peer).owner(line.slot());
                let name = line.name_number(peer);
                let sent = line
                    .way(peer)
                    .cloned()
                    .is_some_and(|way| self.send_request(&request, (&way, name), owner, now));
                if !sent {
                    self.probe_hears(trunk, peer, None, now);
                }
            }
        }
    }

    /// The name that a peer must prove to whom a connection within TLS is opened, by its number in
    /// the flow (`Flow::awaited`).
    #[must_use]
    pub fn peer_name(&self, number: u32) -> Option<&str> {
        self.tenants.trunks.name(number)
    }

    /// Sends a request outside calls; false when there is no listener of that family.
    fn send_request(
        &mut self,
        request: &Request,
        (way, name): (&Way, u32),
        owner: Owner,
        now: Instant,
    ) -> bool {
        let Some(flow): Option<Flow> = way.flow(self.config.listening(), name) else {
            return false;
        };
        let branch = self.sip.transactions.branch();
        let bytes = request.message(flow, branch, &self.config.agent, way.routes());
        let sending = Sending {
            flow,
            branch,
            method: request.method,
            bytes,
            owner,
        };
        self.sip.transactions.request(sending, now);
        true
    }

    /// Tells a trunk's owner when it has begun or ceased to work. The owner of a trunk that is
    /// shared has no log of events; its figure is among the metrics.
    pub(crate) fn tell_trunk(&mut self, trunk: TrunkId, why: &str, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let state = line.state();
        let before = std::mem::replace(&mut line.machines.told, state);
        let kind = match state {
            State::Up if before != State::Up => EventKind::TrunkUp,
            State::Down if before != State::Down => EventKind::TrunkDown,
            State::Up | State::Down | State::Unwatched | State::Waiting => return,
        };
        let Some(owner) = line.owner else { return };
        let name = line.spec().name.clone();
        let id = EventId::new(self.unix_ms(now), self.random.next_u128());
        let at = self.clock.wall(now);
        let event = Event::of_trunk(id, owner, kind, (trunk, &name), why, at);
        self.outbox.events.push(event);
    }

    /// Sets a trunk's timer to what its machines want now.
    pub(crate) fn rearm_trunk(&mut self, trunk: TrunkId) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let wanted = line.deadline();
        let machines = &mut line.machines;
        if wanted == machines.wake.as_ref().map(|(at, _)| *at) {
            return;
        }
        if let Some((_, handle)) = machines.wake.take() {
            self.timers.cancel(handle);
        }
        machines.wake = wanted.map(|at| (at, self.timers.arm(at, Wake::Trunk(trunk))));
    }
}
