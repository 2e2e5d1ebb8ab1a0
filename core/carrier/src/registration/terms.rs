//! What a registration asks for, and how its answer is read.

use sip_message::{Contacts, Message};

/// What a trunk asks of its carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The user part of the address registered.
    pub username: String,
    /// The carrier's domain, with a port where it has one.
    pub domain: String,
    /// The user part of our Contact: nobody can guess it, and requests sent to it are the
    /// carrier's.
    pub contact_user: String,
    /// Seconds asked for.
    pub expires: u32,
    /// How many peers there are, at least 1.
    pub peers: usize,
}

impl Terms {
    /// The seconds a 200 grants: those of our own Contact, else of the whole answer
    /// (RFC 3261 §10.2.4).
    pub(super) fn granted(&self, response: &Message) -> Option<u32> {
        let overall = response.expires().ok().flatten();
        let Ok(Contacts::List(contacts)) = response.contacts() else {
            return overall;
        };
        let ours = contacts.iter().find(|contact| {
            let uri = contact.uri();
            uri.is_ok_and(|uri| uri.user == Some(self.contact_user.as_str()))
        });
        ours.and_then(|contact| contact.expires()).or(overall)
    }
}
