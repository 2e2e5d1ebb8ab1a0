//! How a leg's packets are protected: what may be agreed on with its peer, and what was.

use std::net::SocketAddr;
use std::sync::Arc;

use domain::Srtp;
use media::Keys;
use sdp::{
    Crypto, Description, DtlsSrtp, Kind, Protection, Setup, close_video, limit_video, put_on,
    put_on_dtls, take_off, take_off_dtls,
};
use serde::{Deserialize, Serialize};
use srtp::{MasterKey, Suite};
use webrtc::{Identity, Role};

use crate::association::Association;
use crate::keyring::{Keyring, read, written};
use crate::offer::{Asked, Askings, is_usable};

/// The suites that are offered, most wanted first. Those with short tags are taken where they are
/// offered, but not asked for.
const OFFERED: [Suite; 4] = [
    Suite::AesGcm256,
    Suite::AesGcm128,
    Suite::AesCm256Sha1Tag80,
    Suite::AesCm128Sha1Tag80,
];

/// How keys are offered to whoever has not said how it wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Keying {
    /// With the signalling (RFC 4568), as telephones and carriers want them.
    #[default]
    Sdes,
    /// By a handshake over the way of the sound (RFC 5764), as browsers want them.
    Dtls,
}

/// What may be agreed on with a peer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// How far its packets may be protected.
    pub srtp: Srtp,
    /// How keys are offered to it.
    pub keying: Keying,
    /// Whether video may go beside the sound.
    pub video: bool,
}

/// What a leg's secrets are drawn from.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Octets that nobody can guess, for this leg alone.
    pub seed: [u8; 32],
    /// By what this node proves itself.
    pub identity: Arc<dyn Identity>,
}

/// The suite by which nobody is believed before hands were shaken.
const UNSHAKEN: Suite = Suite::AesGcm128;

/// Whose description is the next answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Turn {
    /// Nobody has offered: whoever speaks first does.
    #[default]
    Open,
    /// The peer's offer is there: what it is told answers it.
    Theirs,
    /// Ours is: what the peer says answers it.
    Ours,
}

/// What was agreed on, without its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Agreed {
    demanded: bool,
    suite: Suite,
    tag: u32,
}

/// How a leg's packets are protected. Of all this nothing but what was agreed on is stored: keys
/// are never written down, and after a restart others are agreed on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Security {
    /// Whose protection it is.
    #[serde(default)]
    kind: Kind,
    srtp: Srtp,
    /// How keys are offered, as long as the peer has shown no way of its own.
    #[serde(default)]
    keying: Keying,
    #[serde(skip)]
    keyring: Keyring,
    #[serde(skip)]
    identity: Option<Arc<dyn Identity>>,
    #[serde(skip)]
    turn: Turn,
    /// How the peer's last offer is protected.
    #[serde(skip)]
    asked: Option<Asked>,
    /// What ours said last.
    #[serde(skip)]
    offered: Option<Protection>,
    agreed: Option<Agreed>,
    /// Keys are agreed on by a handshake, instead.
    #[serde(default)]
    association: Option<Association>,
    /// What the road has been told.
    #[serde(skip)]
    keys: Option<Box<Keys>>,
    /// The leg is older than this process.
    #[serde(skip)]
    resumed: bool,
    /// Its keys went with the process before, and others are not agreed on yet.
    #[serde(skip)]
    stale: bool,
    /// How its video is protected where that has a way of its own; none where there may be none.
    #[serde(default)]
    video: Option<Box<Security>>,
}

impl Security {
    /// Of a leg on these terms, with keys drawn from secrets. An offer that the peer has made
    /// already waits for its answer.
    #[must_use]
    pub fn new(terms: Terms, secrets: Secrets, asked: Askings) -> Security {
        let keyring = Keyring::new(secrets.seed);
        let Terms {
            srtp,
            keying,
            video,
        } = terms;
        let of_video = keyring.of_video().filter(|_| video);
        let video = of_video.map(|keyring| {
            let terms = (srtp, Keying::Sdes);
            Box::new(Security::of((Kind::Video, keyring), terms, asked.video))
        });
        Security {
            identity: Some(secrets.identity),
            video,
            ..Security::of((Kind::Audio, keyring), (srtp, keying), asked.sound)
        }
    }

