//! What is wrong with a sheet.

use std::fmt;

use domain::Invalid;
use ports::StoreError;

/// A cell, a row or a heading that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column; empty when it is the row as a whole.
    pub column: String,
    /// The rule it breaks.
    pub rule: String,
}

impl Bad {
    pub(super) fn new(line: u64, column: impl Into<String>, rule: impl Into<String>) -> Bad {
        Bad {
            line,
            column: column.into(),
            rule: rule.into(),
        }
    }

    /// A member that breaks a rule, as the column that it stands in.
    pub(super) fn of(line: u64, invalid: Invalid) -> Bad {
        let member = invalid.field.split('/').nth(1).unwrap_or_default();
        Bad::new(line, member, invalid.rule)
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {}", self.rule)
    }
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// These rows are bad: all there are, in the order of their lines.
    Rows(Vec<Bad>),
    /// The store did not do it.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Store(error)
    }
}

impl From<Bad> for Refusal {
    fn from(bad: Bad) -> Refusal {
        Refusal::Rows(vec![bad])
    }
}
