//! A recording session (RFC 7866): one dialog with a recording server or with a recording client,
//! and a stream for each voice. Each stream is a [`Sound`] of its own; what is told and heard is
//! put together of theirs and taken apart for them.

mod streams;

pub use streams::RecordingStream;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use machine::Instant;
use sdp::{Description, Direction};
use sip_message::{Flow, Message, Name, reason_phrase};
use sip_stack::digest::Login;
use sip_stack::transaction::{self, Owner, ServerKey};
use sip_stack::usage::{Config, Ending, Event, Hop, InviteUsage, Outgoing, Part, Untimely};
use siprec::{DISPOSITION, METADATA, Metadata};

use crate::{Desk, Sound};
use streams::Streams;

/// Hops of a session's requests (RFC 3261 §8.1.1.6).
const HOPS: &str = "70";

/// A recording server to be called.
#[derive(Clone, Debug)]
pub struct RecordingCall {
    /// Its URI.
    pub uri: String,
    /// From, without a tag.
    pub from: String,
    /// The way there (RFC 3261 §16.12), nearest first.
    pub routes: Vec<String>,
    /// The flow to go by.
    pub flow: Flow,
    /// Who we are, should it ask.
    pub login: Option<Login>,
    /// How long it may say nothing at all.
    pub patience: Duration,
    /// A way by a connection for an INVITE that is too long for a datagram.
    pub stream: Option<Hop>,
    /// What it is told of the call.
    pub metadata: Metadata,
}

/// What a session tells its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingReport {
    /// The server has answered: its streams may be spoken to.
    Answered,
    /// It does not record, with this status and these words.
    Refused(u16, String),
    /// Which streams are taken, and which of them are silent, may have changed.
    Changed,
    /// The session is over, and not by our order, for a reason in words.
    Ended(&'static str),
    /// The session may be dropped.
    Terminated,
}

/// One dialog with a recording server or client.
pub struct RecordingSession {
    usage: InviteUsage,
    flow: Flow,
    streams: Streams,
    /// Streams are spoken to, where we are the client: recording is not paused.
    speaks: bool,
    closed: bool,
}

impl RecordingSession {
    /// As a client: calls a server. The streams are called by their labels.
    pub fn call(
        call: RecordingCall,
        sounds: Vec<(String, Sound)>,
        config: Arc<Config>,
        owner: Owner,
        desk: &mut Desk<'_>,
    ) -> RecordingSession {
        let mut streams = Streams::ours(sounds);
        let offer = text(&streams.offer(Direction::SendOnly, desk));
        let outgoing = Outgoing {
            to: format!("<{}>", call.uri),
            request_uri: call.uri,
            from: call.from,
            call_id: None,
            routes: call.routes,
            flow: call.flow,
            headers: vec![(Name::MaxForwards, HOPS.to_owned())],
            named: Vec::new(),
            offer: Some(offer),
            wider: None,
            beside: Some(part(&call.metadata)),
            login: call.login,
            patience: Some(call.patience),
            stream: call.stream,
            further: Vec::new(),
        };
        let mut events = Vec::new();
        let usage = InviteUsage::outgoing(outgoing, config, owner, &mut desk.step(&mut events));
        RecordingSession {
            flow: usage.way().unwrap_or(call.flow),
            usage,
            streams,
            speaks: true,
            closed: false,
        }
    }

