//! What the shard keeps of those who watch: their subscriptions, what lines do, and which
//! extensions have moved since watchers were last told.

use crate::legs::Adrift;
use ids::DeviceId;
use sip_stack::transaction::Owner;
use std::collections::{BTreeMap, BTreeSet};
use watch::{Lines, Output, Publications, Watched, Watches};

/// Watchers and what they watch.
pub(crate) struct Lamps {
    pub(crate) watches: Watches,
    pub(crate) lines: Lines,
    /// What telephones say of their users.
    pub(crate) publications: Publications,
    /// Extensions of which there may be news.
    pub(crate) moved: BTreeSet<Watched>,
    /// Watches of lists of which there may be news; no more than there are watches.
    pub(crate) lists: BTreeSet<Owner>,
    /// Watches whose connection is gone, and of which phone it was; no more than there are watches.
    pub(crate) adrift: BTreeMap<(DeviceId, Owner), Adrift>,
    /// What is to be kept beyond this process, or forgotten.
    pub(crate) stored: Vec<Output>,
}

impl Lamps {
    pub(crate) fn new(limits: watch::Limits) -> Lamps {
        Lamps {
            watches: Watches::new(limits),
            lines: Lines::default(),
            publications: Publications::default(),
            moved: BTreeSet::new(),
            lists: BTreeSet::new(),
            adrift: BTreeMap::new(),
            stored: Vec::new(),
        }
    }

    /// Whether somebody is to be told something.
    pub(crate) fn has_news(&self) -> bool {
        !self.moved.is_empty() || !self.lists.is_empty()
    }
}
