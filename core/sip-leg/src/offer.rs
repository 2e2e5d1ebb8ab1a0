//! What a peer offers, and how it offers to have it protected.

use domain::Srtp;
use sdp::{
    Crypto, Description, DtlsSrtp, Kind, Protection, limit_video, remote_of, take_off,
    take_off_dtls,
};
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

/// What an INVITE offers: its sound and its video as if nobody protected them, and how they are
/// protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Sound and video.
    pub description: Description,
    /// How they are protected, if they are.
    pub asked: Askings,
}

/// How a peer has offered to have its streams protected, each so far as it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Askings {
    /// Its sound.
    pub sound: Option<Asked>,
    /// Its video, where that does not go the way of the sound.
    pub video: Option<Asked>,
}

impl Offer {
    /// An offer, as far as `srtp` lets it be spoken; nothing where it is protected and must not
    /// be, or is not and must be.
    #[must_use]
    pub fn of(mut description: Description, srtp: Srtp) -> Option<Offer> {
        let asked = Askings::taken_off(&mut description, srtp);
        let plain = asked.sound.is_none();
        let spoken = remote_of(&description).is_some() && !(plain && srtp == Srtp::Require);
        spoken.then_some(Offer { description, asked })
    }
}

impl Askings {
    /// How the peer offers to protect its streams, so far as that is taken. Video that is not
    /// protected as well as the sound is closed.
    pub(crate) fn taken_off(description: &mut Description, srtp: Srtp) -> Askings {
        let sound = taken_off(description, Kind::Audio, srtp);
        limit_video(description);
        let video = match &sound {
            Some(Asked::Dtls(_)) => None,
            Some(Asked::Sdes(_)) | None => {
                let video = taken_off(description, Kind::Video, srtp);
                if video.is_none() && sound.is_some() {
                    sdp::close_video(description);
                }
                video
            }
        };
        Askings { sound, video }
    }
}

/// How the peer offers to protect its stream of a kind, so far as that is taken.
fn taken_off(description: &mut Description, kind: Kind, srtp: Srtp) -> Option<Asked> {
    if !srtp.takes() {
        return None;
    }
    if kind == Kind::Audio
        && let Some(theirs) = take_off_dtls(description)
    {
        return Some(Asked::Dtls(Box::new(theirs)));
    }
    take_off(description, kind, is_usable).map(Asked::Sdes)
}

/// Whether packets can be protected by a line.
pub(crate) fn is_usable(line: &Crypto) -> bool {
    Suite::named(&line.suite).is_some_and(|suite| read(suite, &line.inline).is_some())
}
