//! What happens in recording sessions: whose a message is, when they want to be woken, and how they
//! end.

use super::Shard;
use super::deadlines::Wake;
use crate::recording_sessions::{Entry, RecordingSessions, Role};
use crate::remembered::Spot;
use ids::TenantId;
use machine::Instant;
use sip_leg::{Desk, RecordingReport, RecordingSession};
use sip_message::{Flow, Message, Name};
use sip_stack::transaction::{Event, Owner, ServerKey};
use sip_stack::usage::Config;
use siprec::Said;
use std::sync::Arc;

impl Shard {
    /// Whether what happened concerns a recording session; it is taken then. Requests are told
    /// apart by their dialogs.
    pub(crate) fn is_for_session(&mut self, event: &Event, now: Instant) -> bool {
        let owner = match event {
            Event::Response { owner, .. }
            | Event::Cancelled { owner, .. }
            | Event::ClientTimedOut { owner, .. }
            | Event::ClientTransportFailed { owner, .. }
            | Event::ServerTimedOut { owner, .. } => *owner,
            Event::Request { .. } | Event::Ack { .. } => return false,
        };
        let ours = RecordingSessions::is_session(owner);
        let known = ours && self.calls.sessions.get(owner).is_some();
        if known {
            self.give_session(owner, event.clone(), now);
        } else if let Event::Response {
            key, flow, message, ..
        } = event
            && ours
        {
            // a session that is over still ends what is answered late
            let config = self.sip.usages.of(flow);
            let transactions = &mut self.sip.transactions;
            sip_stack::usage::dismiss(*key, *flow, message, &config, now, transactions);
        }
        ours
    }

    /// A request within a session's dialog.
    pub(crate) fn in_session(
        &mut self,
        owner: Owner,
        (key, flow): (ServerKey, Flow),
        message: Message,
        now: Instant,
    ) {
        if !self.is_peer_of_session(owner, &flow) {
            // the same as for a dialog that is not there
            return self.refuse(key, &message, 481, now);
        }
        let said = said_by(&message);
        self.sip.transactions.adopt(key, owner);
        self.give_session(owner, Event::Request { key, flow, message }, now);
        match said {
            Said::Nothing | Said::Unreadable(_) => {}
            Said::Metadata(metadata) => self.told_by_client(owner, *metadata),
            Said::Asked => self.tell_all(owner, now),
        }
    }

    /// An acknowledgement within a session's dialog.
    pub(crate) fn acknowledge_session(
        &mut self,
        owner: Owner,
        flow: Flow,
        message: Message,
        now: Instant,
    ) {
        if self.is_peer_of_session(owner, &flow) {
            self.give_session(owner, Event::Ack { flow, message }, now);
        }
    }

    /// Whether a flow leads to a session's peer: to where it was before, or to its trunk's others.
    fn is_peer_of_session(&self, owner: Owner, flow: &Flow) -> bool {
        self.calls.sessions.get(owner).is_some_and(|entry| {
            let known = entry.session.flow();
            let same = (known.transport, known.remote) == (flow.transport, flow.remote);
            same || self.tenants.trunks.speaks_by(entry.trunk, flow)
        })
    }

    fn give_session(&mut self, owner: Owner, event: Event, now: Instant) {
        self.with_session(owner, now, |session, desk, reports| {
            session.take(event, desk, reports);
        });
    }

    pub(crate) fn wake_session(&mut self, owner: Owner, now: Instant) {
        if let Some(entry) = self.calls.sessions.get_mut(owner) {
            entry.wake = None;
            entry.wake_at = None;
        }
        self.with_session(owner, now, |session, desk, reports| {
            session.expire(desk, reports);
        });
    }

