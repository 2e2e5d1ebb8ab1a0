//! One edit that would let a tenant reach what is another's.

use std::fmt;
use std::ops::Range;

/// What kind of guard an edit takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// A text of SQL no longer compares the tenant with the one asked for.
    Bind,
    /// A text of SQL joins rows of different tenants.
    Join,
    /// A comparison of owners always goes well.
    Compare,
    /// A finding is used without asking in which scope it was found.
    Within,
    /// What is not there for the asker is answered in another way.
    Answer,
    /// All wait in one lane.
    Lane,
}

impl Rule {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Rule; 6] = [
        Rule::Bind,
        Rule::Join,
        Rule::Compare,
        Rule::Within,
        Rule::Answer,
        Rule::Lane,
    ];

    /// A few words for the report.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Rule::Bind => "SQL without its tenant",
            Rule::Join => "SQL joined across tenants",
            Rule::Compare => "owners not compared",
            Rule::Within => "a finding of any scope",
            Rule::Answer => "a telling answer",
            Rule::Lane => "one lane for all",
        }
    }
}

/// An edit of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mutant {
    pub(crate) rule: Rule,
    /// The file, from the root of the repository.
    pub(crate) path: String,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// How many lines it goes on after that.
    pub(crate) more: usize,
    /// The bytes of the file that are replaced.
    pub(crate) bytes: Range<usize>,
    /// What stands there instead.
    pub(crate) instead: String,
}

impl Mutant {
    /// The file's text with the edit; `None` when the place is not in it.
    #[cfg(test)]
    pub(crate) fn apply(&self, text: &str) -> Option<String> {
        let before = text.get(..self.bytes.start)?;
        let after = text.get(self.bytes.end..)?;
        Some(format!("{before}{}{after}", self.instead))
    }

    /// Whether this line of its file is among its own.
    pub(crate) fn covers(&self, line: usize) -> bool {
        (self.line..=self.line + self.more).contains(&line)
    }

    /// The line as it is, without its margin.
    pub(crate) fn original<'a>(&self, text: &'a str) -> &'a str {
        text.lines().nth(self.line - 1).unwrap_or_default().trim()
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mutant { path, line, .. } = self;
        write!(f, "{path}:{line}: {}", self.rule.words())
    }
}
