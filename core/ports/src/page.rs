//! Lists in pages.

use std::fmt;

use domain::{AuditEntry, Cdr, Document, FeedEntry};
use ids::{CallId, ExtensionId};
use machine::WallTime;
use serde::{Deserialize, Serialize};

/// Most entries of one page.
pub const PAGE_MAX: usize = 500;

/// Where a page ends and the next begins: opaque text, to be handed back as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// In which order documents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By id, which is by time of creation.
    #[default]
    Created,
    /// By natural key, byte by byte.
    Name,
}

/// Which documents are listed. Conditions add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The natural key contains this text, whatever its (ASCII) case.
    pub name_contains: Option<String>,
    /// The document refers to the document with this id.
    pub refers_to: Option<String>,
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The cursor of the page before; `None` for the first page.
    pub after: Option<Cursor>,
    /// Most entries, 1 to [`PAGE_MAX`]; what lies outside is moved to the nearer end.
    pub limit: usize,
    /// Which documents.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
}

impl Page {
    /// The first page of at most `limit` entries.
    pub fn first(limit: usize) -> Page {
        Page {
            after: None,
            limit,
            filter: Filter::default(),
            order: Order::default(),
        }
    }

    /// The page after `cursor`.
    pub fn after(self, cursor: Cursor) -> Page {
        Page {
            after: Some(cursor),
            ..self
        }
    }

    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        self.limit.clamp(1, PAGE_MAX)
    }
}

impl Default for Page {
    fn default() -> Self {
        Page::first(100)
    }
}

/// One page of documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The documents, in the order asked for.
    pub documents: Vec<Document>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// One page of the audit trail, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditListing {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// Which call records. Conditions add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdrQuery {
    /// The cursor of the page before.
    pub after: Option<Cursor>,
    /// Most entries; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
    /// Calls that started at this time or later.
    pub from: Option<WallTime>,
    /// Calls that started before this time.
    pub until: Option<WallTime>,
    /// Calls whose caller's number, dialled text or destination's number is this.
    pub number: Option<String>,
    /// Calls in which this extension was the caller or the destination.
    pub extension: Option<ExtensionId>,
    /// The record of this call.
    pub call: Option<CallId>,
}

impl CdrQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }

    /// Whether a record fulfils every condition.
    pub fn admits(&self, cdr: &Cdr) -> bool {
        let parties = || std::iter::once(&cdr.caller).chain(cdr.destination.as_ref());
        self.from.is_none_or(|from| cdr.started >= from)
            && self.until.is_none_or(|until| cdr.started < until)
            && self.call.is_none_or(|call| cdr.call == call)
            && self
                .extension
                .is_none_or(|id| parties().any(|p| p.extension == Some(id)))
            && self.number.as_ref().is_none_or(|number| {
                cdr.dialled == *number || parties().any(|p| p.number == *number)
            })
    }
}

/// One page of call records, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CdrListing {
    /// The records.
    pub cdrs: Vec<Cdr>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// A piece of the change feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedPage {
    /// The entries after the cursor, oldest first.
    pub entries: Vec<FeedEntry>,
    /// Where to go on from.
    pub cursor: u64,
    /// Entries between the cursor given and the first entry are no longer kept: whoever follows
    /// the feed must load everything anew and go on from `cursor`.
    pub lost: bool,
}
