//! How a leg's packets are protected: what may be agreed on with its peer, and what was.

use domain::Srtp;
use media::Keys;
use sdp::{Crypto, Description, Protection, put_on, remote_of, take_off};
use serde::{Deserialize, Serialize};
use srtp::{MasterKey, Suite};

use crate::keyring::{Keyring, read, written};

/// The suites that are offered, most wanted first. Those with short tags are taken where they are
/// offered, but not asked for.
const OFFERED: [Suite; 4] = [
    Suite::AesGcm256,
    Suite::AesGcm128,
    Suite::AesCm256Sha1Tag80,
    Suite::AesCm128Sha1Tag80,
];

/// What an INVITE offers: its sound as if nobody protected it, and how it is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The sound.
    pub description: Description,
    /// How it is protected, if it is.
    pub protection: Option<Protection>,
}

impl Offer {
    /// An offer, as far as `srtp` lets it be spoken; nothing where it is protected and must not
    /// be, or is not and must be.
    #[must_use]
    pub fn of(mut description: Description, srtp: Srtp) -> Option<Offer> {
        let protection = taken_off(&mut description, srtp);
        let plain = protection.is_none();
        let spoken = remote_of(&description).is_some() && !(plain && srtp == Srtp::Require);
        spoken.then_some(Offer {
            description,
            protection,
        })
    }
}

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
    srtp: Srtp,
    #[serde(skip)]
    keyring: Keyring,
    #[serde(skip)]
    turn: Turn,
    /// How the peer's last offer is protected.
    #[serde(skip)]
    asked: Option<Protection>,
    /// What ours said last.
    #[serde(skip)]
    offered: Option<Protection>,
    agreed: Option<Agreed>,
    /// What the road has been told.
    #[serde(skip)]
    keys: Option<Box<Keys>>,
    /// The leg is older than this process.
    #[serde(skip)]
    resumed: bool,
    /// Its keys went with the process before, and others are not agreed on yet.
    #[serde(skip)]
    stale: bool,
}

impl Security {
    /// Of a leg whose packets may be protected so far as `srtp` says, with keys drawn from a seed
    /// that nobody can guess. An offer that the peer has made already waits for its answer.
    #[must_use]
    pub fn new(srtp: Srtp, seed: [u8; 32], asked: Option<Protection>) -> Security {
        Security {
            srtp,
            keyring: Keyring::new(seed),
            turn: Turn::Open,
            asked,
            offered: None,
            agreed: None,
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

    /// Whether what is told next answers an offer of the peer's.
    pub(crate) fn is_asked(&self) -> bool {
        self.turn == Turn::Theirs
    }

    /// Whether packets are protected, or will be as soon as keys are agreed on again.
    pub(crate) fn is_on(&self) -> bool {
        self.agreed.is_some()
    }

    /// Whether other keys are to be agreed on.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// The suite that was agreed on.
    pub(crate) fn suite(&self) -> Option<Suite> {
        self.agreed.map(|agreed| agreed.suite)
    }

    /// The keys for the road.
    pub(crate) fn keys(&self) -> Option<Box<Keys>> {
        self.keys.clone()
    }

    /// Goes on in another process: until keys are agreed on nothing is believed, and nothing is
    /// sent that anybody could hear.
    pub(crate) fn resume(&mut self, seed: [u8; 32]) {
        self.keyring = Keyring::new(seed);
        let Some(agreed) = self.agreed else { return };
        self.stale = true;
        self.resumed = true;
        let nobody = self.keyring.of_nobody(agreed.suite);
        self.keys = nobody.and_then(|takes| self.pair(agreed.suite, takes));
    }

    /// What the peer says, as if nobody protected it; nothing where it may not be spoken so.
    pub(crate) fn hear(&mut self, mut description: Description) -> Option<Description> {
        if self.turn == Turn::Ours {
            return self.hear_answer(description);
        }
        self.turn = Turn::Theirs;
        let srtp = self.srtp;
        self.asked = taken_off(&mut description, srtp);
        let spoken = self.asked.is_some() || srtp != Srtp::Require || !is_live(&description);
        spoken.then_some(description)
    }

    fn hear_answer(&mut self, mut description: Description) -> Option<Description> {
        let offered = self.offered.as_ref();
        let lines = offered.map_or(&[][..], |offered| &offered.lines);
        let ours = |line: &Crypto| {
            let same = |own: &Crypto| own.tag == line.tag && is_same_suite(own, line);
            lines.iter().any(same) && is_usable(line)
        };
        let answered = take_off(&mut description, ours);
        let demanded = offered.is_some_and(|offered| offered.demanded);
        let line = answered.as_ref().and_then(|answer| answer.lines.first());
        match line {
            Some(line) => {
                let line = line.clone();
                self.agree(&line, demanded);
            }
            None if demanded && is_live(&description) => return None,
            None => self.agree_on_nothing(),
        }
        Some(description)
    }

    /// What the peer is told, protected as is its right or our wish.
    pub(crate) fn tell(&mut self, mut description: Description) -> Description {
        let protection = match self.turn {
            Turn::Theirs => self.answer(),
            Turn::Open | Turn::Ours => {
                self.turn = Turn::Ours;
                self.offered = self.offer();
                self.offered.clone()
            }
        };
        if let Some(protection) = protection {
            put_on(&mut description, &protection);
        }
        description
    }

    /// Takes the first line of the peer's offer.
    fn answer(&mut self) -> Option<Protection> {
        let asked = self.asked.clone();
        let taken = asked.as_ref().and_then(|asked| {
            let line = asked.lines.first()?;
            Some((line, asked.demanded))
        });
        let Some((line, demanded)) = taken else {
            self.agree_on_nothing();
            return None;
        };
        let suite = Suite::named(&line.suite)?;
        if self.agreed.is_some_and(|agreed| agreed.suite != suite) {
            self.keyring.renew();
        }
        self.agree(line, demanded);
        let own = self.line(line.tag, suite)?;
        Some(Protection {
            demanded,
            lines: vec![own],
        })
    }

    /// What we offer: once something was agreed on, that again.
    fn offer(&self) -> Option<Protection> {
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
        self.keys = Some(keys);
        self.agreed = Some(Agreed {
            demanded,
            suite,
            tag: line.tag,
        });
    }

    fn agree_on_nothing(&mut self) {
        self.stale = false;
        self.keys = None;
        self.agreed = None;
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

/// How the peer offers to protect its sound, so far as that is taken.
fn taken_off(description: &mut Description, srtp: Srtp) -> Option<Protection> {
    take_off(description, |line| srtp.takes() && is_usable(line))
}

/// Whether packets can be protected by a line.
fn is_usable(line: &Crypto) -> bool {
    Suite::named(&line.suite).is_some_and(|suite| read(suite, &line.inline).is_some())
}

fn is_same_suite(one: &Crypto, other: &Crypto) -> bool {
    Suite::named(&one.suite) == Suite::named(&other.suite)
}

fn is_live(description: &Description) -> bool {
    description.media.iter().any(sdp::Media::is_live_audio)
}
