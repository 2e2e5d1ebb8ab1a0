//! Bad input as a value: which field, and which rule it broke.

use std::fmt;

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// JSON pointer to the field inside the spec (RFC 6901), such as `/domains/0`.
    pub field: String,
    /// The rule, in words an administrator understands.
    pub rule: String,
}

impl Invalid {
    /// States that the field at `field` breaks `rule`.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Invalid {
        Invalid {
            field: field.into(),
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

impl std::error::Error for Invalid {}

/// Refuses a field unless `holds`.
pub(crate) fn rule(holds: bool, field: &str, rule: &str) -> Result<(), Invalid> {
    if holds {
        Ok(())
    } else {
        Err(Invalid::new(field, rule))
    }
}
