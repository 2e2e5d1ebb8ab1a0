//! Which calls are faxes, or are to become some. What the machines say to each other goes past the
//! shard, from the road to whoever runs them.

use crate::call_key::CallKey;
use ids::{CallId, ExtensionId, FaxId, TenantId};
use machine::WallTime;
use media::{EndpointId, Line};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a machine does in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaxTask {
    /// It was called, and receives.
    Receive,
    /// It has called, and sends what whoever has asked for that knows by the fax's id.
    Send,
}

/// A fax whose machine is to be there now.
#[derive(Clone, Debug)]
pub struct FaxBeginning {
    /// Its id.
    pub id: FaxId,
    /// Whose.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// What the machine does.
    pub task: FaxTask,
    /// Who receives it, or sends it.
    pub extension: ExtensionId,
    /// The extension's number.
    pub number: String,
    /// What the machine here is to call itself.
    pub station: String,
    /// Who calls, or was called.
    pub caller: String,
    /// When, for people.
    pub began: WallTime,
    /// What it is heard and said by.
    pub line: Arc<Line>,
}

/// A fax that is to be sent: somebody is to be called for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaxCall {
    /// Its id.
    pub id: FaxId,
    /// Whose.
    pub tenant: TenantId,
    /// Who sends it.
    pub extension: ExtensionId,
    /// The number that is called.
    pub to: String,
}

/// How the call for a fax ended that no machine has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaxMissed {
    /// Which fax.
    pub id: FaxId,
    /// The call; nothing where there was no room for one, so that nobody was called.
    pub call: Option<CallId>,
    /// What was said (SIP status); what goes with that is not for the shard to say.
    pub status: u16,
    /// The same in words.
    pub because: String,
}

/// What whoever runs the machines is told.
#[derive(Clone, Debug)]
pub enum FaxOrder {
    /// A machine is to be there on a line.
    Begin(Box<FaxBeginning>),
    /// Its call has ended, or goes on otherwise.
    End(FaxId),
    /// Nobody has answered the call for a fax.
    Missed(FaxMissed),
}

/// What a machine has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaxDone {
    /// Which fax.
    pub id: FaxId,
    /// A word for the call's record, such as `fax.received`.
    pub rule: &'static str,
    /// The same in words.
    pub because: String,
}

/// What is counted of faxes, since the start, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaxFigures {
    /// Faxes begun, of either way.
    pub begun: u64,
    /// Calls that were made for faxes to be sent.
    pub called: u64,
    /// Calls that were turned away since as many faxes were on their way as may be.
    pub crowded: u64,
    /// Faxes on their way.
    pub present: u64,
    /// Of faxes to be sent, calls that nobody has answered yet.
    pub calling: u64,
}

/// The fax of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Faxing {
    pub(crate) id: FaxId,
    pub(crate) endpoint: EndpointId,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Faxes {
    of: BTreeMap<CallKey, Faxing>,
    by_id: BTreeMap<FaxId, CallKey>,
    /// Calls for faxes that are to be sent, which nobody has answered yet.
    calling: BTreeMap<CallKey, FaxId>,
    begun: u64,
    called: u64,
    crowded: u64,
}

impl Faxes {
    pub(crate) fn get(&self, key: CallKey) -> Option<Faxing> {
        self.of.get(&key).copied()
    }

    pub(crate) fn call_of(&self, id: FaxId) -> Option<CallKey> {
        self.by_id.get(&id).copied()
    }

    /// How many machines there are, or will be as soon as somebody answers.
    pub(crate) fn count(&self) -> usize {
        self.of.len() + self.calling.len()
    }

    /// A call is made for a fax.
    pub(crate) fn calls(&mut self, key: CallKey, id: FaxId) {
        self.calling.insert(key, id);
        self.called += 1;
    }

    /// The call for a fax was answered, or has ended; which fax.
    pub(crate) fn called(&mut self, key: CallKey) -> Option<FaxId> {
        self.calling.remove(&key)
    }

    /// Whether somebody is called, or was, for this fax.
    pub(crate) fn knows(&self, id: FaxId) -> bool {
        self.by_id.contains_key(&id) || self.calling.values().any(|one| *one == id)
    }

    pub(crate) fn begin(&mut self, key: CallKey, faxing: Faxing) {
        self.of.insert(key, faxing);
        self.by_id.insert(faxing.id, key);
        self.begun += 1;
    }

    /// A call is no fax any more; which it was.
    pub(crate) fn end(&mut self, key: CallKey) -> Option<FaxId> {
        let faxing = self.of.remove(&key)?;
        self.by_id.remove(&faxing.id);
        Some(faxing.id)
    }

    pub(crate) fn crowd(&mut self) {
        self.crowded += 1;
    }

    pub(crate) fn figures(&self) -> FaxFigures {
        let count = |length| u64::try_from(length).unwrap_or(u64::MAX);
        FaxFigures {
            begun: self.begun,
            called: self.called,
            crowded: self.crowded,
            present: count(self.of.len()),
            calling: count(self.calling.len()),
        }
    }
}
