//! Changes: what one transaction does.

use domain::{Credentials, Digests, Document, KindName, Secret, SigningKeys};
use ids::{AuditId, RequestId};
use machine::WallTime;
use tenancy::Owner;

/// Most operations of one change.
pub const OPERATIONS_MAX: usize = 1_000;

/// Most operations of all parts that are carried out together.
pub const PARTS_OPERATIONS_MAX: usize = 20_000;

/// What becomes of a document's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretChange {
    /// It stays as it is (a new document has none).
    Keep,
    /// It becomes this; the store seals it under the tenant's data key.
    Set(Credentials),
    /// It becomes this, and the one there was stays valid beside it until a moment.
    Beside {
        /// The new one.
        digests: Digests,
        /// The moment from which the one before is void.
        until: WallTime,
    },
    /// The keys that sign for it become these, sealed likewise.
    Sign(SigningKeys),
    /// It becomes this text, sealed likewise, which the exchange can read again.
    Seal(Secret),
}

/// A document to be written, with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The document. Its tenant must be the scope's; revision and times are the store's to set:
    /// 1 and the change's time when created, one more and the creation's time when replaced.
    pub document: Document,
    /// What becomes of its secret.
    pub secret: SecretChange,
}

/// One step of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Adds a document.
    Create(Write),
    /// Replaces a document that has still the expected revision; `None` replaces any.
    Replace {
        /// The new text.
        write: Write,
        /// The revision it was read at.
        expected_revision: Option<u64>,
    },
    /// Deletes a document that has still the expected revision and that nobody refers to.
    Delete {
        /// Its kind.
        kind: KindName,
        /// Its id (not its natural key).
        id: String,
        /// The revision it was read at; `None` deletes any.
        expected_revision: Option<u64>,
    },
}

/// One transaction: all of its operations, with unique keys, references, history, audit and
/// feed, or none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// At most [`OPERATIONS_MAX`], carried out in order.
    pub operations: Vec<Operation>,
    /// When.
    pub at: WallTime,
    /// Id of the first operation's audit entry; those of the others count up from it.
    pub audit: AuditId,
    /// The API request that asked for it.
    pub request: Option<RequestId>,
}

/// The change of one owner among several that are carried out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose documents it works on: an account's (its plans, and the resellers and tenants below
    /// it), or a tenant's.
    pub owner: Owner,
    /// What it does.
    pub change: Change,
}

/// What one operation left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The document as it is now.
    Document(Document),
    /// It is gone.
    Deleted {
        /// Its kind.
        kind: KindName,
        /// Its id.
        id: String,
    },
}

/// A change that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// One entry per operation, in order.
    pub written: Vec<Written>,
    /// The feed's cursor after the change.
    pub cursor: u64,
}

impl Committed {
    /// The document that the only operation wrote, when it wrote one.
    pub fn into_document(self) -> Option<Document> {
        match self.written.into_iter().next() {
            Some(Written::Document(document)) => Some(document),
            Some(Written::Deleted { .. }) | None => None,
        }
    }
}
