//! One broken rule at one place, and how it is printed.

use std::fmt;

/// What a check reports. Order is by place, so that output does not depend on the order of checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// Line, counted from 1; 1 when the whole file is meant.
    pub(crate) line: usize,
    /// The rule's name, as exceptions in `layers.toml` spell it.
    pub(crate) rule: &'static str,
    /// What exactly broke it: a function's name, a banned path, an edge. Exceptions may name it.
    pub(crate) subject: String,
    /// What was found.
    pub(crate) found: String,
    /// Why the rule exists.
    pub(crate) why: String,
    /// What to do instead.
    pub(crate) instead: String,
    /// The measured size, for rules that measure; an exception may allow up to a size.
    pub(crate) size: Option<usize>,
}

impl Finding {
    /// A finding without a size; chain [`Finding::because`] and the like to fill it.
    pub(crate) fn new(rule: &'static str, path: &str, line: usize, subject: &str) -> Finding {
        Finding {
            path: path.to_owned(),
            line,
            rule,
            subject: subject.to_owned(),
            found: String::new(),
            why: String::new(),
            instead: String::new(),
            size: None,
        }
    }

    /// Says what was found.
    pub(crate) fn found(mut self, text: impl Into<String>) -> Finding {
        self.found = text.into();
        self
    }

    /// Says why the rule exists and what to do instead.
    pub(crate) fn because(mut self, why: &str, instead: &str) -> Finding {
        why.clone_into(&mut self.why);
        instead.clone_into(&mut self.instead);
        self
    }

    /// Notes the measured size.
    pub(crate) fn sized(mut self, size: usize) -> Finding {
        self.size = Some(size);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.rule, self.found
        )?;
        writeln!(f, "    why: {}", self.why)?;
        write!(f, "    do:  {}", self.instead)
    }
}
