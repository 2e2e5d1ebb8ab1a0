//! What can go wrong between a use case and its data.

use std::fmt;

use domain::{Feature, Invalid, Reference, Referrer};

use crate::quota::QuotaMet;

/// Who must act for the same call to succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Whoever asked: the request cannot be served as it stands.
    Asker,
    /// The world: a disk, a peer, a machine.
    World,
    /// Us: what is stored cannot be read.
    Ourselves,
}

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no such thing within the scope.
    NotFound,
    /// A unique key is taken. Whose it is stays unsaid when it is another tenant's.
    Conflict {
        /// What the key means, such as `domain`.
        space: String,
        /// The key.
        key: String,
    },
    /// Others refer to what should be deleted.
    InUse {
        /// The first of those who refer: 20, unless all are known anyway.
        by: Vec<Referrer>,
        /// How many more there are.
        more: u64,
    },
    /// A field refers to something that the tenant has not.
    Dangling(Reference),
    /// As many as the plan or the account allows are there already.
    Quota(QuotaMet),
    /// The tenant's plan does not include this.
    NotInPlan(Feature),
    /// The document was changed since it was read.
    RevisionMismatch {
        /// Its present revision.
        current: u64,
    },
    /// The document breaks a rule.
    Invalid(Invalid),
    /// A change of more than `OPERATIONS_MAX` operations, or a page of more than `PAGE_MAX`.
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// The store cannot be reached or is full of work at the moment.
    Unavailable {
        /// What failed, for logs.
        detail: String,
    },
    /// What is stored cannot be understood.
    Corrupt {
        /// What failed, for logs.
        detail: String,
    },
}

impl StoreError {
    /// Refuses more than `limit` at once.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn at_most(count: usize, limit: usize) -> Result<(), StoreError> {
        if count > limit {
            return Err(StoreError::TooLarge { limit });
        }
        Ok(())
    }

    /// Who must act for the same call to succeed.
    pub fn whose_fault(&self) -> Fault {
        match self {
            StoreError::NotFound
            | StoreError::Conflict { .. }
            | StoreError::InUse { .. }
            | StoreError::Dangling(_)
            | StoreError::Quota(_)
            | StoreError::NotInPlan(_)
            | StoreError::RevisionMismatch { .. }
            | StoreError::Invalid(_)
            | StoreError::TooLarge { .. } => Fault::Asker,
            StoreError::Unavailable { .. } => Fault::World,
            StoreError::Corrupt { .. } => Fault::Ourselves,
        }
    }

    /// Whether the very same call may succeed later.
    pub fn may_retry(&self) -> bool {
        self.whose_fault() == Fault::World
    }

    /// The words that may leave the exchange. Details of failures stay in its logs.
    pub fn outsiders_hear(&self) -> String {
        match self {
            StoreError::Unavailable { .. } => "the store is not available".to_owned(),
            StoreError::Corrupt { .. } => "an internal error".to_owned(),
            StoreError::NotFound
            | StoreError::Conflict { .. }
            | StoreError::InUse { .. }
            | StoreError::Dangling(_)
            | StoreError::Quota(_)
            | StoreError::NotInPlan(_)
            | StoreError::RevisionMismatch { .. }
            | StoreError::Invalid(_)
            | StoreError::TooLarge { .. } => self.to_string(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::NotFound => f.write_str("not found"),
            StoreError::Conflict { space, key } => write!(f, "the {space} {key} is taken"),
            StoreError::InUse { by, more } => write_users(f, by, *more),
            StoreError::Dangling(reference) => {
                write!(
                    f,
                    "{}: there is no {} {}",
                    reference.field, reference.kind, reference.id
                )
            }
            StoreError::Quota(met) => met.fmt(f),
            StoreError::NotInPlan(feature) => {
                write!(f, "the plan does not include {feature}")
            }
            StoreError::RevisionMismatch { current } => {
                write!(f, "changed meanwhile; the present revision is {current}")
            }
            StoreError::Invalid(invalid) => invalid.fmt(f),
            StoreError::TooLarge { limit } => write!(f, "at most {limit} at once"),
            StoreError::Unavailable { detail } => write!(f, "store not available: {detail}"),
            StoreError::Corrupt { detail } => write!(f, "stored data is damaged: {detail}"),
        }
    }
}

/// `in use by device ann-desk (/extension), device ann-mobile (/extension) and 3 more`.
fn write_users(f: &mut fmt::Formatter<'_>, by: &[Referrer], more: u64) -> fmt::Result {
    f.write_str("in use by")?;
    for (index, user) in by.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(f, "{comma} {} {}", user.kind, user.name)?;
        if user.field != "/owner" {
            write!(f, " ({})", user.field)?;
        }
    }
    if more > 0 {
        write!(f, " and {more} more")?;
    }
    Ok(())
}

impl std::error::Error for StoreError {}

impl From<Invalid> for StoreError {
    fn from(invalid: Invalid) -> Self {
        StoreError::Invalid(invalid)
    }
}

impl From<QuotaMet> for StoreError {
    fn from(met: QuotaMet) -> Self {
        StoreError::Quota(met)
    }
}