    /// Works with a session, and does what follows.
    pub(super) fn with_session(
        &mut self,
        owner: Owner,
        now: Instant,
        act: impl FnOnce(&mut RecordingSession, &mut Desk<'_>, &mut Vec<RecordingReport>),
    ) {
        let Some(entry) = self.calls.sessions.get_mut(owner) else {
            return;
        };
        let mut reports = Vec::new();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        act(&mut entry.session, &mut desk, &mut reports);
        let is_client = entry.sent().is_some();
        self.note_session_stream(owner, now);
        for report in reports {
            if report == RecordingReport::Terminated {
                return self.drop_session(owner, now);
            }
            match is_client {
                true => self.heard_of_server(owner, report, now),
                false => self.heard_of_client(owner, &report, now),
            }
        }
        self.rearm_session(owner);
    }

    /// Notes that a server took no connection: its session went on by datagrams.
    fn note_session_stream(&mut self, owner: Owner, now: Instant) {
        let entry = self.calls.sessions.get_mut(owner);
        let Some(entry) = entry.filter(|entry| entry.streams) else {
            return;
        };
        if entry.session.flow().transport.is_reliable() {
            return;
        }
        entry.streams = false;
        let (trunk, peer) = (entry.trunk, entry.sent().map(|sent| sent.peer));
        if let (Some(line), Some(peer)) = (self.tenants.trunks.get_mut(trunk), peer) {
            line.peers.took_no_stream(peer.into(), now);
        }
    }

    /// Gives a session its place.
    pub(super) fn seat_session(&mut self, owner: Owner, entry: Entry) {
        let usage = entry.session.usage();
        let (call_id, tag) = (usage.call_id().to_owned(), usage.local_tag().to_owned());
        // a directory that is full costs what comes within the dialog, and not the call
        let _full = self.sip.dialogs.insert(&call_id, &tag, owner);
        self.calls.sessions.insert(owner, entry);
        self.rearm_session(owner);
    }

    /// Nothing more comes of a session.
    fn drop_session(&mut self, owner: Owner, now: Instant) {
        self.end_kept(owner, now);
        let Some(entry) = self.calls.sessions.remove(owner) else {
            return;
        };
        if let Some(handle) = entry.wake {
            self.timers.cancel(handle);
        }
        let usage = entry.session.usage();
        self.sip.dialogs.remove(usage.call_id(), usage.local_tag());
        if let Some(line) = self.tenants.trunks.get_mut(entry.trunk) {
            line.load.ended(entry.tenant);
        }
        if let Role::Server(_) = entry.role {
            self.tenants.call_ended(entry.tenant);
        }
    }

    /// Sets a session's timer to what it wants now.
    fn rearm_session(&mut self, owner: Owner) {
        let Some(entry) = self.calls.sessions.get_mut(owner) else {
            return;
        };
        let wanted = entry.session.deadline();
        if wanted == entry.wake_at {
            return;
        }
        if let Some(handle) = entry.wake.take() {
            self.timers.cancel(handle);
        }
        entry.wake = wanted.map(|at| self.timers.arm(at, Wake::Session(owner)));
        entry.wake_at = wanted;
    }

    /// Ends what recording clients send: all of it, or that of one company.
    pub(super) fn end_clients(&mut self, tenant: Option<TenantId>, now: Instant) {
        for owner in self.calls.sessions.of_clients(tenant) {
            self.end_kept(owner, now);
            self.with_session(owner, now, |session, desk, reports| {
                session.hang_up(desk, reports);
            });
        }
    }

    /// Where the messages of a session belong: with those of the call that is sent.
    pub(super) fn spot_of_session(&self, owner: Owner) -> Option<Spot> {
        let entry = self.calls.sessions.get(owner)?;
        let call = entry.sent().and_then(|sent| self.calls.get(sent.call));
        Some(Spot {
            seat: entry.seat,
            tenant: Some(entry.tenant),
            call: call.map(|entry| entry.call.id()),
        })
    }
}

/// Who we are in recording sessions: as otherwise, with this parameter of the contact (RFC 7866
/// §11.2).
pub(super) fn recording_config(config: &Config, feature: &str) -> Arc<Config> {
    Arc::new(Config {
        contact: format!("{};{feature}", config.contact),
        recording: true,
        ..config.clone()
    })
}

/// What a message says of metadata.
pub(super) fn said_by(message: &Message) -> Said {
    let kind = message.header(Name::ContentType).unwrap_or_default();
    siprec::said(kind, message.body())
}
