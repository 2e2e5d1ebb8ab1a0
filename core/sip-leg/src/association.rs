//! Keys that are agreed on by DTLS, over a way that is found by ICE, or is where the peer says it
//! is: what the two descriptions say of it (RFC 5763, RFC 8839). The handshake itself is the leg's
//! [`Way`](crate::way::Way).

use std::cmp::Reverse;
use std::net::SocketAddr;

use sdp::{Bundled, Candidate, DtlsSrtp, Fingerprint, Ice, IceCredentials, Setup};
use serde::{Deserialize, Serialize};
use srtp::Suite;
use webrtc::{Peer, Role, Ways};

/// The preference of the one address that we have (RFC 8445 section 5.1.2.1).
const ALONE: u16 = 65_535;

/// How a stream of video is called whose peer has not named it.
const VIDEO: &str = "video";

/// What was said of one association. Stored is no more of it than that there is one, and how its
/// stream is called: after a restart another takes its place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Association {
    /// The stream's name, which every description repeats.
    mid: Option<String>,
    bundled: bool,
    /// The name of the stream of video that goes by it, or went.
    #[serde(default)]
    video: Option<String>,
    feedback: bool,
    /// Sound and its reports go by ports of their own: so a peer wants it that makes no checks.
    #[serde(default)]
    apart: bool,
    /// The suite that was agreed on.
    suite: Option<Suite>,
    /// By which words we are asked.
    #[serde(skip)]
    credentials: Option<IceCredentials>,
    /// We seek ways ourselves, and have said so.
    #[serde(skip)]
    seeks: bool,
    /// What the peer said last.
    #[serde(skip)]
    theirs: Option<DtlsSrtp>,
    /// Our part, as both descriptions have it.
    #[serde(skip)]
    role: Option<Role>,
    /// Counts the associations of a leg: another certificate of the peer makes another.
    #[serde(skip)]
    number: u32,
}

impl Association {
    /// One that we offer to a browser, or to whoever speaks as they do.
    pub(crate) fn offered() -> Association {
        Association {
            mid: Some("0".to_owned()),
            bundled: true,
            feedback: true,
            ..Association::default()
        }
    }

    /// By which words we are asked; none as long as nothing was told.
    pub(crate) fn credentials(&self) -> Option<&IceCredentials> {
        self.credentials.as_ref()
    }

    /// From now on these are the words. Towards a peer that was heard, and answers only, we say
    /// that we do more than that ourselves; what was said holds until there are other words (RFC
    /// 8839 section 4.4.1.1.3).
    pub(crate) fn answer_to(&mut self, credentials: IceCredentials, heard: Option<&DtlsSrtp>) {
        self.credentials = Some(credentials);
        let ice = heard.and_then(|theirs| theirs.ice.as_ref());
        self.seeks = ice.is_some_and(|ice| ice.lite);
    }

    /// Where to seek a peer that answers only. Should both ends have said that of themselves, it
    /// is we who seek all the same: nothing is lost by it, since it answers.
    pub(crate) fn ways(&self) -> Option<Ways> {
        let said = self.theirs.as_ref().and_then(|said| said.ice.as_ref());
        let theirs = said.filter(|ice| ice.lite)?;
        let mut candidates: Vec<&Candidate> = theirs.candidates.iter().collect();
        candidates.sort_by_key(|candidate| Reverse(candidate.priority));
        Some(Ways {
            ours: self.credentials.clone()?,
            theirs: theirs.credentials.clone(),
            to: candidates.into_iter().map(|it| it.address).collect(),
        })
    }

    /// Whether the peer has spoken, and makes no checks.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.theirs.as_ref().is_some_and(|said| said.ice.is_none())
    }

    /// Which of a leg's associations it is.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Our part in it.
    pub(crate) fn role(&self) -> Option<Role> {
        self.role
    }

    /// Who the peer is, as soon as both have spoken.
    pub(crate) fn peer(&self) -> Option<Peer> {
        let theirs = self.theirs.as_ref()?;
        Some(Peer {
            role: self.role?,
            fingerprints: theirs.fingerprints.clone(),
        })
    }

    /// The suite that was agreed on.
    pub(crate) fn suite(&self) -> Option<Suite> {
        self.suite
    }

    /// Keys were agreed on, by this suite.
    pub(crate) fn agreed(&mut self, suite: Suite) {
        self.suite = Some(suite);
    }

    /// Whether the peer wants to be found anew, or has not spoken yet: then other words than
    /// before are to be told it (RFC 8839 section 4.4.1.1.1).
    pub(crate) fn is_restarted_by(&self, theirs: &DtlsSrtp) -> bool {
        self.theirs.as_ref().map(words) != Some(words(theirs))
    }

    /// The peer has said this, which we answer, or which answers us.
    pub(crate) fn hear(&mut self, theirs: DtlsSrtp, role: Role) {
        let before = self.theirs.as_ref();
        let other = before.is_some_and(|before| before.fingerprints != theirs.fingerprints);
        if other || self.role.is_some_and(|before| before != role) {
            self.number = self.number.wrapping_add(1);
        }
        self.mid.clone_from(&theirs.mid);
        self.bundled = theirs.bundled;
        if let Some(video) = &theirs.video {
            self.video = Some(video.mid.clone());
        }
        self.feedback = theirs.feedback;
        self.apart = !theirs.mux;
        self.role = Some(role);
        self.theirs = Some(theirs);
    }

    /// How video goes by this transport, if there is any.
    fn bundled_video(&self) -> Bundled {
        let mid = self.video.as_deref().unwrap_or(VIDEO);
        let theirs = self.theirs.as_ref().and_then(|said| said.video.as_ref());
        Bundled {
            mid: mid.to_owned(),
            new: theirs.is_none(),
        }
    }

    /// What we say: that we are reached here, and prove ourselves so. Video may go the same way.
    pub(crate) fn ours(
        &self,
        at: SocketAddr,
        fingerprint: Fingerprint,
        setup: Setup,
    ) -> Option<DtlsSrtp> {
        let candidate = Candidate::host(at, ALONE);
        let ice = Ice::lite(self.credentials.clone()?, vec![candidate]);
        let ice = Ice {
            lite: !self.seeks,
            ..ice
        };
        Some(DtlsSrtp {
            // nobody is told of checks who makes none
            ice: Some(ice).filter(|_| !self.is_unchecked()),
            fingerprints: vec![fingerprint],
            setup,
            mid: self.mid.clone(),
            mux: !self.apart,
            feedback: self.feedback,
            bundled: self.bundled,
            video: Some(self.bundled_video()),
        })
    }
}

/// By which words whoever says this is asked; none where it makes no checks.
fn words(said: &DtlsSrtp) -> Option<&IceCredentials> {
    said.ice.as_ref().map(|ice| &ice.credentials)
}
