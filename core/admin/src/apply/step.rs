//! What applying a snapshot does to one document.

use std::fmt;

use domain::{Invalid, KindName};
use ports::StoreError;

use super::progress::Progress;

/// What happens to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is new.
    Create,
    /// These members of its spec become others.
    Change(Vec<String>),
    /// It is as it should be.
    Keep,
}

/// How many documents something happens to, by what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// New ones.
    pub made: usize,
    /// Changed ones.
    pub changed: usize,
    /// Those that are as they should be.
    pub kept: usize,
}

impl Sums {
    /// Counts one more.
    pub fn add(&mut self, act: &Act) {
        let sum = match act {
            Act::Create => &mut self.made,
            Act::Change(_) => &mut self.changed,
            Act::Keep => &mut self.kept,
        };
        *sum += 1;
    }
}

/// One document and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its kind.
    pub kind: KindName,
    /// Whose it is, as the snapshot says.
    pub within: Option<String>,
    /// Its natural key.
    pub name: String,
    /// What happens to it.
    pub act: Act,
}

/// Why a snapshot cannot be applied any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The place of the document among the snapshot's, from 0; `None` when it is the change as a
    /// whole that was not carried out.
    pub at: Option<usize>,
    /// The document, such as `device anna in acme.example`.
    pub document: String,
    /// What is wrong.
    pub error: StoreError,
    /// What was done before, and stays. Nothing else was.
    pub done: Progress,
}

impl Trouble {
    pub(super) fn of_all(error: StoreError) -> Trouble {
        Trouble {
            at: None,
            document: String::new(),
            error,
            done: Progress::default(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => {
                let (place, document) = (at + 1, &self.document);
                write!(f, "document {place} ({document}): {}", self.error)
            }
            None => self.error.fmt(f),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<Invalid> for Trouble {
    fn from(invalid: Invalid) -> Self {
        Trouble::of_all(invalid.into())
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::of_all(error)
    }
}
