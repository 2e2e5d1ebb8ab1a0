//! The table of calls, each with its record in the making.

pub(crate) use crate::call_key::CallKey;
use crate::conferences::Conferences;
use crate::ended_legs::EndedLegs;
use crate::faxes::Faxes;
use crate::recording_sessions::RecordingSessions;
use crate::recordings::Recordings;
use crate::sayings::Listeners;
use crate::trunks::Noted;
use call::{Call, LegId};
use capture::StripId;
use ids::{CallId, TenantId, TrunkId};
use machine::{Instant, TimerHandle};
use media::EndpointId;
use records::Recorder;
use routing::Emergency;
use sip_stack::transaction::Owner;
use std::collections::BTreeMap;
use stir::Verstat;

/// The trunks that a call goes over: it has one of the share of each, and two where it came by the
/// trunk by which it goes out again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shares {
    /// By which it came in.
    pub(crate) came: Option<TrunkId>,
    /// By which it goes out.
    pub(crate) goes: Option<TrunkId>,
}

/// What a caller's INVITE asks for besides, and brings along.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought {
    /// Whoever is called is asked to answer by itself.
    pub(crate) intercom: bool,
    /// Nobody is to be told who has sent the call on.
    pub(crate) hides_history: bool,
    /// Proofs of who calls, as a carrier sent them (RFC 8224 §4.1).
    pub(crate) proofs: Vec<String>,
    /// Headers that a rule of a trunk hands on, by name.
    pub(crate) headers: Vec<(String, String)>,
    /// What came of looking at them, and the number that they are about.
    pub(crate) verified: Option<(Verstat, String)>,
}

/// One call.
pub(crate) struct Entry {
    pub(crate) call: Call,
    pub(crate) tenant: TenantId,
    pub(crate) recorder: Recorder,
    /// Its messages.
    pub(crate) strip: StripId,
    /// Owners of the legs, by leg number; a leg that went on elsewhere has none.
    pub(crate) legs: Vec<Option<Owner>>,
    pub(crate) max_forwards: u8,
    pub(crate) wake: Option<TimerHandle>,
    pub(crate) wake_at: Option<Instant>,
    /// It changed in a way that a restart should know of.
    pub(crate) dirty: bool,
    pub(crate) stored: bool,
    pub(crate) counted: bool,
    /// The trunks of whose shares it has one.
    pub(crate) shares: Shares,
    /// What its caller asks for besides.
    pub(crate) brought: Brought,
    /// Its legs to carriers of which it may yet be told how they sounded.
    pub(crate) noted: Vec<(LegId, Noted)>,
    /// What it is about where somebody calls for help.
    pub(crate) emergency: Option<Box<Emergency>>,
}

impl Entry {
    /// A call that counts against its company's caps and is not stored yet.
    pub(crate) fn new(call: Call, recorder: Recorder, strip: StripId, max_forwards: u8) -> Entry {
        Entry {
            tenant: call.scope().tenant(),
            call,
            recorder,
            strip,
            legs: Vec::with_capacity(2),
            max_forwards,
            wake: None,
            wake_at: None,
            dirty: false,
            stored: false,
            counted: true,
            shares: Shares::default(),
            brought: Brought::default(),
            noted: Vec::new(),
            emergency: None,
        }
    }

    /// Whether somebody calls for help, and does not only try it.
    pub(crate) fn is_for_help(&self) -> bool {
        self.emergency.as_ref().is_some_and(|about| !about.test)
    }

    pub(crate) fn owner(&self, leg: LegId) -> Option<Owner> {
        self.legs.get(usize::from(leg.number())).copied().flatten()
    }

    pub(crate) fn set_owner(&mut self, leg: LegId, owner: Option<Owner>) {
        let index = usize::from(leg.number());
        if self.legs.len() <= index {
            self.legs.resize(index + 1, None);
        }
        if let Some(place) = self.legs.get_mut(index) {
            *place = owner;
        }
    }
}

/// Calls by key, by id, and by the media endpoints of their legs.
#[derive(Default)]
pub(crate) struct Calls {
    entries: BTreeMap<CallKey, Box<Entry>>,
    by_id: BTreeMap<CallId, CallKey>,
    endpoints: BTreeMap<EndpointId, (CallKey, LegId)>,
    /// Which of them are being recorded.
    pub(crate) recordings: Recordings,
    /// Which of them are sent to recording servers, and what recording clients send.
    pub(crate) sessions: RecordingSessions,
    /// To which of them something is said.
    pub(crate) listeners: Listeners,
    /// Which of them attend conferences.
    pub(crate) conferences: Conferences,
    /// Which of them are faxes.
    pub(crate) faxes: Faxes,
    /// Legs that they had lately.
    pub(crate) ended_legs: EndedLegs,
    next: u64,
}

impl Calls {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn next_key(&self) -> CallKey {
        CallKey(self.next)
    }

    pub(crate) fn insert(&mut self, entry: Entry) -> CallKey {
        let key = self.next_key();
        self.next += 1;
        self.by_id.insert(entry.call.id(), key);
        self.entries.insert(key, Box::new(entry));
        key
    }

    pub(crate) fn get(&self, key: CallKey) -> Option<&Entry> {
        self.entries.get(&key).map(AsRef::as_ref)
    }

    pub(crate) fn get_mut(&mut self, key: CallKey) -> Option<&mut Entry> {
        self.entries.get_mut(&key).map(AsMut::as_mut)
    }

    pub(crate) fn remove(&mut self, key: CallKey) -> Option<Entry> {
        let entry = self.entries.remove(&key)?;
        self.by_id.remove(&entry.call.id());
        Some(*entry)
    }

    /// Puts an entry back that was taken out to work on two calls at once.
    pub(crate) fn put_back(&mut self, key: CallKey, entry: Entry) {
        self.by_id.insert(entry.call.id(), key);
        self.entries.insert(key, Box::new(entry));
    }

    pub(crate) fn key_of(&self, id: CallId) -> Option<CallKey> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (CallKey, &Entry)> {
        self.entries
            .iter()
            .map(|(key, entry)| (*key, entry.as_ref()))
    }

    pub(crate) fn bind_endpoint(&mut self, endpoint: EndpointId, call: CallKey, leg: LegId) {
        self.endpoints.insert(endpoint, (call, leg));
    }

    pub(crate) fn of_endpoint(&self, endpoint: EndpointId) -> Option<(CallKey, LegId)> {
        self.endpoints.get(&endpoint).copied()
    }

    pub(crate) fn free_endpoint(&mut self, endpoint: EndpointId) -> Option<(CallKey, LegId)> {
        self.endpoints.remove(&endpoint)
    }
}
