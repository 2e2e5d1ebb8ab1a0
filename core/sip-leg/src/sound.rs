//! A leg's media: its endpoint on our side, what its peer said, and what we told it.

mod agreed;
mod expected;
mod fax;
mod video;

use call::Speaks;
use domain::T38;
use media::{Ask, Command, EndpointId, Expect, Family, Formats, Keys, LocalMedia, Ports, trusted};
use sdp::{Capabilities, Description, MediaAddress, OriginId, Refusal, remote_of};
use serde::{Deserialize, Serialize};
use srtp::MasterKey;
use std::net::{IpAddr, SocketAddr};
use webrtc::Place;

use crate::spoken::{behind, spoken, widened};
use crate::{Secrets, Security};
use fax::{Settled, place_of};
use video::Video;

/// No media port is left for another leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPort;

/// The media side of one leg.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sound {
    endpoint: EndpointId,
    local: LocalMedia,
    origin: OriginId,
    signalling: IpAddr,
    remote: Option<Description>,
    told: Option<Description>,
    /// What the peer is told instead, should it find nothing in what it was told that it speaks.
    #[serde(skip)]
    wider: Option<Box<Description>>,
    expects: Expect,
    /// The codecs that may be spoken, most wanted first; any where none is named.
    #[serde(default)]
    codecs: Vec<String>,
    /// Whether it may go over to fax.
    #[serde(default)]
    t38: T38,
    security: Security,
    /// What was agreed on before the offer that is open.
    #[serde(skip)]
    settled: Option<Box<Settled>>,
    /// The address that the peer has chosen, where it is found by its checks.
    #[serde(skip)]
    chosen: Option<SocketAddr>,
    /// Its video, while there is any or some is offered.
    #[serde(default)]
    video: Option<Box<Video>>,
}

impl Sound {
    /// Takes an endpoint for a leg whose signalling is at `signalling`, near another leg's so that
    /// the two can be joined. A description the peer has already sent tells where its media is.
    ///
    /// # Errors
    /// [`NoPort`].
    pub fn open(
        ports: &mut Ports,
        signalling: IpAddr,
        near: Option<EndpointId>,
        mut remote: Option<Description>,
        (origin, mut security): (u64, Security),
        media: &mut Vec<Command>,
    ) -> Result<Sound, NoPort> {
        if let Some(remote) = remote.as_mut().filter(|_| !security.shows()) {
            sdp::close_video(remote);
        }
        if remote.is_some() {
            security.offer_came();
        }
        let mut ask = Ask::family(Family::of(signalling)).towards(signalling);
        if let Some(near) = near {
            ask = ask.near(near);
        }
        let declared = remote.as_ref().and_then(remote_of).map(|remote| remote.rtp);
        let told = |rtp: &SocketAddr| usable(*rtp, signalling) && !security.seeks();
        if let Some(declared) = declared.filter(told) {
            ask = ask.declared(declared);
        }
        let (endpoint, local) = ports.open(ask).map_err(|_| NoPort)?;
        let mut sound = Sound {
            endpoint,
            local,
            origin: OriginId {
                id: origin >> 1,
                version: 0,
            },
            signalling,
            remote,
            told: None,
            wider: None,
            expects: Expect::unknown(Some(signalling), Formats::default()),
            codecs: Vec::new(),
            t38: T38::default(),
            security,
            settled: None,
            chosen: None,
            video: None,
        };
        sound.expects = sound.expectation();
        media.push(Command::Open {
            id: endpoint,
            local,
            expects: sound.expects,
        });
        Ok(sound)
    }