    /// As a server: takes a client's INVITE with this offer, and answers it. Of its streams as many
    /// are taken as there are sounds.
    ///
    /// # Errors
    /// The status it has been answered with; the sounds are closed.
    pub fn answer(
        (key, flow, invite): (ServerKey, Flow, Message),
        offer: &Description,
        sounds: Vec<Sound>,
        config: Arc<Config>,
        owner: Owner,
        desk: &mut Desk<'_>,
    ) -> Result<RecordingSession, u16> {
        let mut streams = Streams::theirs(sounds);
        let mut events = Vec::new();
        let mut step = desk.step(&mut events);
        let usage = InviteUsage::incoming(key, flow, invite, config, owner, &mut step);
        let mut usage = match usage {
            Ok(usage) => usage,
            Err(status) => {
                streams.close(desk);
                return Err(status);
            }
        };
        let Some(answer) = streams.answer(offer, Direction::RecvOnly, desk) else {
            streams.close(desk);
            let refused = usage.refuse(488, None, &[], &mut desk.step(&mut events));
            debug_assert!(refused.is_ok(), "the INVITE has just come");
            return Err(488);
        };
        let sdp = Some(text(&answer));
        let answered = usage.answer(sdp, &mut desk.step(&mut events));
        debug_assert!(answered.is_ok(), "the INVITE has just come");
        Ok(RecordingSession {
            usage,
            flow,
            streams,
            speaks: false,
            closed: false,
        })
    }

    /// The usage.
    #[must_use]
    pub fn usage(&self) -> &InviteUsage {
        &self.usage
    }

    /// The flow its peer is on.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// Its streams.
    #[must_use]
    pub fn streams(&self) -> &[RecordingStream] {
        self.streams.all()
    }

    /// As a client: tells the server what has changed, and whether anything is said for now. While
    /// the dialog is busy it waits its turn, and one that comes later takes its place: so what is
    /// told is always what has changed since the server answered last.
    pub fn tell(&mut self, metadata: &Metadata, speaks: bool, desk: &mut Desk<'_>) {
        self.speaks = speaks;
        let offer = text(&self.streams.offer(self.direction(), desk));
        let mut events = Vec::new();
        let mut step = desk.step(&mut events);
        // one that has not answered, or is being hung up, is told nothing
        let _untimely = self.usage.reoffer_beside(offer, part(metadata), &mut step);
    }

    /// Ends it.
    pub fn hang_up(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<RecordingReport>) {
        self.close(desk);
        let mut events = Vec::new();
        let timely = self.usage.hang_up(None, &mut desk.step(&mut events));
        let _over_already = timely.is_err();
        self.report(events, desk, reports);
    }

    /// Gives the media endpoints back, once.
    pub fn close(&mut self, desk: &mut Desk<'_>) {
        if !self.closed {
            self.closed = true;
            self.streams.close(desk);
        }
    }

    /// Passes on what the transactions tell of it.
    pub fn take(
        &mut self,
        event: transaction::Event,
        desk: &mut Desk<'_>,
        reports: &mut Vec<RecordingReport>,
    ) {
        let mut events = Vec::new();
        self.usage.take(event, &mut desk.step(&mut events));
        self.follow_usage();
        self.report(events, desk, reports);
    }

