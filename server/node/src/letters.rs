//! Messages under way (RFC 3428): each goes to every telephone of an extension, and whoever sent it
//! is told once: a telephone, or the memory of texts that wait.

use crate::waiting_texts::WaitingText;
use ids::{ExtensionId, TenantId};
use sip_message::Message;
use sip_stack::transaction::{Owner, ServerKey};
use std::collections::BTreeMap;
use tenancy::TenantScope;

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

/// Where a message came from.
pub(crate) enum Origin {
    /// A telephone, which waits for an answer.
    Sender {
        /// Where the answer goes.
        key: ServerKey,
        /// Its request.
        request: Message,
        /// The text as it would wait, if it may.
        text: Option<Box<WaitingText>>,
    },
    /// It has waited for its reader's telephones under this key.
    Waited {
        scope: TenantScope,
        extension: ExtensionId,
        key: u128,
    },
}

/// A message under way.
pub(crate) struct Letter {
    pub(crate) tenant: TenantId,
    /// Where it came from, until that was told.
    pub(crate) origin: Option<Origin>,
    /// Telephones that have not answered.
    pub(crate) awaited: usize,
    /// The best of their refusals.
    pub(crate) best: Option<u16>,
}

/// Who is to be told what became of a message.
pub(crate) struct Told {
    pub(crate) tenant: TenantId,
    pub(crate) origin: Origin,
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
    /// Tells where it came from, once.
    fn tell(&mut self, status: u16) -> Option<Told> {
        let tenant = self.tenant;
        self.origin.take().map(|origin| Told {
            tenant,
            origin,
            status,
        })
    }
}