    /// Takes back the endpoint of a leg that outlived its process. Where packets were protected
    /// other keys are to be agreed on, drawn from these secrets.
    ///
    /// # Errors
    /// [`NoPort`] when the port is no longer ours.
    pub fn reopen(
        &mut self,
        secrets: Secrets,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Result<(), NoPort> {
        ports
            .restore(self.endpoint, self.local)
            .map_err(|_| NoPort)?;
        self.declare(ports);
        let Sound {
            endpoint: id,
            local,
            expects,
            ..
        } = *self;
        media.push(Command::Open { id, local, expects });
        self.security.resume(secrets);
        self.secure(None, media);
        self.reopen_video(ports, media);
        Ok(())
    }

    /// Nothing but these codecs is spoken, in the order in which they are wanted; any where none is
    /// named.
    #[must_use]
    pub fn only(mut self, codecs: &[String]) -> Sound {
        self.codecs = codecs.to_vec();
        self
    }

    /// Whether the leg may go over from sound to fax.
    #[must_use]
    pub fn faxing(self, t38: T38) -> Sound {
        Sound { t38, ..self }
    }

    /// What may be spoken of a description; none where that is nothing.
    pub(crate) fn admitted(&self, mut description: Description) -> Option<Description> {
        sdp::limit(&mut description, &self.codecs).ok()?;
        Some(description)
    }

    /// Whether something of another party's offer can be offered to the peer, if only in a codec
    /// that is made of it.
    pub(crate) fn can_be_offered(&self, offer: &Description) -> bool {
        if offer.fax().is_some() {
            return self.lets_fax();
        }
        widened(&mut offer.clone(), &self.codecs).is_ok()
    }

    /// Makes of another party's answer one to what the peer has offered, and of its offer one that
    /// more peers can answer, with nothing that may not be spoken.
    fn suit(&self, description: &mut Description) {
        match &self.remote {
            Some(offered) if self.security.is_asked() => {
                sdp::line_up(description, offered);
                sdp::settle(description, offered, &spoken());
                self.limit(description);
            }
            // Where nothing is left, what is said of `limit` holds.
            Some(_) | None => {
                let named = self.remote.as_ref().and_then(remote_of);
                let behind = behind(&named.map(|remote| remote.codecs).unwrap_or_default());
                let _nothing_left = sdp::widen(description, &behind, &spoken(), &self.codecs);
            }
        }
    }

    /// Cuts down what the peer is told. Where nothing would be left whoever orders it was told so
    /// before, or the peer's answer is refused.
    fn limit(&self, description: &mut Description) {
        let _nothing_left = sdp::limit(description, &self.codecs);
    }

    /// The endpoint.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// Moves to the worker of this endpoint, where it is not there already, so that the two can be
    /// joined. It is in another place then than the peer has been told, if that was told one.
    ///
    /// # Errors
    /// [`NoPort`] where that worker has none left; it stays where it was.
    pub fn move_near(
        &mut self,
        near: EndpointId,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Result<(), NoPort> {
        if self.endpoint.worker() == near.worker() {
            return Ok(());
        }
        let ask = Ask::family(Family::of(self.signalling)).towards(self.signalling);
        let (endpoint, local) = ports.open(ask.near(near)).map_err(|_| NoPort)?;
        self.close(ports, media);
        self.video = None;
        (self.endpoint, self.local) = (endpoint, local);
        self.declare(ports);
        self.expects = self.expectation();
        let (id, expects) = (self.endpoint, self.expects);
        media.push(Command::Open { id, local, expects });
        self.secure(None, media);
        Ok(())
    }

    /// Gives the endpoint back.
    pub fn close(&self, ports: &mut Ports, media: &mut Vec<Command>) {
        let video = self.video.as_ref().map(|video| video.endpoint);
        for id in video.into_iter().chain([self.endpoint]) {
            if ports.close(id) {
                media.push(Command::Close { id });
            }
        }
    }

    /// The peer described its media. What is given back is what the other side may be told of it,
    /// as if nobody protected it; nothing where nothing of it may be spoken.
    pub fn hear(
        &mut self,
        description: Description,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Option<Description> {
        if description.fax().is_some() {
            return self.hear_fax(description, ports, media);
        }
        let answers = self.security.is_awaiting();
        let before = self.keys();
        let description = self.security.hear(description);
        self.secure_all(before, media);
        let description = self.admitted(description?)?;
        if answers {
            self.settled = None;
        }
        self.remote = Some(description.clone());
        self.wider = None;
        self.declare(ports);
        self.describe(media);
        if answers {
            self.trim_video(ports, media);
        }
        self.describe_video(ports, media);
        Some(description)
    }

    /// What is told or heard next is an offer, whoever makes it.
    pub fn negotiate_anew(&mut self) {
        self.keep_settled();
        self.security.anew();
    }

    /// Whether the leg's packets are protected, or to be protected as soon as keys are agreed on.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.security.is_on()
    }

    /// Whether keys are to be agreed on anew, since those there were went with the process before.
    #[must_use]
    pub fn wants_keys(&self) -> bool {
        self.security.is_stale()
    }

    /// The suite by which the leg's packets are protected, as RFC 4568 names it.
    #[must_use]
    pub fn suite_name(&self) -> Option<&'static str> {
        self.security.suite().map(srtp::Suite::name)
    }

    /// How its packets are protected.
    pub(crate) fn security(&self) -> &Security {
        &self.security
    }

    /// Where the peer is that shakes hands without checks; none where it makes some, or gives no
    /// address for now, as whoever holds a call may.
    pub(crate) fn unchecked(&self) -> Option<Place> {
        let association = self.security.association();
        association.filter(|association| association.is_unchecked())?;
        let at = self.remote.as_ref().and_then(place_of)?;
        (!at.ip().is_unspecified()).then_some(Place {
            declared: trusted(at.ip(), self.signalling).then_some(at),
            near: self.signalling,
        })
    }

    /// The peer has chosen this address, where it is found by its checks.
    pub(crate) fn found(&mut self, at: SocketAddr, ports: &mut Ports, media: &mut Vec<Command>) {
        self.chosen = Some(at);
        // A taken address leaves the leg as it was: packets prove themselves by their keys.
        let _taken = ports.declare(self.endpoint, at, true);
        self.describe(media);
    }

    /// The handshake has ended with these keys.
    pub(crate) fn shaken(
        &mut self,
        (takes, sends): (MasterKey, MasterKey),
        media: &mut Vec<Command>,
    ) {
        let before = self.security.keys();
        self.security.shaken(takes, sends);
        self.secure(before, media);
    }

    /// What the peer has been told, to be offered again. With protection it is a version of its
    /// own, since keys may be others.
    pub fn again(&mut self) -> Option<Description> {
        let mut told = self.told.clone()?;
        self.security.anew();
        if told.fax().is_some() {
            self.security.tells_fax();
            return Some(told);
        }
        if self.security.is_on() {
            self.origin.version += 1;
            told.set_origin(self.origin.at(self.local.ip));
            self.told = Some(told.clone());
        }
        Some(self.security.tell(told, self.place()))
    }

    /// Another party's description, made ours: what the peer is told.
    pub fn anchor(
        &mut self,
        mut description: Description,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Description {
        self.origin.version += 1;
        let video = self.place_for_video(&description, ports, media);
        let (at, origin) = (self.address(), self.origin);
        sdp::anchor(&mut description, &at, video.as_ref(), &origin);
        if self.security.bundles() && !self.security.is_asked() {
            sdp::part_numbers(&mut description);
        }
        self.suit(&mut description);
        self.tell(description, ports, media)
    }

    /// Our own answer to the peer's last offer, or our own offer when it made none.
    ///
    /// # Errors
    /// The offer cannot be served.
    pub fn answer(
        &mut self,
        speaks: Speaks,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Result<Description, Refusal> {
        self.origin.version += 1;
        let description = match &self.remote {
            Some(offer) if speaks == Speaks::Fax && offer.fax().is_some() => {
                self.answer_fax(offer)?
            }
            Some(offer) => match sdp::answer(offer, &self.capabilities(speaks)) {
                // it is better to make something for whoever listens than to refuse it
                Err(Refusal::Codec) if speaks != Speaks::Fax => {
                    sdp::answer(offer, &self.capabilities(Speaks::All))?
                }
                answer => answer?,
            },
            None => sdp::offer(&self.offers(speaks)),
        };
        Ok(self.tell(description, ports, media))
    }

    /// Our own offer.
    pub fn offer(
        &mut self,
        speaks: Speaks,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Description {
        self.origin.version += 1;
        let mut offer = sdp::offer(&self.offers(speaks));
        self.limit(&mut offer);
        self.tell(offer, ports, media)
    }

    /// What is offered instead to a peer that speaks nothing of what it was just offered: that,
    /// and behind it all that is made here. None where it is the same.
    pub(crate) fn wider(&mut self) -> Option<Description> {
        let told = self.told.as_ref().filter(|told| told.fax().is_none())?;
        let mut wider = told.clone();
        sdp::widen(&mut wider, &spoken(), &spoken(), &self.codecs).ok()?;
        if wider == *told {
            return None;
        }
        self.wider = Some(Box::new(wider.clone()));
        Some(self.security.tell(wider, self.place()))
    }

    /// From now on the wider offer is what the peer was told.
    pub(crate) fn is_widened(&mut self, media: &mut Vec<Command>) {
        if let Some(wider) = self.wider.take() {
            self.told = Some(*wider);
            self.describe(media);
        }
    }

    /// What a party of our own offers: all that is spoken here, behind what it wants most, unless
    /// nothing else will do.
    fn offers(&self, speaks: Speaks) -> Capabilities {
        let own = self.capabilities(speaks);
        match speaks {
            Speaks::Prompts | Speaks::All => own.or(&self.capabilities(Speaks::All)),
            Speaks::Fax => own,
        }
    }

    /// What a party of our own can do here.
    fn capabilities(&self, speaks: Speaks) -> Capabilities {
        let (at, origin) = (self.address(), self.origin);
        match speaks {
            Speaks::Prompts => Capabilities::guest(at, origin),
            Speaks::All => Capabilities::wide_guest(at, origin),
            Speaks::Fax => Capabilities::fax_guest(at, origin),
        }
    }

    /// The peer's last description.
    #[must_use]
    pub fn remote(&self) -> Option<&Description> {
        self.remote.as_ref()
    }

    /// What we last told the peer.
    #[must_use]
    pub fn told(&self) -> Option<&Description> {
        self.told.as_ref()
    }

    fn address(&self) -> MediaAddress {
        let LocalMedia { ip, rtp, rtcp } = self.local;
        MediaAddress {
            ip,
            port: rtp,
            rtcp_port: rtcp,
        }
    }

    /// Where the peer is to send sound to.
    fn place(&self) -> SocketAddr {
        SocketAddr::new(self.local.ip, self.local.rtp)
    }

    fn tell(
        &mut self,
        mut description: Description,
        ports: &mut Ports,
        media: &mut Vec<Command>,
    ) -> Description {
        if self.knows_extended_reports() {
            sdp::ask_for_extended_reports(&mut description);
        }
        let answers = self.security.is_asked();
        if answers {
            self.settled = None;
        } else if let Some(before) = &self.told {
            sdp::keep_places(&mut description, before);
        }
        self.told = Some(description.clone());
        if description.fax().is_some() {
            self.security.tells_fax();
            self.describe(media);
            return description;
        }
        let before = self.keys();
        let description = self.security.tell(description, self.place());
        self.note_video_told(&description);
        self.secure_all(before, media);
        self.describe(media);
        if answers {
            self.trim_video(ports, media);
        }
        self.describe_video(ports, media);
        description
    }

    /// Whether the peer may be told which extended reports are wanted: in an offer, and in an
    /// answer to an offer that wants some itself (RFC 3611 section 5.2).
    fn knows_extended_reports(&self) -> bool {
        let offered = self.remote.as_ref().filter(|_| self.security.is_asked());
        let offered = offered.and_then(remote_of);
        offered.is_none_or(|remote| remote.extended.is_any())
    }

    /// Tells the road of other keys.
    fn secure(&self, before: Option<Box<Keys>>, media: &mut Vec<Command>) {
        let keys = self.security.keys();
        if keys != before {
            let id = self.endpoint;
            media.push(Command::Secure { id, keys });
        }
    }

    fn declare(&self, ports: &mut Ports) {
        let Some(at) = self.remote.as_ref().and_then(place_of) else {
            return;
        };
        if at.ip().is_unspecified() || self.security.seeks() {
            return;
        }
        let trust = trusted(at.ip(), self.signalling);
        // A taken address leaves the leg as it was: it goes on listening for whoever is unknown.
        let _taken = ports.declare(self.endpoint, at, trust);
    }

    fn describe(&mut self, media: &mut Vec<Command>) {
        let expects = self.expectation();
        if expects != self.expects {
            self.expects = expects;
            media.push(Command::Describe {
                id: self.endpoint,
                expects,
            });
        }
    }
}

fn usable(rtp: SocketAddr, signalling: IpAddr) -> bool {
    !rtp.ip().is_unspecified() && trusted(rtp.ip(), signalling)
}