    /// When it wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.usage.deadline().map(|deadline| deadline.at)
    }

    /// Does what is due.
    pub fn expire(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<RecordingReport>) {
        let mut events = Vec::new();
        self.usage.expire(&mut desk.step(&mut events));
        self.follow_usage();
        self.report(events, desk, reports);
    }

    fn follow_usage(&mut self) {
        if let Some(flow) = self.usage.way() {
            self.flow = flow;
        }
    }

    /// What its streams are here.
    fn direction(&self) -> Direction {
        match (self.streams.are_ours(), self.speaks) {
            (true, true) => Direction::SendOnly,
            (true, false) => Direction::Inactive,
            (false, _) => Direction::RecvOnly,
        }
    }

    fn report(
        &mut self,
        events: Vec<Event>,
        desk: &mut Desk<'_>,
        reports: &mut Vec<RecordingReport>,
    ) {
        for event in events {
            self.note(event, desk, reports);
        }
    }

    fn note(&mut self, event: Event, desk: &mut Desk<'_>, reports: &mut Vec<RecordingReport>) {
        match event {
            Event::Answered { sdp, .. } => {
                self.hear(sdp, desk);
                reports.push(RecordingReport::Answered);
            }
            Event::ReofferAnswered { sdp } | Event::Confirmed { sdp: sdp @ Some(_) } => {
                self.hear(sdp, desk);
                reports.push(RecordingReport::Changed);
            }
            Event::ReofferRefused { .. } => {
                self.streams.withdraw(desk);
                reports.push(RecordingReport::Changed);
            }
            Event::Refused { status, message } => {
                self.close(desk);
                let words = words(status, message.as_ref());
                reports.push(RecordingReport::Refused(status, words));
            }
            Event::Offered { sdp } => self.offered(sdp, desk, reports),
            Event::Ended { ending, .. } => {
                self.close(desk);
                reports.push(RecordingReport::Ended(ended(ending)));
            }
            Event::Cancelled { .. } => self.close(desk),
            Event::Referred(referral) => {
                let mut events = Vec::new();
                let mut step = desk.step(&mut events);
                // nobody is sent elsewhere with the sound of others
                let _refused = self.usage.refuse_refer(referral.id, 403, &mut step);
            }
            Event::Terminated => {
                self.close(desk);
                reports.push(RecordingReport::Terminated);
            }
            Event::Ringing { .. }
            | Event::Progressed { .. }
            | Event::Confirmed { sdp: None }
            | Event::Widened
            | Event::OfferWithdrawn
            | Event::Info { .. }
            | Event::ReferProgressed { .. }
            | Event::Refreshed { .. } => {}
        }
    }

    /// What the peer says to our offer; streams that it does not speak of are not taken.
    fn hear(&mut self, sdp: Option<Bytes>, desk: &mut Desk<'_>) {
        let description = sdp.and_then(|sdp| Description::parse(&sdp).ok());
        self.streams.hear(description.as_ref(), desk);
    }

    /// The peer offers anew, or asks us to.
    fn offered(
        &mut self,
        sdp: Option<Bytes>,
        desk: &mut Desk<'_>,
        reports: &mut Vec<RecordingReport>,
    ) {
        let direction = self.direction();
        let told = match sdp {
            None => Some(self.streams.offer(direction, desk)),
            Some(sdp) => {
                let offer = Description::parse(&sdp).ok();
                offer.and_then(|offer| self.streams.answer(&offer, direction, desk))
            }
        };
        let mut events = Vec::new();
        let mut step = desk.step(&mut events);
        let done: Result<(), Untimely> = match told {
            Some(told) => self.usage.answer_reoffer(text(&told), &mut step),
            None => self.usage.refuse_reoffer(488, &[], &mut step),
        };
        debug_assert!(done.is_ok(), "the offer was just made");
        reports.push(RecordingReport::Changed);
        self.report(events, desk, reports);
    }
}

/// Metadata as it goes beside a description (RFC 7866 §9.1).
fn part(metadata: &Metadata) -> Part {
    Part {
        content_type: METADATA,
        id: "metadata".to_owned(),
        disposition: Some(DISPOSITION),
        body: Bytes::from(metadata.to_string()),
    }
}

fn text(description: &Description) -> Bytes {
    Bytes::from(description.to_string())
}

/// The words that came with a status, or what it means that nothing came.
fn words(status: u16, message: Option<&Message>) -> String {
    let Some(message) = message else {
        return "nothing was heard".to_owned();
    };
    let reason = match message.kind() {
        sip_message::Kind::Response { reason, .. } if !reason.is_empty() => reason,
        sip_message::Kind::Response { .. } | sip_message::Kind::Request { .. } => {
            reason_phrase(status)
        }
    };
    reason.chars().take(64).collect()
}

fn ended(ending: Ending) -> &'static str {
    match ending {
        Ending::PeerHungUp => "the other side has hung up",
        Ending::NoAck | Ending::NoPrack => "the other side does not acknowledge",
        Ending::SessionExpired => "the other side has not refreshed the session",
        Ending::DialogUnknown => "the other side does not know the session any more",
        Ending::PeerSilent => "the other side does not answer",
    }
}