    fn of(
        (kind, keyring): (Kind, Keyring),
        (srtp, keying): (Srtp, Keying),
        asked: Option<Asked>,
    ) -> Security {
        Security {
            kind,
            srtp,
            keying,
            keyring,
            identity: None,
            turn: Turn::Open,
            asked,
            video: None,
            offered: None,
            agreed: None,
            association: None,
            keys: None,
            resumed: false,
            stale: false,
        }
    }

    /// The peer has made its offer, with the INVITE itself.
    pub(crate) fn offer_came(&mut self) {
        self.turn = Turn::Theirs;
    }

    /// What is told or heard next is an offer, by whichever side.
    pub(crate) fn anew(&mut self) {
        self.turn = Turn::Open;
    }

    /// Whether the leg may have video beside its sound.
    pub(crate) fn shows(&self) -> bool {
        self.video.is_some()
    }

    /// Whether video goes the way of the sound, and by its keys.
    pub(crate) fn bundles(&self) -> bool {
        let offers = self.agreed.is_none() && self.shakes() && self.turn != Turn::Theirs;
        self.seeks() || offers
    }

    /// The keys of the video's own way for the road.
    pub(crate) fn video_keys(&self) -> Option<Box<Keys>> {
        self.video.as_ref().and_then(|video| video.keys())
    }

    /// Whether what is told next answers an offer of the peer's.
    pub(crate) fn is_asked(&self) -> bool {
        self.turn == Turn::Theirs
    }

    /// Whether packets are protected, or will be as soon as keys are agreed on again.
    pub(crate) fn is_on(&self) -> bool {
        self.agreed.is_some() || self.association.is_some()
    }

    /// Whether other keys are to be agreed on.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether the peer is where its checks come from, and not where its description says.
    pub(crate) fn seeks(&self) -> bool {
        self.association.is_some() || matches!(self.asked, Some(Asked::Dtls(_)))
    }

    /// The suite that was agreed on.
    pub(crate) fn suite(&self) -> Option<Suite> {
        let shaken = self.association.as_ref().and_then(Association::suite);
        self.agreed.map(|agreed| agreed.suite).or(shaken)
    }

    /// The keys for the road.
    pub(crate) fn keys(&self) -> Option<Box<Keys>> {
        self.keys.clone()
    }

    /// What was said of the handshake, where keys are agreed on by one.
    pub(crate) fn association(&self) -> Option<&Association> {
        self.association.as_ref()
    }

    /// By what this node proves itself.
    pub(crate) fn identity(&self) -> Option<&Arc<dyn Identity>> {
        self.identity.as_ref()
    }

    /// The handshake has ended with these keys.
    pub(crate) fn shaken(&mut self, takes: MasterKey, sends: MasterKey) {
        if let Some(association) = &mut self.association {
            association.agreed(takes.suite());
            self.keys = Some(Box::new(Keys {
                takes,
                sends,
                resumed: false,
            }));
        }
    }

    /// Goes on in another process: until keys are agreed on nothing is believed, and nothing is
    /// sent that anybody could hear.
    pub(crate) fn resume(&mut self, secrets: Secrets) {
        self.keyring = Keyring::new(secrets.seed);
        self.identity = Some(secrets.identity);
        if let Some(suite) = self.suite().or_else(|| self.seeks().then_some(UNSHAKEN)) {
            self.stale = true;
            self.resumed = true;
            self.believe_nobody(suite);
        }
        if let (Some(video), Some(keyring)) = (&mut self.video, self.keyring.of_video()) {
            video.keyring = keyring;
            if let Some(suite) = video.suite() {
                video.resumed = true;
                video.believe_nobody(suite);
            }
        }
    }

