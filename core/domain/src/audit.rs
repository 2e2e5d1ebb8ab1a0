//! Facts about changes: the audit trail, the history, and the feed that live exchanges follow.

use ids::{AuditId, RequestId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::Owner;

use crate::document::Document;
use crate::kind_name::KindName;

/// What happened to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Created,
    /// Its spec or its secret was replaced.
    Replaced,
    /// It is gone.
    Deleted,
}

impl Change {
    /// The word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Created => "created",
            Change::Replaced => "replaced",
            Change::Deleted => "deleted",
        }
    }
}

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The entry's id.
    pub id: AuditId,
    /// Whose trail it is in.
    pub owner: Owner,
    /// When.
    pub at: WallTime,
    /// On whose behalf, as `tenancy::Actor` prints it.
    pub actor: String,
    /// What was done, such as `extension.created`.
    pub action: String,
    /// Id of what it was done to; empty when it is the owner as a whole.
    pub target: String,
    /// The spec before.
    pub before: Option<Value>,
    /// The spec after.
    pub after: Option<Value>,
    /// The API request that asked for it.
    pub request: Option<RequestId>,
}

/// One line of the change feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEntry {
    /// Position in the feed; grows by one with each entry of the platform.
    pub cursor: u64,
    /// Whose document.
    pub owner: Owner,
    /// Its kind.
    pub kind: KindName,
    /// Its id.
    pub id: String,
    /// Its revision after the change.
    pub revision: u64,
    /// What happened.
    pub change: Change,
}

/// One line of a document's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The revision that this change made.
    pub revision: u64,
    /// What happened.
    pub change: Change,
    /// When.
    pub at: WallTime,
    /// On whose behalf, as `tenancy::Actor` prints it.
    pub actor: String,
    /// The document as it was then (as it was last, when deleted).
    pub document: Document,
}
