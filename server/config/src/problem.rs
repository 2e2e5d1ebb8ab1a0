//! Why settings cannot be used.

use std::fmt;

/// A setting and the rule that it breaks, in words for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's name as in the file, such as `media_ports`; empty for the file as a whole.
    pub setting: &'static str,
    /// What was given.
    pub given: String,
    /// What it must be.
    pub rule: String,
}

impl Problem {
    /// A problem of one setting.
    pub fn new(
        setting: &'static str,
        given: impl Into<String>,
        rule: impl Into<String>,
    ) -> Problem {
        Problem {
            setting,
            given: given.into(),
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.setting.is_empty() {
            return f.write_str(&self.rule);
        }
        write!(f, "{} = {:?}: {}", self.setting, self.given, self.rule)
    }
}

impl std::error::Error for Problem {}
