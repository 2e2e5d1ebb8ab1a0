//! Messages under way (RFC 3428): each goes to every telephone of an extension, and its sender is
//! told once.

use ids::TenantId;
use sip_message::Message;
use sip_stack::transaction::{Owner, ServerKey};
use std::collections::BTreeMap;

/// The second highest bit of an owner number says that it is a message's.
const LETTER: u64 = 1 << 62;
/// The highest bit is for watches.
const WATCH: u64 = 1 << 63;
/// Messages under way at once in all; past it senders are told 503.
pub(crate) const LETTERS_MAX: usize = 4_096;
/// Messages under way at once of one tenant.
pub(crate) const LETTERS_PER_TENANT: usize = 256;

/// The status for somebody who cannot be reached now.
pub(crate) const UNREACHABLE: u16 = 480;

/// A message under way.
pub(crate) struct Letter {
    pub(crate) tenant: TenantId,
    /// The sender's request, and where its answer goes.
    pub(crate) key: ServerKey,
    pub(crate) request: Message,
    /// Telephones that have not answered.
    pub(crate) awaited: usize,
    /// The best of their refusals.
    pub(crate) best: Option<u16>,
    /// The sender was told.
    pub(crate) told: bool,
}

/// What a sender is to be told.
pub(crate) struct Told {
    pub(crate) key: ServerKey,
    pub(crate) request: Message,
    pub(crate) status: u16,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Letters {
    entries: BTreeMap<u64, Letter>,
    next: u64,
}

impl Letters {
    pub(crate) fn is_letter(owner: Owner) -> bool {
        owner.0 & (LETTER | WATCH) == LETTER
    }

    /// Whether a tenant may have one more under way.
    pub(crate) fn has_room(&self, tenant: TenantId) -> bool {
        let of_tenant = self.entries.values().filter(|one| one.tenant == tenant);
        self.entries.len() < LETTERS_MAX && of_tenant.count() < LETTERS_PER_TENANT
    }

    pub(crate) fn insert(&mut self, letter: Letter) -> Owner {
        self.next += 1;
        let number = LETTER | self.next;
        self.entries.insert(number, letter);
        Owner(number)
    }

    /// A telephone has answered with a final status: whom to tell what by it, if anybody. The first
    /// that takes the message decides, else the best refusal of all.
    pub(crate) fn answered(&mut self, owner: Owner, status: u16) -> Option<Told> {
        let letter = self.entries.get_mut(&owner.0)?;
        letter.awaited = letter.awaited.saturating_sub(1);
        let best = letter.best.map_or(status, |best| best.min(status));
        letter.best = Some(best);
        let decided = status < 300 || letter.awaited == 0;
        let told = if decided { letter.tell(best) } else { None };
        if letter.awaited == 0 {
            self.entries.remove(&owner.0);
        }
        told
    }

    /// Nobody has answered for too long: whom to tell so.
    pub(crate) fn given_up(&mut self, owner: Owner) -> Option<Told> {
        let letter = self.entries.get_mut(&owner.0)?;
        let best = letter.best.unwrap_or(UNREACHABLE);
        letter.tell(best)
    }
}

impl Letter {
    /// Tells the sender, once.
    fn tell(&mut self, status: u16) -> Option<Told> {
        let untold = !std::mem::replace(&mut self.told, true);
        untold.then(|| Told {
            key: self.key,
            request: self.request.clone(),
            status,
        })
    }
}
