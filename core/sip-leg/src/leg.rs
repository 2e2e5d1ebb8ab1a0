//! One leg: the usage, the media, and the place in the call.

mod order;
mod report;
mod transport;

pub use order::PromptBook;
pub use report::Report;

use crate::way::Way;
use crate::{NoPort, Offer, Secrets, Sound};
use bytes::Bytes;
use call::LegId;
use domain::Srtp;
use machine::Instant;
use media::{Command, EndpointId, Ports};
use sdp::Description;
use serde::{Deserialize, Serialize};
use sip_message::{Flow, Message, Name};
use sip_stack::digest::Login;
use sip_stack::transaction::{self, Owner, ServerKey, Transactions};
use sip_stack::usage::{Config, Event, Hop, InviteUsage, Outgoing, Part, Snapshot, Step};
use std::sync::Arc;
use std::time::Duration;

/// What a leg works with: the shard's transactions and media ports, and where its orders to media
/// go.
pub struct Desk<'a> {
    /// Now.
    pub now: Instant,
    /// The shard's transactions.
    pub transactions: &'a mut Transactions,
    /// The shard's media ports.
    pub ports: &'a mut Ports,
    /// Orders to media are appended here.
    pub media: &'a mut Vec<Command>,
}

impl Desk<'_> {
    pub(crate) fn step<'b>(&'b mut self, events: &'b mut Vec<Event>) -> Step<'b> {
        Step {
            now: self.now,
            transactions: self.transactions,
            events,
        }
    }
}

/// A call to a contact.
#[derive(Clone, Debug)]
pub struct Dial {
    /// The leg it is.
    pub leg: LegId,
    /// The contact's URI.
    pub uri: String,
    /// From, without a tag.
    pub from: String,
    /// To.
    pub to: String,
    /// The way there (RFC 3327), nearest first.
    pub routes: Vec<String>,
    /// The flow to go by.
    pub flow: Flow,
    /// Max-Forwards left for it.
    pub max_forwards: u8,
    /// The other side's offer; none for a late offer.
    pub offer: Option<Description>,
    /// The media endpoint of the other side.
    pub near: Option<EndpointId>,
    /// Further headers of the INVITE.
    pub headers: Vec<(Name<'static>, String)>,
    /// Those that rules of a trunk write, by name.
    pub named: Vec<(String, String)>,
    /// What a carrier needs beside; none for a phone.
    pub carrier: Option<Box<Carrier>>,
    /// A way by a connection for an INVITE that is too long for a datagram.
    pub stream: Option<Hop>,
    /// Other flows to the same phone, tried in order while nothing is heard of it (RFC 5626 §7).
    pub further: Vec<Hop>,
}

/// How long a flow to a phone that has others may bring nothing, not even 100, before the next is
/// tried.
const SILENT_FLOW: Duration = Duration::from_secs(4);

/// What a call to a carrier needs beside.
#[derive(Clone, Debug)]
pub struct Carrier {
    /// Who we are, should it ask.
    pub login: Option<Login>,
    /// How long it may say nothing at all.
    pub patience: Duration,
    /// What goes beside the offer.
    pub beside: Option<Part>,
    /// Whether sound is let through before it answers.
    pub early_media: bool,
    /// The codecs that may be spoken, most wanted first; any where none is named.
    pub codecs: Vec<String>,
}

/// One leg of a call, in SIP.
pub struct SipLeg {
    leg: LegId,
    usage: InviteUsage,
    sound: Sound,
    way: Way,
    flow: Flow,
    user_agent: String,
    early: Early,
    referral: Option<u32>,
    closed: bool,
}

/// What is done with sound before the answer.
#[derive(Debug, Default)]
pub(crate) enum Early {
    /// It is let through.
    #[default]
    Passed,
    /// It is not; the description that came with it is kept for an answer that has none.
    HeldBack(Option<Description>),
}

/// A leg's stored form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    leg: LegId,
    usage: Snapshot,
    sound: Sound,
    flow: Flow,
    user_agent: String,
}

