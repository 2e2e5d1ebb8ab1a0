//! Watches of lists: found under every extension on their list, and told of those that have moved.

use super::Watches;
use crate::listing::Due;
use crate::{ListPicture, Watch, Watched};
use ids::{ExtensionId, TenantId};
use sip_stack::Owner;
use sip_stack::subscription::{Desk, State};
use std::collections::BTreeSet;

impl Watches {
    /// There may be news of an extension: those that watch it, or a list with it.
    pub fn note(&mut self, watched: Watched) -> Vec<Owner> {
        let owners = self.of(watched);
        for owner in &owners {
            let list = self.entries.get_mut(&owner.0);
            if let Some(list) = list.and_then(|watch| watch.list.as_mut()) {
                list.note(watched.extension);
            }
        }
        owners
    }

    /// A tenant's documents have changed: all that is watched in it, of which there may be news,
    /// and so may there be of who is on its lists.
    pub fn documents_moved(&mut self, tenant: TenantId) -> Vec<Watched> {
        let moved: Vec<Watched> = self.watched_in(tenant).collect();
        let owners: Vec<Owner> = moved.iter().flat_map(|one| self.of(*one)).collect();
        for owner in owners {
            let list = self.entries.get_mut(&owner.0);
            if let Some(list) = list.and_then(|watch| watch.list.as_mut()) {
                list.due = Due::All;
            }
        }
        moved
    }

    /// Of which extensions a watch of a list is to be told now; nothing when it cannot be told now,
    /// or there is no news. It is told `anew` later when it cannot be now.
    pub fn due(&mut self, owner: Owner, anew: bool) -> Option<Due> {
        let watch = self.entries.get_mut(&owner.0)?;
        let list = watch.list.as_mut()?;
        list.anew |= anew;
        if !watch.subscription.may_tell() {
            return None;
        }
        if list.anew {
            return Some(Due::All);
        }
        let none = Due::These(BTreeSet::new());
        (list.due != none).then(|| list.due.clone())
    }

    /// Tells a watch of a list what there is to see of those that are due, as far as that is news
    /// to it. What does not fit into one document follows once that one is answered.
    pub fn tell_list(&mut self, owner: Owner, picture: ListPicture, desk: &mut Desk<'_>) {
        let Some(watch) = self.entries.get_mut(&owner.0) else {
            return;
        };
        if !watch.subscription.may_tell() {
            return;
        }
        let Some(list) = watch.list.as_mut() else {
            return;
        };
        // nothing can follow a last word
        let lasts = watch.subscription.state() == State::Active;
        let room = if !lasts {
            usize::MAX
        } else if watch.subscription.flow().transport.is_reliable() {
            self.limits.stream_octets
        } else {
            self.limits.datagram_octets
        };
        let before = picture.whole.then(|| list.extensions());
        if let Some((document, more)) = list.news(&mut watch.told.version, picture, room) {
            watch.subscription.tell(Some(&document), desk);
            self.figures.told += 1;
            if more {
                watch.subscription.has_more();
            }
        }
        let after = before.as_ref().map(|_| list.extensions());
        if let Some((before, after)) = before.zip(after) {
            self.find_under(owner, &before, &after);
        }
        self.rearm(owner);
    }

    /// A watch of a list is found under those that are on it, beside the one whose list it is.
    fn find_under(
        &mut self,
        owner: Owner,
        before: &BTreeSet<ExtensionId>,
        after: &BTreeSet<ExtensionId>,
    ) {
        let Some(own) = self.get(owner).map(|watch| watch.watcher.watched()) else {
            return;
        };
        let all = |extensions: &BTreeSet<ExtensionId>, others: &BTreeSet<ExtensionId>| {
            let some = extensions.difference(others);
            let listed = some.map(|extension| Watched {
                extension: *extension,
                ..own
            });
            listed.filter(|one| *one != own).collect::<Vec<_>>()
        };
        for gone in all(before, after) {
            self.lose(owner, gone);
        }
        for new in all(after, before) {
            self.by_watched.entry(new).or_default().push(owner.0);
        }
    }

    /// A watch is not found under this any more.
    pub(super) fn lose(&mut self, owner: Owner, watched: Watched) {
        if let Some(all) = self.by_watched.get_mut(&watched) {
            all.retain(|number| *number != owner.0);
            if all.is_empty() {
                self.by_watched.remove(&watched);
            }
        }
    }

    /// A watch that was taken out is found under nothing any more.
    pub(super) fn lose_all(&mut self, owner: Owner, watch: &Watch) {
        let own = watch.watcher.watched();
        self.lose(owner, own);
        let listed = watch.list.as_ref().map(|list| list.extensions());
        for extension in listed.unwrap_or_default() {
            self.lose(owner, Watched { extension, ..own });
        }
    }
}
