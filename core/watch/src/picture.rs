//! What there is to see of an extension at this moment, for one package.

use event_package::{DialogLine, MessageSummary, Presence, RegContact};

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