impl Stored {
    /// Which leg of its call it is.
    #[must_use]
    pub fn leg(&self) -> LegId {
        self.leg
    }

    /// The flow the leg's peer is on.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }
}

/// The offer an INVITE carries, from whom sound may be protected so far as `srtp` says: none for a
/// late offer.
///
/// # Errors
/// The status to refuse it with: 415 for another kind of body, 400 for a description that cannot
/// be read, 488 for one without sound we could carry.
pub fn offer_of(invite: &Message, srtp: Srtp) -> Result<Option<Offer>, u16> {
    if invite.body().is_empty() {
        return Ok(None);
    }
    let kind = invite
        .header(Name::ContentType)
        .unwrap_or("application/sdp");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/sdp") {
        return Err(415);
    }
    let description = Description::parse(invite.body()).map_err(|_| 400_u16)?;
    Offer::of(description, srtp).map(Some).ok_or(488)
}

impl SipLeg {
    /// The caller's leg, once its INVITE has been taken in.
    #[must_use]
    pub fn caller(
        leg: LegId,
        usage: InviteUsage,
        sound: Sound,
        flow: Flow,
        user_agent: &str,
    ) -> SipLeg {
        let user_agent = user_agent.to_owned();
        SipLeg {
            leg,
            usage,
            sound,
            way: Way::default(),
            flow,
            user_agent,
            early: Early::Passed,
            referral: None,
            closed: false,
        }
    }

    /// Dials.
    pub fn dial(
        mut dial: Dial,
        mut sound: Sound,
        config: Arc<Config>,
        owner: Owner,
        desk: &mut Desk<'_>,
    ) -> SipLeg {
        if let Some(carrier) = &dial.carrier {
            sound = sound.only(&carrier.codecs);
        }
        let offer = dial
            .offer
            .map(|offer| text(&sound.anchor(offer, desk.ports, desk.media)));
        // a carrier that refuses is followed by the next one
        let wider = match dial.carrier {
            Some(_) => None,
            None => sound.wider().map(|offer| text(&offer)),
        };
        let mut headers = vec![(Name::MaxForwards, dial.max_forwards.to_string())];
        headers.extend(dial.headers);
        let (mut login, mut patience, mut beside) = (None, None, None);
        let mut early = Early::Passed;
        if let Some(carrier) = dial.carrier {
            (login, patience) = (carrier.login, Some(carrier.patience));
            beside = carrier.beside;
            if !carrier.early_media {
                early = Early::HeldBack(None);
            }
        } else if let Some((_last, before)) = dial.further.split_last_mut() {
            patience = Some(SILENT_FLOW);
            for hop in before {
                hop.patience = patience;
            }
        }
        let outgoing = Outgoing {
            request_uri: dial.uri,
            from: dial.from,
            to: dial.to,
            call_id: None,
            routes: dial.routes,
            flow: dial.flow,
            headers,
            named: dial.named,
            offer,
            wider,
            beside,
            login,
            patience,
            stream: dial.stream,
            further: dial.further,
        };
        let mut events = Vec::new();
        let usage = InviteUsage::outgoing(outgoing, config, owner, &mut desk.step(&mut events));
        debug_assert!(events.is_empty(), "sending an INVITE tells nothing yet");
        SipLeg {
            leg: dial.leg,
            flow: usage.way().unwrap_or(dial.flow),
            usage,
            sound,
            way: Way::default(),
            user_agent: String::new(),
            early,
            referral: None,
            closed: false,
        }
    }

    /// Which leg of its call it is.
    #[must_use]
    pub fn leg(&self) -> LegId {
        self.leg
    }

    /// The leg went on in another call.
    pub fn moved_to(&mut self, leg: LegId) {
        self.leg = leg;
    }

    /// The usage.
    #[must_use]
    pub fn usage(&self) -> &InviteUsage {
        &self.usage
    }

    /// The media.
    #[must_use]
    pub fn sound(&self) -> &Sound {
        &self.sound
    }

