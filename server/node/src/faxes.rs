//! Which calls are faxes. What the machines say to each other goes past the shard, from the road to
//! whoever runs them.

use crate::call_key::CallKey;
use ids::{CallId, ExtensionId, FaxId, TenantId};
use machine::WallTime;
use media::{EndpointId, Line};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A fax that is to be received.
#[derive(Clone, Debug)]
pub struct FaxBeginning {
    /// Its id.
    pub id: FaxId,
    /// Whose.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// Who receives it.
    pub extension: ExtensionId,
    /// The extension's number.
    pub number: String,
    /// What the machine here is to call itself.
    pub station: String,
    /// Who calls.
    pub caller: String,
    /// When, for people.
    pub began: WallTime,
    /// What it is heard and said by.
    pub line: Arc<Line>,
}

/// What whoever runs the machines is told.
#[derive(Clone, Debug)]
pub enum FaxOrder {
    /// A machine is to answer on a line.
    Begin(Box<FaxBeginning>),
    /// Its call has ended, or goes on otherwise.
    End(FaxId),
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
    /// Faxes begun.
    pub begun: u64,
    /// Calls that were turned away since as many faxes were on their way as may be.
    pub crowded: u64,
    /// Faxes on their way.
    pub present: u64,
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
    begun: u64,
    crowded: u64,
}

impl Faxes {
    pub(crate) fn get(&self, key: CallKey) -> Option<Faxing> {
        self.of.get(&key).copied()
    }

    pub(crate) fn call_of(&self, id: FaxId) -> Option<CallKey> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn count(&self) -> usize {
        self.of.len()
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
        FaxFigures {
            begun: self.begun,
            crowded: self.crowded,
            present: u64::try_from(self.count()).unwrap_or(u64::MAX),
        }
    }
}
