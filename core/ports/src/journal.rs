//! The journal of calls: what must not be lost when the process dies in the middle of a call.

use domain::{Cdr, CdrLeg, DiversionNote, TransferNote};
use ids::{CallId, CdrId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// Something worth keeping of a call that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It rings.
    Ringing {
        /// Since when.
        at: WallTime,
    },
    /// It was answered.
    Answered {
        /// When.
        at: WallTime,
    },
    /// A leg was added, or what is known of it has changed.
    Leg {
        /// Its place among the call's legs.
        index: u16,
        /// The leg as it is now.
        leg: Box<CdrLeg>,
    },
    /// It went on elsewhere before it was answered.
    Diverted(DiversionNote),
    /// A transfer was asked for; the same again, when it has come about.
    Transfer(TransferNote),
}

/// One record of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalRecord {
    /// A call began. The record is complete but for what has not happened yet; its `end` says
    /// what will hold if nothing more is heard.
    Opened(Box<Cdr>),
    /// A call went on.
    Progress {
        /// The call.
        call: CallId,
        /// Its record.
        cdr: CdrId,
        /// Whose call.
        tenant: TenantId,
        /// What happened.
        mark: Mark,
    },
    /// A call ended; this is its record.
    Closed(Box<Cdr>),
}

impl JournalRecord {
    /// The call record that it concerns.
    pub fn cdr_id(&self) -> CdrId {
        match self {
            JournalRecord::Opened(cdr) | JournalRecord::Closed(cdr) => cdr.id,
            JournalRecord::Progress { cdr, .. } => *cdr,
        }
    }

    /// The call that it concerns.
    pub fn call(&self) -> CallId {
        match self {
            JournalRecord::Opened(cdr) | JournalRecord::Closed(cdr) => cdr.call,
            JournalRecord::Progress { call, .. } => *call,
        }
    }

    /// Whose call.
    pub fn tenant(&self) -> TenantId {
        match self {
            JournalRecord::Opened(cdr) | JournalRecord::Closed(cdr) => cdr.tenant,
            JournalRecord::Progress { tenant, .. } => *tenant,
        }
    }
}

/// The writing end of the journal. It belongs to one shard and never waits for a disk longer
/// than one write.
pub trait Journal: Send {
    /// Adds a record to what the next flush writes.
    fn append(&mut self, record: &JournalRecord);

    /// Hands everything appended to the operating system, which keeps it when the process dies.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was appended is kept for the next flush, up to the
    /// implementation's bound.
    fn flush(&mut self) -> Result<(), StoreError>;
}