    /// Moves its media to the worker of this endpoint, where it is not there already, so that the
    /// two can be joined. A peer that has been told where it was has to be told anew, by an offer.
    ///
    /// # Errors
    /// [`NoPort`] where that worker has none left.
    pub fn move_near(&mut self, near: EndpointId, desk: &mut Desk<'_>) -> Result<(), NoPort> {
        self.sound.move_near(near, desk.ports, desk.media)
    }

    /// The flow its peer is on.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// The peer is reached by another flow, on which we are who `config` says.
    pub fn moved(&mut self, flow: Flow, config: Arc<Config>, transactions: &mut Transactions) {
        self.flow = flow;
        self.usage.moved(flow, config, transactions);
    }

    /// Goes with the usage where that has taken another way to its phone.
    fn follow_usage(&mut self) {
        if let Some(flow) = self.usage.way() {
            self.flow = flow;
        }
    }

    /// Who we are to a carrier that asks, after the leg was restored.
    pub fn log_in(&mut self, login: Login) {
        self.usage.log_in(login);
    }

    /// What its peer calls itself.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// Gives the media endpoint back, once.
    pub fn close(&mut self, desk: &mut Desk<'_>) {
        if !self.closed {
            self.closed = true;
            self.sound.close(desk.ports, desk.media);
        }
    }

    /// Passes on what the transactions tell of this leg.
    pub fn take(
        &mut self,
        event: transaction::Event,
        desk: &mut Desk<'_>,
        reports: &mut Vec<Report>,
    ) {
        let mut events = Vec::new();
        self.usage.take(event, &mut desk.step(&mut events));
        self.follow_usage();
        self.report(events, desk, reports);
    }

    /// When the leg wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let usage = self.usage.deadline().map(|deadline| deadline.at);
        [usage, self.way.deadline()].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn expire(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let mut events = Vec::new();
        self.usage.expire(&mut desk.step(&mut events));
        self.follow_usage();
        self.report(events, desk, reports);
        self.expire_way(desk, reports);
    }

    /// The leg's stored form, while its call is being talked on and nothing is under way.
    #[must_use]
    pub fn store(&self, now: Instant) -> Option<Stored> {
        let mut usage = self.usage.snapshot(now)?;
        if self.sound.is_protected() {
            usage.describe(None);
        }
        Some(Stored {
            leg: self.leg,
            usage,
            sound: self.sound.clone(),
            flow: self.flow,
            user_agent: self.user_agent.clone(),
        })
    }

    /// The leg of a stored form, its media endpoint taken back. Where its packets are protected
    /// keys are drawn from these secrets, to be [offered](SipLeg::probe) as soon as may be.
    ///
    /// # Errors
    /// [`NoPort`] when the media port is no longer ours.
    pub fn restore(
        stored: Stored,
        config: Arc<Config>,
        (owner, secrets): (Owner, Secrets),
        desk: &mut Desk<'_>,
    ) -> Result<SipLeg, NoPort> {
        let Stored {
            leg,
            mut usage,
            mut sound,
            flow,
            user_agent,
        } = stored;
        sound.reopen(secrets, desk.ports, desk.media)?;
        if sound.wants_keys() {
            usage.describe(sound.again().map(|told| told.to_string()));
        }
        let usage = InviteUsage::restore(usage, config, owner, desk.now);
        Ok(SipLeg {
            leg,
            usage,
            sound,
            way: Way::default(),
            flow,
            user_agent,
            early: Early::Passed,
            referral: None,
            closed: false,
        })
    }

    /// Takes in an INVITE: the usage answers it from here on.
    ///
    /// # Errors
    /// The status it has been answered with.
    pub fn take_invite(
        key: ServerKey,
        flow: Flow,
        invite: Message,
        config: Arc<Config>,
        owner: Owner,
        desk: &mut Desk<'_>,
    ) -> Result<InviteUsage, u16> {
        let mut events = Vec::new();
        InviteUsage::incoming(
            key,
            flow,
            invite,
            config,
            owner,
            &mut desk.step(&mut events),
        )
    }
}

/// A description as it goes into a message.
fn text(description: &Description) -> Bytes {
    Bytes::from(description.to_string())
}
