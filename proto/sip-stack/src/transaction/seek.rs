//! Whom a message would reach, asked before it is taken in.

use sip_message::{Kind, Message, Method};

use super::transactions::{Transactions, client_id};
use super::via;
use crate::owner::Owner;
use crate::token::Branch;

/// Whether a message belongs to a transaction there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// To none: it is stray, or begins one.
    Nothing,
    /// To one that nobody owns (yet).
    Transaction,
    /// To one of this owner's.
    Owned(Owner),
}

impl Transactions {
    /// Which transaction a message belongs to: a response to the client transaction that asked,
    /// a request to the server transaction it repeats, an ACK or a CANCEL to that of its INVITE.
    /// Nothing changes, and what was found may be gone when the message is taken in.
    #[must_use]
    pub fn seek(&self, message: &Message) -> Sought {
        let owner = match message.kind() {
            Kind::Response { .. } => self.client_of(message),
            Kind::Request { method, .. } => self.server_of(message, method),
        };
        match owner {
            None => Sought::Nothing,
            Some(Owner::NOBODY) => Sought::Transaction,
            Some(owner) => Sought::Owned(owner),
        }
    }

    fn client_of(&self, response: &Message) -> Option<Owner> {
        let via = response.top_via().ok()?;
        let branch = Branch::parse(via.branch()?)?;
        let is_cancel = response.cseq().ok()?.method == Method::Cancel;
        let slot = self.clients.find(client_id(branch, is_cancel))?;
        Some(self.clients.get(slot)?.owner)
    }

    fn server_of(&self, request: &Message, method: Method<'_>) -> Option<Owner> {
        let of_invite = matches!(method, Method::Ack | Method::Cancel);
        let sought = if of_invite { Method::Invite } else { method };
        let id = via::fingerprint(self.key, request, sought)?;
        let slot = self.servers.find(id)?;
        Some(self.servers.get(slot)?.owner)
    }
}
