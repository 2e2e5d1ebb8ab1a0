//! Recording sessions (RFC 7866): dialogs with recording servers, to which calls are sent, and with
//! recording clients, whose calls are kept here. They are no legs of calls: a call goes on whatever
//! becomes of them.

use crate::call_key::CallKey;
use crate::remembered::Seat;
use call::LegId;
use ids::{RecordingId, TenantId, TrunkId};
use machine::{Instant, TimerHandle};
use media::EndpointId;
use sip_leg::RecordingSession;
use sip_stack::transaction::Owner;
use siprec::{Id, Metadata};
use std::collections::{BTreeMap, BTreeSet};

/// This bit of an owner number says that it is a recording session's.
const SESSION: u64 = 1 << 60;
/// The bits above it are for watches, messages and calls that wait.
const OTHERS: u64 = 0b111 << 61;
/// Recording servers that are tried for one call at most.
pub(crate) const WAYS_MAX: usize = 4;
/// Streams of a session that are sent or kept: one for each side.
pub(crate) const SIDES: usize = 2;
/// The labels of those that are sent: of who has called, and of who was called (RFC 4574).
pub(crate) const LABELS: [&str; SIDES] = ["1", "2"];
/// Messages of a call's recording session stand in its ladder as if of this leg, which no call has.
pub(crate) const LADDER_LEG: u8 = u8::MAX;

/// Somebody whose voice is sent to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speaker {
    pub(crate) leg: LegId,
    /// What the server knows it by.
    pub(crate) id: Id,
    /// Since when it takes part, as the server is told.
    pub(crate) came: String,
}

/// The copy by which a server hears somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) of: EndpointId,
    pub(crate) id: EndpointId,
}

/// A call that is sent to a server.
#[derive(Debug)]
pub(crate) struct SentCall {
    pub(crate) call: CallKey,
    /// Servers that were not tried yet, the next one last.
    pub(crate) further: Vec<(TrunkId, u8)>,
    /// The address of the trunk's that is tried.
    pub(crate) peer: u8,
    /// Who is heard, on the left and on the right.
    pub(crate) speakers: [Speaker; SIDES],
    pub(crate) copies: [Option<Copied>; SIDES],
    /// The streams, by their names in metadata.
    pub(crate) streams: [Id; SIDES],
    /// Who has the other on hold.
    pub(crate) holds: BTreeSet<LegId>,
    /// What the server does not know yet.
    pub(crate) untold: Option<Metadata>,
    /// It has answered.
    pub(crate) up: bool,
    /// It has been told something and has not answered that.
    pub(crate) busy: bool,
    /// Nothing is sent for now.
    pub(crate) paused: bool,
}

/// A client's call that is kept.
#[derive(Debug)]
pub(crate) struct KeptCall {
    pub(crate) recording: RecordingId,
    /// What the client has told.
    pub(crate) metadata: Metadata,
    /// Streams that go into the recording, on the left and on the right.
    pub(crate) sides: [Option<EndpointId>; SIDES],
    /// Nothing comes for now.
    pub(crate) paused: bool,
    /// The recording is over.
    pub(crate) ended: bool,
}

/// Which end we are.
#[derive(Debug)]
pub(crate) enum Role {
    Client(Box<SentCall>),
    Server(Box<KeptCall>),
}

/// One session.
pub(crate) struct Entry {
    pub(crate) session: RecordingSession,
    pub(crate) tenant: TenantId,
    pub(crate) trunk: TrunkId,
    pub(crate) role: Role,
    /// It began by a connection, for the length of its INVITE.
    pub(crate) streams: bool,
    /// Its call's messages.
    pub(crate) seat: Seat,
    pub(crate) wake: Option<TimerHandle>,
    pub(crate) wake_at: Option<Instant>,
}

impl Entry {
    pub(crate) fn new(
        session: RecordingSession,
        (tenant, trunk): (TenantId, TrunkId),
        role: Role,
        seat: Seat,
    ) -> Entry {
        Entry {
            session,
            tenant,
            trunk,
            role,
            streams: false,
            seat,
            wake: None,
            wake_at: None,
        }
    }

    /// The call that is sent.
    pub(crate) fn sent(&self) -> Option<&SentCall> {
        match &self.role {
            Role::Client(sent) => Some(sent),
            Role::Server(_) => None,
        }
    }

    pub(crate) fn sent_mut(&mut self) -> Option<&mut SentCall> {
        match &mut self.role {
            Role::Client(sent) => Some(sent),
            Role::Server(_) => None,
        }
    }

    pub(crate) fn kept_mut(&mut self) -> Option<&mut KeptCall> {
        match &mut self.role {
            Role::Server(kept) => Some(kept),
            Role::Client(_) => None,
        }
    }
}

/// All of them.
#[derive(Default)]
pub(crate) struct RecordingSessions {
    entries: BTreeMap<u64, Box<Entry>>,
    /// The session by which a call is sent.
    of_call: BTreeMap<CallKey, Owner>,
    next: u64,
    /// Sessions that servers have taken, since the start.
    pub(crate) sent: u64,
    /// Calls that no server took, or not to their end, since the start.
    pub(crate) unsent: u64,
    /// Sessions of clients that were taken, since the start.
    pub(crate) kept: u64,
}

impl RecordingSessions {
    pub(crate) fn is_session(owner: Owner) -> bool {
        owner.0 & (SESSION | OTHERS) == SESSION
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Sessions of clients.
    pub(crate) fn clients(&self) -> usize {
        self.entries.len() - self.of_call.len()
    }

    /// The owner of the next one.
    pub(crate) fn next_owner(&mut self) -> Owner {
        self.next += 1;
        Owner(SESSION | self.next)
    }

    pub(crate) fn insert(&mut self, owner: Owner, entry: Entry) {
        if let Some(sent) = entry.sent() {
            self.of_call.insert(sent.call, owner);
        }
        self.entries.insert(owner.0, Box::new(entry));
    }

    pub(crate) fn get(&self, owner: Owner) -> Option<&Entry> {
        self.entries.get(&owner.0).map(AsRef::as_ref)
    }

    pub(crate) fn get_mut(&mut self, owner: Owner) -> Option<&mut Entry> {
        self.entries.get_mut(&owner.0).map(AsMut::as_mut)
    }

    pub(crate) fn remove(&mut self, owner: Owner) -> Option<Entry> {
        let entry = *self.entries.remove(&owner.0)?;
        if let Some(sent) = entry.sent() {
            self.forget_call(sent.call, owner);
        }
        Some(entry)
    }

    /// The session by which a call is sent.
    pub(crate) fn of_call(&self, call: CallKey) -> Option<Owner> {
        self.of_call.get(&call).copied()
    }

    /// A session has ended, whatever is still to be said in it: the call may have another.
    pub(crate) fn forget_call(&mut self, call: CallKey, owner: Owner) {
        if self.of_call.get(&call) == Some(&owner) {
            self.of_call.remove(&call);
        }
    }

    /// Sessions of clients, of one company or of all.
    pub(crate) fn of_clients(&self, tenant: Option<TenantId>) -> Vec<Owner> {
        let all = self.entries.iter().filter(|(_, entry)| match &entry.role {
            Role::Server(_) => tenant.is_none_or(|tenant| entry.tenant == tenant),
            Role::Client(_) => false,
        });
        all.map(|(number, _)| Owner(*number)).collect()
    }
}
