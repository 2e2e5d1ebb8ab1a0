//! What a peer offers, and how it offers to have it protected.

use domain::Srtp;
use sdp::{Crypto, Description, DtlsSrtp, Protection, remote_of, take_off, take_off_dtls};
use srtp::Suite;

use crate::keyring::read;

/// How a peer has offered to have its packets protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// With keys in its description.
    Sdes(Protection),
    /// By a handshake.
    Dtls(Box<DtlsSrtp>),
}

/// What an INVITE offers: its sound as if nobody protected it, and how it is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The sound.
    pub description: Description,
    /// How it is protected, if it is.
    pub asked: Option<Asked>,
}

impl Offer {
    /// An offer, as far as `srtp` lets it be spoken; nothing where it is protected and must not
    /// be, or is not and must be.
    #[must_use]
    pub fn of(mut description: Description, srtp: Srtp) -> Option<Offer> {
        let asked = taken_off(&mut description, srtp);
        let plain = asked.is_none();
        let spoken = remote_of(&description).is_some() && !(plain && srtp == Srtp::Require);
        spoken.then_some(Offer { description, asked })
    }
}

/// How the peer offers to protect its sound, so far as that is taken.
pub(crate) fn taken_off(description: &mut Description, srtp: Srtp) -> Option<Asked> {
    if !srtp.takes() {
        return None;
    }
    if let Some(theirs) = take_off_dtls(description) {
        return Some(Asked::Dtls(Box::new(theirs)));
    }
    take_off(description, is_usable).map(Asked::Sdes)
}

/// Whether packets can be protected by a line.
pub(crate) fn is_usable(line: &Crypto) -> bool {
    Suite::named(&line.suite).is_some_and(|suite| read(suite, &line.inline).is_some())
}
