//! What the store's threads do when there is nothing to do.
//!
//! A thread that rests keeps what it freed, and what others freed of what it allocated, until it
//! asks for memory again. Loading all companies leaves tens of megabytes with threads that may rest
//! for days; how they are given back is the allocator's affair, so the program says it. What its
//! link keeps of the database goes first.

use std::sync::OnceLock;
use std::time::Duration;

use super::Link;

/// A thread for which there was no work for so long begins to rest.
pub(super) const REST_AFTER: Duration = Duration::from_secs(5);

/// What a thread does first when it begins to rest; nothing until it is said.
#[derive(Debug, Default)]
pub(super) struct Rest(OnceLock<fn()>);

impl Rest {
    /// Says it; only the first time counts.
    pub(super) fn say(&self, begin: fn()) {
        // who says it again is a second part of the same program, which has the same allocator
        let _ = self.0.set(begin);
    }

    /// The thread of this link begins to rest.
    pub(super) fn begin(&self, link: &dyn Link) {
        link.rest();
        if let Some(begin) = self.0.get() {
            begin();
        }
    }
}
