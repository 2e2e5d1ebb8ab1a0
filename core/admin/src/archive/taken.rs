//! The lines of a company's archive, and counting them.

use ports::{ArchiveError, Fact, Taker, Thing};
use serde::{Deserialize, Serialize};

use super::Title;

/// One line of a company's archive: the title, then facts, then documents, then the counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", content = "is", rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Title(Title),
    /// Something of the company.
    Thing(Box<Thing>),
    /// The last.
    End(Counts),
}

/// How much of a company is taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All there is.
    #[default]
    Whole,
    /// Its documents with their secrets, and nothing of what happened in it.
    Documents,
}

/// How much a company has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Secrets among them.
    pub secrets: u64,
    /// People with what they sign in with.
    #[serde(default)]
    pub people: u64,
    /// Earlier and present revisions.
    pub versions: u64,
    /// Entries of the audit trail.
    pub audit: u64,
    /// Call records.
    pub cdrs: u64,
    /// Events.
    pub events: u64,
    /// Deliveries to webhooks.
    pub deliveries: u64,
    /// API keys.
    pub tokens: u64,
}

impl Counts {
    /// Counts one thing more.
    pub fn add(&mut self, thing: &Thing) {
        let counter = match thing {
            Thing::Document(belonging) => {
                self.secrets += u64::from(belonging.secret.is_some());
                self.people += u64::from(belonging.credentials.is_some());
                &mut self.documents
            }
            Thing::Fact(Fact::Version(_)) => &mut self.versions,
            Thing::Fact(Fact::Audit(_)) => &mut self.audit,
            Thing::Fact(Fact::Cdr(_)) => &mut self.cdrs,
            Thing::Fact(Fact::Event(_)) => &mut self.events,
            Thing::Fact(Fact::Delivery(_)) => &mut self.deliveries,
            Thing::Fact(Fact::Token(_)) => &mut self.tokens,
            Thing::Fact(
                Fact::Latest(_) | Fact::Place { .. } | Fact::Policy(_) | Fact::Access(_),
            ) => return,
        };
        *counter += 1;
    }
}

/// Hands things on as lines, and counts them.
pub(super) struct Counting {
    pub(super) lines: Box<dyn Taker<Line>>,
    pub(super) extent: Extent,
    pub(super) counts: Counts,
}

impl Taker<Thing> for Counting {
    fn take(&mut self, thing: &Thing) -> Result<(), ArchiveError> {
        if self.extent == Extent::Documents && matches!(thing, Thing::Fact(_)) {
            return Ok(());
        }
        self.counts.add(thing);
        self.lines.take(&Line::Thing(Box::new(thing.clone())))
    }
}
