//! The journal of calls: records as frames, and which of them are still needed.
//!
//! ```text
//! payload: u8 kind | u128 call record | u128 call | the record as JSON
//! ```
//! The ids stand outside the JSON, so that a merge need not read it.

use crate::merge::{Position, Sieve};
use crate::pen::Pen;
use crate::stored::Stored;
use ids::{CallId, CdrId};
use ports::{Journal, JournalRecord, StoreError};
use std::collections::{BTreeSet, HashSet};

const HEAD: usize = 33;

/// The journal of one shard.
#[derive(Debug)]
pub struct FileJournal {
    pen: Pen,
    payload: Vec<u8>,
    /// Most bytes that wait while the disk is away; further records are given up and counted.
    /// They still go to the store when their calls end.
    pending_max: usize,
}

impl FileJournal {
    pub(crate) fn new(pen: Pen, pending_max: usize) -> FileJournal {
        FileJournal {
            pen,
            payload: Vec::new(),
            pending_max,
        }
    }

    #[cfg(test)]
    pub(crate) fn pen(&mut self) -> &mut Pen {
        &mut self.pen
    }
}

impl Journal for FileJournal {
    fn append(&mut self, record: &JournalRecord) {
        let encoded = encode(record, &mut self.payload);
        if !encoded || !self.pen.append(&self.payload, self.pending_max) {
            self.pen.refused();
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.pen.flush()
    }
}

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Opened = 1,
    Progress = 2,
    Closed = 3,
}

fn encode(record: &JournalRecord, payload: &mut Vec<u8>) -> bool {
    let kind = match record {
        JournalRecord::Opened(_) => Kind::Opened,
        JournalRecord::Progress { .. } => Kind::Progress,
        JournalRecord::Closed(_) => Kind::Closed,
    };
    payload.clear();
    payload.push(kind as u8);
    payload.extend_from_slice(&record.cdr_id().as_u128().to_le_bytes());
    payload.extend_from_slice(&record.call().as_u128().to_le_bytes());
    serde_json::to_writer(payload, record).is_ok()
}

/// The record in a frame; `None` when it cannot be understood.
pub(crate) fn decode(payload: &[u8]) -> Option<JournalRecord> {
    serde_json::from_slice(payload.get(HEAD..)?).ok()
}

/// What a frame says of itself outside the JSON.
fn head(payload: &[u8]) -> Option<(Kind, CdrId, CallId)> {
    let head = payload.first_chunk::<HEAD>()?;
    let (kind, ids) = head.split_first()?;
    let kind = [Kind::Opened, Kind::Progress, Kind::Closed]
        .into_iter()
        .find(|known| *known as u8 == *kind)?;
    let (cdr, call) = ids.split_at(16);
    let bits = |bytes: &[u8]| bytes.try_into().map(u128::from_le_bytes).ok();
    Some((
        kind,
        CdrId::from_u128(bits(cdr)?),
        CallId::from_u128(bits(call)?),
    ))
}

/// Keeps what has not reached the store.
#[derive(Debug)]
pub(crate) struct Unstored<'a> {
    told: &'a Stored,
    stored: HashSet<CdrId>,
    done: Vec<CdrId>,
}

impl<'a> Unstored<'a> {
    pub(crate) fn new(told: &'a Stored) -> Self {
        Unstored {
            told,
            stored: HashSet::new(),
            done: Vec::new(),
        }
    }
}

impl Sieve for Unstored<'_> {
    fn looks_ahead(&self) -> bool {
        false
    }

    fn begin(&mut self) {
        self.stored = self.told.known();
        self.done.clear();
    }

    fn keeps(&mut self, _: Position, payload: &[u8]) -> bool {
        // What cannot be understood cannot be asked for either.
        let Some((kind, cdr, _)) = head(payload) else {
            return false;
        };
        let stored = self.stored.contains(&cdr);
        if stored && kind == Kind::Closed {
            self.done.push(cdr);
        }
        !stored
    }

    fn merged(&mut self) {
        self.told.forget(&self.done);
    }
}

/// After a start: keeps what belongs to calls that go on; all other records are in the store.
#[derive(Debug)]
pub(crate) struct Alive<'a>(pub(crate) &'a BTreeSet<CallId>);

impl Sieve for Alive<'_> {
    fn looks_ahead(&self) -> bool {
        false
    }

    fn keeps(&mut self, _: Position, payload: &[u8]) -> bool {
        head(payload).is_some_and(|(kind, _, call)| kind != Kind::Closed && self.0.contains(&call))
    }
}
