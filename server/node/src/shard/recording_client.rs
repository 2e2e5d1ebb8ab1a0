//! The exchange as a recording client (SRC, RFC 7866 §6.1): a call whose extension says so is sent
//! to a recording server of its company's, both sides each in a stream of its own, with metadata of
//! who they are.
//!
//! A server is at the other end of a trunk that the company may use and that `sends`. Whatever
//! becomes of it, the call goes on: what was not sent is told in the call's record and as an event.

use super::Shard;
use super::recording::Pair;
use super::recording_sessions::recording_config;
use crate::calls::CallKey;
use crate::recording_sessions::{
    Copied, Entry, LABELS, LADDER_LEG, Role, SIDES, SentCall, WAYS_MAX,
};
use call::LegId;
use domain::{Event, TrunkSiprec};
use ids::{EventId, TenantId, TrunkId};
use machine::Instant;
use media::{Command, EndpointId};
use sip_leg::{Desk, RecordingCall, RecordingReport, RecordingSession};
use sip_message::escape_user;
use sip_stack::transaction::Owner;
use sip_stack::usage::Hop;
use siprec::{CLIENT, Id, Metadata};
use std::time::Duration;

/// The rule that explains what becomes of a call that a server is to keep.
const RULE: &str = "record.server";

/// How long a server may say nothing at all before the next one is tried.
const PATIENCE: Duration = Duration::from_secs(4);

/// The codecs that can be made of what a side speaks, the best first.
const MADE: [&str; 4] = ["opus", "G722", "PCMU", "PCMA"];

/// Who is called where the trunk has no user name.
const RECORDER: &str = "recorder";

impl Shard {
    /// Sends a call to a recording server from now on.
    pub(super) fn call_server(&mut self, key: CallKey, pair: Pair, now: Instant) {
        if self.calls.sessions.of_call(key).is_some() {
            return;
        }
        let Some(tenant) = self.calls.get(key).map(|entry| entry.tenant) else {
            return;
        };
        let mut ways = self.servers_of(tenant, now);
        if ways.is_empty() {
            let why = "no trunk of the company leads to a recording server";
            return self.not_sent(key, tenant, why, now);
        }
        ways.reverse();
        self.call_next_server(key, pair, ways, now);
    }

    /// The recording servers of a company, and of nobody else, in the order in which they are
    /// tried.
    fn servers_of(&self, tenant: TenantId, now: Instant) -> Vec<(TrunkId, u8)> {
        let lines = self.tenants.trunks.lines.iter();
        let its = lines.filter(|(_, line)| {
            line.spec().siprec == TrunkSiprec::Sends && line.users.contains(&tenant)
        });
        let ways = its.flat_map(|(trunk, line)| {
            let peers = line.callable(now).into_iter();
            peers.map(|peer| (*trunk, peer))
        });
        ways.take(WAYS_MAX).collect()
    }

    /// Calls the last of these servers that can be called.
    fn call_next_server(
        &mut self,
        key: CallKey,
        pair: Pair,
        mut ways: Vec<(TrunkId, u8)>,
        now: Instant,
    ) {
        let Some(tenant) = self.calls.get(key).map(|entry| entry.tenant) else {
            return;
        };
        let mut why = "no recording server can be reached";
        while let Some(way) = ways.pop() {
            match self.call_server_by(key, pair, (way, ways.clone()), now) {
                Ok(()) => return,
                Err(because) => why = because,
            }
        }
        self.not_sent(key, tenant, why, now);
    }

