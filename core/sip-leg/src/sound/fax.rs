//! A leg that goes over from sound to fax (T.38), and what an offer that is refused leaves behind.

use std::net::SocketAddr;

use domain::T38;
use media::{Command, Expect, LINE_DATAGRAM, Ports};
use sdp::{Description, FaxTerminal, Refusal, fax_of, remote_of};

use super::Sound;

/// What both sides had said before the offer that is open now.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    remote: Option<Description>,
    told: Option<Description>,
}

impl Sound {
    /// Keeps what both sides have agreed on, for the case that the offer which comes next is
    /// refused.
    pub(super) fn keep_settled(&mut self) {
        if self.settled.is_none() {
            self.settled = Some(Box::new(Settled {
                remote: self.remote.clone(),
                told: self.told.clone(),
            }));
        }
    }

    /// The offer that was open is refused: everything is as if nobody had made it (RFC 3261
    /// §14.1).
    pub fn withdraw(&mut self, ports: &mut Ports, media: &mut Vec<Command>) {
        let Some(settled) = self.settled.take() else {
            return;
        };
        (self.remote, self.told) = (settled.remote, settled.told);
        self.declare(ports);
        self.describe(media);
        self.trim_video(ports, media);
        self.describe_video(ports, media);
    }

    /// The peer described a fax; what the other side may be told of it, or nothing where this leg
    /// may not go over to it.
    pub(super) fn hear_fax(
        &mut self,
        description: Description,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Option<Description> {
        let answers = self.security.is_awaiting();
        if !self.lets_fax() || !self.security.hears_fax() {
            return None;
        }
        if answers {
            self.settled = None;
        }
        self.remote = Some(description.clone());
        self.declare(ports);
        self.describe(media);
        Some(description)
    }

    /// Whether a fax may be offered to the peer or taken of it: not where somebody has settled that
    /// it may not, nor where packets of this leg have to be protected, or are, as those of a fax
    /// are not.
    pub(crate) fn lets_fax(&self) -> bool {
        match self.t38 {
            T38::Allow => self.security.lets_fax(),
            T38::Refuse => false,
        }
    }

    /// Our own offer of a fax.
    pub(crate) fn offer_fax(&mut self, ports: &mut Ports, media: &mut Vec<Command>) -> Description {
        self.origin.version += 1;
        let offer = self.fax_terminal().offer();
        self.tell(offer, ports, media)
    }

    /// Our own answer to a fax that the peer has offered.
    pub(super) fn answer_fax(&self, offered: &Description) -> Result<Description, Refusal> {
        self.fax_terminal().answer(offered)
    }

    /// What a fax machine of our own can do here.
    fn fax_terminal(&self) -> FaxTerminal {
        FaxTerminal {
            at: self.address(),
            origin: self.origin,
            max_datagram: u16::try_from(LINE_DATAGRAM).unwrap_or(u16::MAX),
        }
    }

    /// Whether both sides have agreed on a fax.
    #[must_use]
    pub fn is_fax(&self) -> bool {
        is_fax(self.remote.as_ref()) && is_fax(self.told.as_ref())
    }

    /// Whether one side speaks of a fax and the other does not: an offer is open, and until it is
    /// answered all goes on as it was.
    pub(super) fn is_going_over(&self) -> bool {
        is_fax(self.remote.as_ref()) != is_fax(self.told.as_ref())
    }

    /// What is expected of a peer whose datagrams are of a fax.
    pub(super) fn expectation_of_fax(&self) -> Option<Expect> {
        let remote = self.remote.as_ref()?;
        let fax = fax_of(remote)?;
        let direction = remote.direction_of(remote.fax()?);
        let max_datagram = fax.max_datagram.filter(|octets| *octets > 0);
        Some(Expect {
            receives: direction.receives(),
            sends: direction.sends(),
            max_datagram: max_datagram.map(|octets| u16::try_from(octets).unwrap_or(u16::MAX)),
            ..Expect::fax(fax.at, self.signalling)
        })
    }
}

/// Where the writer of a description wants packets, be they of sound or of a fax.
pub(super) fn place_of(description: &Description) -> Option<SocketAddr> {
    let sound = remote_of(description).map(|remote| remote.rtp);
    sound.or_else(|| fax_of(description).map(|fax| fax.at))
}

fn is_fax(description: Option<&Description>) -> bool {
    description.is_some_and(|description| description.fax().is_some())
}