    /// Whether a fax may be spoken of, whose datagrams nothing protects (T.38 over UDPTL): not
    /// where packets have to be protected, nor where they are.
    pub(crate) fn lets_fax(&self) -> bool {
        self.srtp != Srtp::Require && !self.is_on() && !self.seeks()
    }

    /// The peer speaks of a fax; whether it may.
    pub(crate) fn hears_fax(&mut self) -> bool {
        let may = self.lets_fax();
        if may && self.turn != Turn::Ours {
            self.turn = Turn::Theirs;
        }
        may
    }

    /// The peer is told of a fax.
    pub(crate) fn tells_fax(&mut self) {
        if self.turn == Turn::Open {
            self.turn = Turn::Ours;
        }
    }

    /// Whether what is heard next answers an offer of ours.
    pub(crate) fn is_awaiting(&self) -> bool {
        self.turn == Turn::Ours
    }

    /// What the peer says, as if nobody protected it; nothing where it may not be spoken so.
    pub(crate) fn hear(&mut self, mut description: Description) -> Option<Description> {
        if self.turn == Turn::Ours {
            let mut heard = self.hear_answer(description)?;
            limit_video(&mut heard);
            self.hear_answer_of_video(&mut heard);
            return Some(heard);
        }
        self.turn = Turn::Theirs;
        let srtp = self.srtp;
        let Askings { sound, video } = Askings::taken_off(&mut description, srtp);
        self.asked = sound;
        match &mut self.video {
            Some(own) => own.asked = video,
            None => close_video(&mut description),
        }
        let plain = self.asked.is_none();
        let spoken = !plain || srtp != Srtp::Require || !self.is_live(&description);
        spoken.then_some(description)
    }

    /// The answer to an offer of video. What is not protected as the sound is, is closed.
    fn hear_answer_of_video(&mut self, description: &mut Description) {
        if self.association.is_some() {
            // it goes the way of the sound, or was closed with what was said of that
            return;
        }
        let protected = self.agreed.is_some();
        let video = self.video.as_mut();
        let heard = video.and_then(|video| {
            let heard = video.hear_keys(description.clone())?;
            (video.agreed.is_some() || !protected).then_some(heard)
        });
        match heard {
            Some(heard) => *description = heard,
            None => close_video(description),
        }
    }

    fn hear_answer(&mut self, description: Description) -> Option<Description> {
        if self.association.is_some() {
            self.hear_shaking(description)
        } else {
            self.hear_keys(description)
        }
    }

    /// The answer to an offer of a handshake.
    fn hear_shaking(&mut self, mut description: Description) -> Option<Description> {
        let Some(theirs) = take_off_dtls(&mut description) else {
            // one that closes its sound says nothing of it
            return (!self.is_live(&description)).then_some(description);
        };
        let role = Role::between(Setup::ActPass, theirs.setup)?;
        self.associate(theirs, role);
        Some(description)
    }

    /// The answer to an offer of keys, or of none.
    fn hear_keys(&mut self, mut description: Description) -> Option<Description> {
        let offered = self.offered.as_ref();
        let lines = offered.map_or(&[][..], |offered| &offered.lines);
        let ours = |line: &Crypto| {
            let same = |own: &Crypto| own.tag == line.tag && is_same_suite(own, line);
            lines.iter().any(same) && is_usable(line)
        };
        let answered = take_off(&mut description, self.kind, ours);
        let demanded = offered.is_some_and(|offered| offered.demanded);
        let line = answered.as_ref().and_then(|answer| answer.lines.first());
        match line {
            Some(line) => {
                let line = line.clone();
                self.agree(&line, demanded);
            }
            None if demanded && self.is_live(&description) => return None,
            None => self.agree_on_nothing(),
        }
        Some(description)
    }