    fn call_server_by(
        &mut self,
        key: CallKey,
        pair: Pair,
        ((trunk, peer), further): ((TrunkId, u8), Vec<(TrunkId, u8)>),
        now: Instant,
    ) -> Result<(), &'static str> {
        let gone = "its trunk is there no more";
        let entry = self.calls.get(key).ok_or(gone)?;
        let (tenant, strip) = (entry.tenant, entry.strip);
        let speakers = self.speakers(key, pair, &[], now).ok_or(gone)?;
        let streams = [(); SIDES].map(|()| Id::of(self.random.next_u128()));
        let sent = SentCall {
            call: key,
            further,
            peer,
            speakers,
            copies: [None; SIDES],
            streams,
            holds: Default::default(),
            untold: None,
            up: false,
            busy: false,
            paused: false,
        };
        let metadata = self.all_of(&sent).ok_or(gone)?;
        let mut call = self
            .recording_call((trunk, peer), metadata, now)
            .ok_or(gone)?;
        let near = self.endpoint_of(key, pair.0).ok_or(gone)?;
        let line = self.tenants.trunks.get_mut(trunk).ok_or(gone)?;
        let full = "its trunk has as many calls as it may have";
        line.take_call(tenant, false, now).map_err(|_| full)?;
        let source = self.media_source(&call.flow);
        let codecs = [pair.0, pair.1].map(|leg| self.codecs_for_server(key, leg, trunk));
        let Some(sounds) = self.open_sounds(trunk, source, Some(near), &codecs) else {
            if let Some(line) = self.tenants.trunks.get_mut(trunk) {
                line.load.ended(tenant);
            }
            return Err("no media port is left");
        };
        let config = self.usage_with(&call.flow, Some(trunk));
        let config = recording_config(&config, CLIENT);
        if let Some(stream) = &mut call.stream {
            stream.config = recording_config(&stream.config, CLIENT);
        }
        let owner = self.calls.sessions.next_owner();
        let named = LABELS.map(str::to_owned).into_iter().zip(sounds).collect();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        let session = RecordingSession::call(call, named, config, owner, &mut desk);
        let role = Role::Client(Box::new(sent));
        let streams = session.flow().transport.is_reliable();
        let mut entry = Entry::new(session, (tenant, trunk), role, (strip, LADDER_LEG));
        entry.streams = streams;
        self.seat_session(owner, entry);
        Ok(())
    }

    /// How a server is called; nothing where it cannot be reached.
    fn recording_call(
        &mut self,
        (trunk, peer): (TrunkId, u8),
        metadata: Metadata,
        now: Instant,
    ) -> Option<RecordingCall> {
        let listening = self.config.listening();
        let line = self.tenants.trunks.get(trunk)?;
        let way = line.way(peer)?;
        let user = line.spec().username.as_deref().unwrap_or(RECORDER);
        let user = escape_user(user).to_string();
        let uri = way.uri(&user);
        let flow = way.flow(listening, line.name_number(peer))?;
        let routes = way.routes().to_vec();
        let takes = line.peers.may_take_stream(peer.into(), now);
        let hop = way.stream(listening).filter(|_| takes).map(|flow| Hop {
            request_uri: uri.clone(),
            routes: routes.clone(),
            flow,
            config: self.sip.usages.with(&flow, &line.spec().dialogs),
            patience: None,
        });
        Some(RecordingCall {
            from: format!("<sip:{user}@{}>", line.domain()),
            uri,
            routes,
            flow,
            login: line.login().cloned(),
            patience: PATIENCE,
            stream: hop,
            metadata,
        })
    }

    /// What is offered of a side: what its trunk names, or else what the side speaks, and then all
    /// that can be made of that.
    fn codecs_for_server(&self, key: CallKey, leg: LegId, trunk: TrunkId) -> Vec<String> {
        let named = self.codecs_of(trunk);
        if !named.is_empty() {
            return named.to_vec();
        }
        let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
        let spoken = owner.and_then(|owner| self.legs.get(owner)?.sip.sound().codec_name());
        let other = |name: &&str| {
            !spoken
                .as_ref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        let made: Vec<String> = MADE.into_iter().filter(other).map(str::to_owned).collect();
        spoken.into_iter().chain(made).collect()
    }

    /// What a server says.
    pub(super) fn heard_of_server(&mut self, owner: Owner, report: RecordingReport, now: Instant) {
        match report {
            RecordingReport::Answered => self.server_answered(owner, now),
            RecordingReport::Changed => {
                if let Some(sent) = self.sent(owner) {
                    sent.busy = false;
                }
                self.tell_rest(owner, now);
            }
            RecordingReport::Refused(status, words) => {
                let why = format!("{status} {words}");
                self.server_failed(owner, &why, now);
            }
            RecordingReport::Ended(why) => self.server_failed(owner, why, now),
            RecordingReport::Terminated => {}
        }
    }

    pub(super) fn sent(&mut self, owner: Owner) -> Option<&mut SentCall> {
        self.calls.sessions.get_mut(owner)?.sent_mut()
    }

    fn server_answered(&mut self, owner: Owner, now: Instant) {
        let Some(entry) = self.calls.sessions.get_mut(owner) else {
            return;
        };
        let trunk = entry.trunk;
        let takes = entry.session.streams().iter().any(|one| one.is_taken());
        let Some(sent) = entry.sent_mut() else { return };
        let (key, peer) = (sent.call, sent.peer);
        sent.up = takes;
        if let Some(line) = self.tenants.trunks.get_mut(trunk) {
            line.peers.answered(usize::from(peer));
        }
        if !takes {
            self.hang_up_server(owner, now);
            return self.server_failed(owner, "it takes none of the two voices", now);
        }
        self.calls.sessions.sent += 1;
        let name = self.trunk_name(trunk);
        let because = format!("both sides are sent to the recording server of the trunk {name}");
        self.explain(key, RULE, because, now);
        if let Some(pair) = self.talking(key) {
            self.send_sides(key, pair, now);
        }
        self.tell_rest(owner, now);
    }

    /// A server does not take the call, or no longer. Where it has never taken it the next one is
    /// called.
    fn server_failed(&mut self, owner: Owner, why: &str, now: Instant) {
        self.part_copies(owner);
        let Some(entry) = self.calls.sessions.get_mut(owner) else {
            return;
        };
        let (trunk, tenant) = (entry.trunk, entry.tenant);
        let Some(sent) = entry.sent_mut() else { return };
        let (key, peer, up) = (sent.call, sent.peer, sent.up);
        let further = std::mem::take(&mut sent.further);
        if self.calls.sessions.of_call(key) != Some(owner) {
            // it was ended by us
            return;
        }
        self.calls.sessions.forget_call(key, owner);
        if !up && let Some(line) = self.tenants.trunks.get_mut(trunk) {
            line.peers.failed(usize::from(peer), now);
        }
        let name = self.trunk_name(trunk);
        let why = format!("the recording server of the trunk {name}: {why}");
        match self.talking(key).filter(|_| !up && !further.is_empty()) {
            Some(pair) => {
                self.explain(key, RULE, why, now);
                self.call_next_server(key, pair, further, now);
            }
            None => self.not_sent(key, tenant, &why, now),
        }
    }

    /// Nobody keeps the call, or no longer: its record says so, and an event.
    fn not_sent(&mut self, key: CallKey, tenant: TenantId, why: &str, now: Instant) {
        self.calls.sessions.unsent += 1;
        self.explain(key, RULE, format!("not sent: {why}"), now);
        let Some(call) = self.calls.get(key).map(|entry| entry.call.id()) else {
            return;
        };
        let id = EventId::new(self.unix_ms(now), self.random.next_u128());
        let event = Event::of_unsent_recording(id, tenant, call, why, self.clock.wall(now));
        self.outbox.events.push(event);
    }

    fn trunk_name(&self, trunk: TrunkId) -> String {
        let line = self.tenants.trunks.get(trunk);
        line.map_or_else(|| trunk.to_string(), |line| line.spec().name.clone())
    }

    /// Sends what two who talk say, and tells the server where they are others than before.
    pub(super) fn send_sides(&mut self, key: CallKey, pair: Pair, now: Instant) {
        let Some(owner) = self.calls.sessions.of_call(key) else {
            return;
        };
        self.change_speakers(owner, pair, now);
        let sources = [pair.0, pair.1].map(|leg| self.endpoint_of(key, leg));
        let Some(entry) = self.calls.sessions.get(owner) else {
            return;
        };
        let Some(sent) = entry.sent().filter(|sent| sent.up && !sent.paused) else {
            return;
        };
        let streams = entry.session.streams().iter();
        let streams = streams.map(|one| one.is_taken().then(|| one.endpoint()));
        let streams: Vec<Option<EndpointId>> = streams.collect();
        let before = sent.copies;
        let elsewhere = sources.iter().flatten().any(|source| {
            let mut ours = streams.iter().flatten();
            ours.any(|one| one.worker() != source.worker())
        });
        if elsewhere {
            // the two talk on another thread now: so does a session of its own
            self.end_server(key, now);
            return self.call_server(key, pair, now);
        }
        for (side, (source, stream)) in sources.into_iter().zip(streams).enumerate() {
            let known = before.get(side).copied().flatten();
            if known.map(|copy| copy.of) != source {
                self.send_side(owner, side, (source, stream));
            }
        }
    }

    /// Lets the server hear one side, in place of whom it heard there.
    fn send_side(
        &mut self,
        owner: Owner,
        side: usize,
        (source, stream): (Option<EndpointId>, Option<EndpointId>),
    ) {
        self.part_copy(owner, side);
        let (Some(of), Some(to)) = (source, stream) else {
            return;
        };
        let Ok((id, _)) = self.ports.open_beside(to) else {
            return;
        };
        self.outbox.media.push(Command::Fork { id, of, to });
        let place = self.sent(owner).and_then(|sent| sent.copies.get_mut(side));
        if let Some(place) = place {
            *place = Some(Copied { of, id });
        }
    }

    fn part_copies(&mut self, owner: Owner) {
        for side in 0..SIDES {
            self.part_copy(owner, side);
        }
    }

    fn part_copy(&mut self, owner: Owner, side: usize) {
        let place = self.sent(owner).and_then(|sent| sent.copies.get_mut(side));
        let copy = place.and_then(Option::take);
        if let Some(id) = copy.map(|copy| copy.id).filter(|id| self.ports.close(*id)) {
            self.outbox.media.push(Command::Close { id });
        }
    }

    /// What a leg says that goes over to another call is sent for this one no more.
    pub(super) fn part_from_server(&mut self, key: CallKey, endpoint: EndpointId) {
        let Some(owner) = self.calls.sessions.of_call(key) else {
            return;
        };
        for side in 0..SIDES {
            let place = self.sent(owner).and_then(|sent| sent.copies.get(side));
            if place.is_some_and(|copy| copy.is_some_and(|copy| copy.of == endpoint)) {
                self.part_copy(owner, side);
            }
        }
    }

    /// Sends nothing for now, or something again.
    pub(super) fn pause_server(&mut self, key: CallKey, paused: bool, now: Instant) {
        let Some(owner) = self.calls.sessions.of_call(key) else {
            // as after a restart: a session begins with what is sent
            let taping = self.calls.recordings.live(key);
            let wanted = taping.is_some_and(|taping| taping.kept_by.has_server());
            if let Some(pair) = self.talking(key).filter(|_| wanted && !paused) {
                self.call_server(key, pair, now);
            }
            return;
        };
        let Some(sent) = self.sent(owner) else { return };
        sent.paused = paused;
        if paused {
            // at once, whenever the server is told
            self.part_copies(owner);
        }
        self.tell_change(owner, Metadata::default(), now);
    }

    /// The call's recording has ended.
    pub(super) fn end_server(&mut self, key: CallKey, now: Instant) {
        let Some(owner) = self.calls.sessions.of_call(key) else {
            return;
        };
        self.calls.sessions.forget_call(key, owner);
        let up = self.sent(owner).is_some_and(|sent| sent.up);
        self.hang_up_server(owner, now);
        let tenant = self.calls.get(key).map(|entry| entry.tenant);
        if let Some(tenant) = tenant.filter(|_| !up) {
            self.not_sent(
                key,
                tenant,
                "it was over before a recording server took it",
                now,
            );
        }
    }

    fn hang_up_server(&mut self, owner: Owner, now: Instant) {
        self.part_copies(owner);
        self.with_session(owner, now, |session, desk, reports| {
            session.hang_up(desk, reports);
        });
    }

    /// Where a leg's packets come.
    pub(super) fn endpoint_of(&self, key: CallKey, leg: LegId) -> Option<EndpointId> {
        let owner = self.calls.get(key)?.owner(leg)?;
        Some(self.legs.get(owner)?.sip.sound().endpoint())
    }
}
