//! The form of a snapshot.

use domain::{Invalid, KindName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The form's version that is written, and the only one that is read.
pub const FORMAT: u32 = 1;

/// Documents of accounts and tenants, in an order in which each comes after those it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The form's version: [`FORMAT`].
    pub strowger: u32,
    /// The documents.
    pub documents: Vec<Entry>,
}

/// One document: its kind, where it belongs, and its spec with names in place of ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its kind.
    pub kind: KindName,
    /// Whose it is: a tenant by its first domain, or a reseller by its name. Left out for what
    /// belongs to the account that takes or applies the snapshot, and for resellers and tenants.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Its spec.
    pub spec: Value,
}

impl Snapshot {
    /// A snapshot of these documents.
    pub fn of(documents: Vec<Entry>) -> Snapshot {
        Snapshot {
            strowger: FORMAT,
            documents,
        }
    }

    /// Refuses what was written in another form.
    ///
    /// # Errors
    /// [`Invalid`] naming the version.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.strowger == FORMAT {
            return Ok(());
        }
        let rule = format!("must be {FORMAT}, the form that this release reads");
        Err(Invalid::new("/strowger", rule))
    }
}