    /// What the peer is told, who reaches us here: protected as is its right or our wish.
    pub(crate) fn tell(&mut self, mut description: Description, at: SocketAddr) -> Description {
        let answers = self.turn == Turn::Theirs;
        let wear = if answers {
            self.answer(at)
        } else {
            self.turn = Turn::Ours;
            self.offer(at)
        };
        match wear {
            Some(Asked::Sdes(protection)) => {
                put_on(&mut description, Kind::Audio, &protection);
                self.tell_of_video(&mut description, answers, at);
            }
            Some(Asked::Dtls(transport)) => put_on_dtls(&mut description, &transport),
            None => self.tell_of_video(&mut description, answers, at),
        }
        description
    }

    /// What the peer is told of video that has a way of its own, protected where the sound is, or
    /// closed.
    fn tell_of_video(&mut self, description: &mut Description, answers: bool, at: SocketAddr) {
        let Some(video) = self
            .video
            .as_mut()
            .filter(|_| description.video().is_some())
        else {
            return close_video(description);
        };
        if let Some(sound) = &self.agreed {
            // what is wanted of sound is wanted of video
            video.srtp = if sound.demanded {
                Srtp::Require
            } else {
                Srtp::Offer
            };
        }
        let wear = if answers {
            video.answer(at)
        } else {
            video.offer(at)
        };
        match wear {
            Some(Asked::Sdes(protection)) => put_on(description, Kind::Video, &protection),
            Some(Asked::Dtls(_)) | None if self.agreed.is_some() => close_video(description),
            Some(Asked::Dtls(_)) | None => {}
        }
    }

    fn answer(&mut self, at: SocketAddr) -> Option<Asked> {
        match self.asked.clone() {
            Some(Asked::Sdes(asked)) => self.answer_keys(&asked).map(Asked::Sdes),
            Some(Asked::Dtls(theirs)) => self.answer_shaking(*theirs, at),
            None => {
                self.agree_on_nothing();
                None
            }
        }
    }

    /// Takes the first line of the peer's offer.
    fn answer_keys(&mut self, asked: &Protection) -> Option<Protection> {
        let Some(line) = asked.lines.first() else {
            self.agree_on_nothing();
            return None;
        };
        let suite = Suite::named(&line.suite)?;
        if self.agreed.is_some_and(|agreed| agreed.suite != suite) {
            self.keyring.renew();
        }
        self.agree(line, asked.demanded);
        let own = self.line(line.tag, suite)?;
        Some(Protection {
            demanded: asked.demanded,
            lines: vec![own],
        })
    }

    /// Takes the peer's offer to shake hands.
    fn answer_shaking(&mut self, theirs: DtlsSrtp, at: SocketAddr) -> Option<Asked> {
        let before = self.association.as_ref().and_then(Association::role);
        // once hands were shaken everybody keeps its part
        let ours = match before {
            Some(role) => Role::setup(role),
            None => answer_to(&theirs)?,
        };
        let role = Role::between(ours, theirs.setup)?;
        self.associate(theirs, role);
        self.own(at, ours)
    }

    fn own(&self, at: SocketAddr, setup: Setup) -> Option<Asked> {
        let fingerprint = self.identity.as_ref()?.fingerprint();
        let own = self.association.as_ref()?.ours(at, fingerprint, setup)?;
        Some(Asked::Dtls(Box::new(own)))
    }

    /// What we offer: once something was agreed on, that again.
    fn offer(&mut self, at: SocketAddr) -> Option<Asked> {
        let wanted = self.agreed.is_none() && self.shakes();
        if self.association.is_none() && wanted {
            self.association = Some(Association::offered());
            self.believe_nobody(UNSHAKEN);
        }
        if let Some(association) = &mut self.association {
            if association.credentials().is_none()
                && let Some(credentials) = self.keyring.credentials()
            {
                association.answer_to(credentials, None);
            }
            return self.own(at, Setup::ActPass);
        }
        self.offered = self.offer_keys();
        self.offered.clone().map(Asked::Sdes)
    }

