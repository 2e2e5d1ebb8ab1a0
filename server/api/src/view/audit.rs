//! The views of the audit trail and of a document's history.

use domain::{AuditEntry, Change, Version};
use ids::{AuditId, RequestId};
use machine::WallTime;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One entry of the audit trail.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditView {
    /// The entry's id.
    #[schema(value_type = String, example = "aud_01hg5z3r8k0000000000000000")]
    id: AuditId,
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// On whose behalf, such as `token tok_…`, `job demo` or `operator`.
    actor: String,
    /// What was done, such as `extension.created`.
    action: String,
    /// Id of what it was done to.
    target: String,
    /// The spec before; secrets are never in it.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The spec after.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The `X-Request-Id` of the API request that asked for it.
    #[schema(value_type = Option<String>)]
    request: Option<RequestId>,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        AuditView {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            before: entry.before,
            after: entry.after,
            request: entry.request,
        }
    }
}

/// What happened to a document.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Change)]
pub(crate) enum ChangeView {
    /// It is new.
    Created,
    /// Its spec or its secret was replaced.
    Replaced,
    /// It is gone.
    Deleted,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        match change {
            Change::Created => ChangeView::Created,
            Change::Replaced => ChangeView::Replaced,
            Change::Deleted => ChangeView::Deleted,
        }
    }
}

/// One revision of a document.
#[derive(Serialize, ToSchema)]
#[schema(as = Version)]
pub(crate) struct VersionView {
    /// The revision that the change made.
    revision: u64,
    /// What happened.
    change: ChangeView,
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// On whose behalf.
    actor: String,
    /// The spec as it was then; secrets are never in it.
    #[schema(value_type = Object)]
    spec: Value,
}

impl From<Version> for VersionView {
    fn from(version: Version) -> Self {
        VersionView {
            revision: version.revision,
            change: version.change.into(),
            at: version.at,
            actor: version.actor,
            spec: version.document.spec,
        }
    }
}
