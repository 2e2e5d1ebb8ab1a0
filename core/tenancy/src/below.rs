//! Somebody who was found below an account: the ticket to go there.

use crate::owner::Account;

/// A tenant or a reseller that was found below an account: the ticket to enter it.
///
/// Made only by look-ups in `ports`. Its constructor is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Below<Id> {
    seen_from: Account,
    id: Id,
}

impl<Id: Copy> Below<Id> {
    /// States that `id` was found below an account.
    pub(crate) fn found(seen_from: Account, id: Id) -> Below<Id> {
        Below { seen_from, id }
    }

    /// The id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The id, when it was found below this very account; `None` otherwise.
    pub fn within(&self, account: Account) -> Option<Id> {
        (account == self.seen_from).then_some(self.id)
    }
}