    /// Whether an offer of ours asks for a handshake.
    fn shakes(&self) -> bool {
        self.keying == Keying::Dtls && self.srtp.takes()
    }

    fn offer_keys(&self) -> Option<Protection> {
        if let Some(agreed) = self.agreed {
            return Some(Protection {
                demanded: agreed.demanded,
                lines: self.line(agreed.tag, agreed.suite).into_iter().collect(),
            });
        }
        let demanded = match self.srtp {
            Srtp::Never | Srtp::Accept => return None,
            Srtp::Offer => false,
            Srtp::Require => true,
        };
        let lines = (1..).zip(OFFERED);
        Some(Protection {
            demanded,
            lines: lines
                .filter_map(|(tag, suite)| self.line(tag, suite))
                .collect(),
        })
    }

    fn line(&self, tag: u32, suite: Suite) -> Option<Crypto> {
        Some(Crypto {
            tag,
            suite: suite.name().to_owned(),
            inline: written(&self.keyring.of(suite)?),
        })
    }

    /// The peer protects its packets by this line's key.
    fn agree(&mut self, line: &Crypto, demanded: bool) {
        let Some(suite) = Suite::named(&line.suite) else {
            return;
        };
        let theirs = read(suite, &line.inline);
        let Some(keys) = theirs.and_then(|takes| self.pair(suite, takes)) else {
            return;
        };
        self.stale = false;
        self.association = None;
        self.keys = Some(keys);
        self.agreed = Some(Agreed {
            demanded,
            suite,
            tag: line.tag,
        });
    }

    fn agree_on_nothing(&mut self) {
        // whoever speaks plainly is not asked to shake hands later
        self.keying = Keying::Sdes;
        self.stale = false;
        self.association = None;
        self.keys = None;
        self.agreed = None;
    }

    /// Hands are to be shaken with whom the peer's description names. Until that is done nobody is
    /// believed.
    fn associate(&mut self, theirs: DtlsSrtp, role: Role) {
        let asked = self.turn == Turn::Theirs;
        self.stale = false;
        self.agreed = None;
        let begun = self.association.is_some();
        let association = self.association.get_or_insert_default();
        let told = association.credentials().is_some();
        let others = !told || asked && association.is_restarted_by(&theirs);
        if others && let Some(credentials) = self.keyring.credentials() {
            association.answer_to(credentials, Some(&theirs));
        }
        let number = association.number();
        association.hear(theirs, role);
        if !begun || association.number() != number {
            self.believe_nobody(UNSHAKEN);
        }
    }

    /// Nothing that comes is believed, and nothing that goes is understood.
    fn believe_nobody(&mut self, suite: Suite) {
        let nobody = self.keyring.of_nobody(suite);
        self.keys = nobody.and_then(|takes| self.pair(suite, takes));
    }

    fn is_live(&self, description: &Description) -> bool {
        let mut streams = description.media.iter();
        streams.any(|media| media.is_live(self.kind))
    }

    fn pair(&self, suite: Suite, takes: MasterKey) -> Option<Box<Keys>> {
        let keys = Keys {
            takes,
            sends: self.keyring.of(suite)?,
            resumed: self.resumed,
        };
        Some(Box::new(keys))
    }
}

/// Our part where a peer leaves it to us. One that makes no checks is to begin: it may be behind
/// walls, and shows by it where it is.
fn answer_to(theirs: &DtlsSrtp) -> Option<Setup> {
    if theirs.ice.is_none() && theirs.setup == Setup::ActPass {
        Some(Setup::Passive)
    } else {
        theirs.setup.answer()
    }
}

fn is_same_suite(one: &Crypto, other: &Crypto) -> bool {
    Suite::named(&one.suite) == Suite::named(&other.suite)
}
