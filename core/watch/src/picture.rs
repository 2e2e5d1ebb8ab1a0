//! What there is to see of an extension at this moment, for one package.

use event_package::{DialogLine, MessageSummary, Presence, RegContact};
use ids::ExtensionId;

/// What there is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Its lines.
    Lines {
        /// URI of the extension.
        entity: String,
        /// Name of the extension.
        display: String,
        /// Those that are in use.
        lines: Vec<DialogLine>,
        /// Whether the watcher wants to be told of those alone that have changed.
        partial: bool,
    },
    /// Whether it can be reached.
    Presence(Presence),
    /// Where it is registered.
    Contacts {
        /// Its address of record.
        aor: String,
        /// The contacts.
        contacts: Vec<RegContact>,
    },
    /// Its mailbox.
    Messages(MessageSummary),
}

/// What there is to see of one extension on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// URI by which the list names it.
    pub uri: String,
    /// Its name; may be empty.
    pub name: String,
    /// Which it is, and what is to be seen of it; nothing where there is none that the watcher may
    /// watch.
    pub seen: Option<(ExtensionId, Picture)>,
}

/// What there is to see of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPicture {
    /// URI of the list.
    pub uri: String,
    /// The tenant's domain, by which parts of documents are named.
    pub domain: String,
    /// Whether these are all that are on it; if not, those of which there may be news.
    pub whole: bool,
    /// The extensions, in the order of the list.
    pub listed: Vec<Listed>,
}
