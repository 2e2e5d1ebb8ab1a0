//! InviteUsage: its fields, its orders, and the one place where inputs are told apart.

use std::sync::Arc;

use bytes::Bytes;
use machine::{Deadline, Instant};
use sip_message::{Flow, Message, Name};

use super::business::Purpose;
use super::config::Config;
use super::dismiss::dismiss_within;
use super::incoming::Called;
use super::leaving::Leaving;
use super::live::Live;
use super::offer::Turn;
use super::outgoing::{Calling, Outgoing};
use super::peer::Peer;
use super::request::Request;
use super::snapshot::Snapshot;
use super::step::{Cx, Phase, Step, Timer, Untimely};
use crate::dialog::{Dialog, DialogName};
use crate::transaction::{ClientKey, Event, Owner, ServerKey};

/// Where a usage stands, with what it needs there and nothing else.
#[derive(Debug)]
pub(super) enum State {
    Incoming(Box<Called>),
    Outgoing(Box<Calling>),
    Live(Box<Live>),
    Leaving(Box<Leaving>),
    Over,
}

/// The INVITE usage: one leg of a call.
#[derive(Debug)]
pub struct InviteUsage {
    config: Arc<Config>,
    owner: Owner,
    call_id: Box<str>,
    local_tag: Box<str>,
    state: State,
}

impl State {
    const fn phase(&self) -> Phase {
        match self {
            Self::Incoming(_) => Phase::Incoming,
            Self::Outgoing(_) => Phase::Outgoing,
            Self::Live(_) | Self::Leaving(_) => Phase::Live,
            Self::Over => Phase::Over,
        }
    }

    fn called(self) -> Result<Box<Called>, Self> {
        match self {
            Self::Incoming(called) => Ok(called),
            other @ (Self::Outgoing(_) | Self::Live(_) | Self::Leaving(_) | Self::Over) => {
                Err(other)
            }
        }
    }

    /// Lets a live call do something; false when it does not fit.
    fn live(self, act: impl FnOnce(&mut Live) -> bool) -> Result<Self, Self> {
        match self {
            Self::Live(mut live) => {
                if act(&mut live) {
                    Ok(Self::Live(live))
                } else {
                    Err(Self::Live(live))
                }
            }
            other @ (Self::Incoming(_) | Self::Outgoing(_) | Self::Leaving(_) | Self::Over) => {
                Err(other)
            }
        }
    }
}

impl InviteUsage {
    /// Takes an INVITE that came outside dialogs. On an error the INVITE has been answered.
    ///
    /// # Errors
    /// The status it was answered with: 400 (no Contact, bad headers), 415 (a body we cannot
    /// read), 420 (an extension required that we do not know), 422 (session interval too small).
    pub fn incoming(
        key: ServerKey,
        flow: Flow,
        invite: Message,
        config: Arc<Config>,
        owner: Owner,
        step: &mut Step<'_>,
    ) -> Result<Self, u16> {
        let config_of = Arc::clone(&config);
        let mut cx = Cx {
            config: &config_of,
            owner,
            step,
        };
        let request = Request {
            key,
            flow,
            message: invite,
        };
        let called = Called::take_in(request, &mut cx)?;
        let dialog = &called.peer.dialog;
        Ok(Self {
            config,
            owner,
            call_id: dialog.call_id().into(),
            local_tag: dialog.local_tag().into(),
            state: State::Incoming(called),
        })
    }

    /// Sends an INVITE.
    pub fn outgoing(
        outgoing: Outgoing,
        config: Arc<Config>,
        owner: Owner,
        step: &mut Step<'_>,
    ) -> Self {
        let call_id = outgoing.call_id.clone();
        let call_id = call_id.unwrap_or_else(|| step.transactions.call_id());
        let local_tag = step.transactions.tag().to_string();
        let name = (call_id.clone(), local_tag.clone());
        let mut cx = Cx {
            config: &config,
            owner,
            step,
        };
        let calling = Calling::send(outgoing, name, &mut cx);
        Self {
            config,
            owner,
            call_id: call_id.into(),
            local_tag: local_tag.into(),
            state: State::Outgoing(calling),
        }
    }

    /// Continues a confirmed usage.
    pub fn restore(snapshot: Snapshot, config: Arc<Config>, owner: Owner, now: Instant) -> Self {
        Self {
            config,
            owner,
            call_id: snapshot.dialog.call_id().into(),
            local_tag: snapshot.dialog.local_tag().into(),
            state: State::Live(Box::new(Live::restore(snapshot, now))),
        }
    }

    /// The state of a confirmed usage at rest; none in other phases.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Option<Snapshot> {
        match &self.state {
            State::Live(live) => live.snapshot(now),
            State::Incoming(_) | State::Outgoing(_) | State::Leaving(_) | State::Over => None,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// The Call-ID and our tag: what [`Dialogs`](crate::dialog::Dialogs) is told.
    #[must_use]
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Our tag.
    #[must_use]
    pub fn local_tag(&self) -> &str {
        &self.local_tag
    }

    /// The dialog: the confirmed one; of a callee the early one; of a caller with forks the
    /// early one heard last.
    #[must_use]
    pub fn dialog(&self) -> Option<&Dialog> {
        match &self.state {
            State::Incoming(called) => Some(&called.peer.dialog),
            State::Outgoing(calling) => calling.forks.latest(),
            State::Live(live) => Some(&live.peer.dialog),
            State::Leaving(leaving) => Some(&leaving.peer.dialog),
            State::Over => None,
        }
    }

    /// The name of that dialog.
    #[must_use]
    pub fn dialog_name(&self) -> Option<DialogName> {
        self.dialog().map(Dialog::name)
    }

    /// The INVITE that came in, while not answered.
    #[must_use]
    pub fn invite(&self) -> Option<&Message> {
        match &self.state {
            State::Incoming(called) => Some(&called.invite),
            State::Outgoing(_) | State::Live(_) | State::Leaving(_) | State::Over => None,
        }
    }

    /// The policy.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Carries out an order, or leaves everything as it was.
    fn order(
        &mut self,
        order: &'static str,
        step: &mut Step<'_>,
        act: impl FnOnce(State, &mut Cx<'_, '_>) -> Result<State, State>,
    ) -> Result<(), Untimely> {
        let phase = self.phase();
        let state = std::mem::replace(&mut self.state, State::Over);
        let mut cx = Cx {
            config: &self.config,
            owner: self.owner,
            step,
        };
        match act(state, &mut cx) {
            Ok(next) => {
                self.state = next;
                Ok(())
            }
            Err(same) => {
                self.state = same;
                Err(Untimely { order, phase })
            }
        }
    }

    /// Lets something happen.
    fn happen(&mut self, step: &mut Step<'_>, act: impl FnOnce(State, &mut Cx<'_, '_>) -> State) {
        let state = std::mem::replace(&mut self.state, State::Over);
        let mut cx = Cx {
            config: &self.config,
            owner: self.owner,
            step,
        };
        self.state = act(state, &mut cx);
    }

    /// Callee: sends a provisional response (101 to 199), reliably when asked and the caller
    /// can, or when the caller requires it. A description is the answer (or, when the INVITE
    /// had no offer, the offer); sent unreliably it only announces the answer.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming and not yet answered; also when too many reliable ones wait.
    pub fn ring(
        &mut self,
        status: u16,
        sdp: Option<Bytes>,
        reliable: bool,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("ring", step, |state, cx| {
            let mut called = state.called()?;
            if called.ring(status, sdp, reliable, cx) {
                Ok(State::Incoming(called))
            } else {
                Err(State::Incoming(called))
            }
        })
    }

    /// Callee: answers with 200. The description may be left out when a provisional response
    /// has carried it.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming and not yet answered, or when nothing was described.
    pub fn answer(&mut self, sdp: Option<Bytes>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("answer", step, |state, cx| state.called()?.answer(sdp, cx))
    }

    /// Callee: refuses with a status (300 to 699), a phrase of our own and further headers.
    /// [`Event::Terminated`](super::Event::Terminated) follows.
    ///
    /// # Errors
    /// [`Untimely`] unless incoming.
    pub fn refuse(
        &mut self,
        status: u16,
        phrase: Option<&str>,
        headers: &[(Name<'_>, String)],
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("refuse", step, |state, cx| {
            Ok(state.called()?.refuse(status, phrase, headers, cx))
        })
    }

    /// Caller: gives up before the answer; `reason` is a Reason value (RFC 3326). An answer
    /// that crosses it is acknowledged and hung up.
    /// [`Event::Terminated`](super::Event::Terminated) follows, when the INVITE has ended.
    ///
    /// # Errors
    /// [`Untimely`] unless outgoing and not yet cancelled.
    pub fn cancel(&mut self, reason: Option<&str>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("cancel", step, |state, cx| match state {
            State::Outgoing(calling) => give_up(calling, reason, cx),
            other @ (State::Incoming(_) | State::Live(_) | State::Leaving(_) | State::Over) => {
                Err(other)
            }
        })
    }

    /// Ends the call from whatever state: BYE when live, CANCEL when outgoing, 480 when
    /// incoming. [`Event::Terminated`](super::Event::Terminated) follows, perhaps later.
    ///
    /// # Errors
    /// [`Untimely`] when it is over or being hung up already.
    pub fn hang_up(&mut self, reason: Option<&str>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("hang_up", step, |state, cx| match state {
            State::Incoming(called) => {
                let reason = reason.map(|reason| (Name::Reason, reason.to_owned()));
                let headers: Vec<(Name<'_>, String)> = reason.into_iter().collect();
                Ok(called.refuse(480, None, &headers, cx))
            }
            State::Outgoing(calling) => give_up(calling, reason, cx),
            State::Live(live) => Ok(live.hang_up(reason, cx)),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Gives the answer to an offer that came in a 2xx: in its ACK.
    ///
    /// # Errors
    /// [`Untimely`] unless a 2xx with an offer waits for it.
    pub fn confirm(&mut self, sdp: Bytes, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("confirm", step, |state, cx| {
            state.live(|live| live.confirm(sdp, cx))
        })
    }

    /// Offers anew, or without a description asks the peer to offer: a re-INVITE when live, an
    /// UPDATE in an early dialog. While the dialog is busy it waits its turn; a later order
    /// takes the place of one that waits.
    ///
    /// # Errors
    /// [`Untimely`] unless live, or early with a completed exchange and a peer that allows
    /// UPDATE.
    pub fn reoffer(&mut self, sdp: Option<Bytes>, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("reoffer", step, |mut state, cx| {
            let early = match &mut state {
                State::Live(live) => {
                    live.reoffer(sdp, cx);
                    return Ok(state);
                }
                State::Incoming(called) => Some(&mut called.peer),
                State::Outgoing(calling) => calling.forks.find(may_update),
                State::Leaving(_) | State::Over => None,
            };
            match (early.filter(|peer| may_update(peer)), sdp) {
                (Some(peer), Some(sdp)) => {
                    peer.modify(Purpose::Offer(sdp), cx);
                    Ok(state)
                }
                (Some(_) | None, _) => Err(state),
            }
        })
    }

    /// Answers (or, when asked to, makes) the offer of
    /// [`Event::Offered`](super::Event::Offered).
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn answer_reoffer(&mut self, sdp: Bytes, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("answer_reoffer", step, |state, cx| match state {
            State::Incoming(called) => called.answer_offer(sdp, cx),
            State::Outgoing(mut calling) => {
                if calling.forks.answer_offer(sdp, cx) {
                    Ok(State::Outgoing(calling))
                } else {
                    Err(State::Outgoing(calling))
                }
            }
            live @ State::Live(_) => live.live(|live| {
                let answered = live.peer.answer_offer(sdp, cx);
                live.peer.proceed(cx);
                answered
            }),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Refuses the offer of [`Event::Offered`](super::Event::Offered), with 488 for instance.
    ///
    /// # Errors
    /// [`Untimely`] when none waits.
    pub fn refuse_reoffer(&mut self, status: u16, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("refuse_reoffer", step, |state, cx| match state {
            State::Incoming(called) => called.refuse_offer(status, cx),
            State::Outgoing(mut calling) => {
                if calling.forks.refuse_offer(status, cx) {
                    Ok(State::Outgoing(calling))
                } else {
                    Err(State::Outgoing(calling))
                }
            }
            live @ State::Live(_) => live.live(|live| {
                let refused = live.peer.refuse_offer(status, cx);
                live.peer.proceed(cx);
                refused
            }),
            other @ (State::Leaving(_) | State::Over) => Err(other),
        })
    }

    /// Sends an INFO (RFC 6086, legacy use).
    ///
    /// # Errors
    /// [`Untimely`] unless live; also when too many await their answers.
    pub fn info(
        &mut self,
        content_type: &str,
        body: Bytes,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("info", step, |state, cx| {
            state.live(|live| live.info(content_type, body, cx))
        })
    }

    /// Accepts a transfer: 202 and a first NOTIFY with 100.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn accept_refer(&mut self, id: u32, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("accept_refer", step, |state, cx| {
            state.live(|live| live.referrals.accept(id, &mut live.peer, cx))
        })
    }

    /// Refuses a transfer.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral waits.
    pub fn refuse_refer(
        &mut self,
        id: u32,
        status: u16,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("refuse_refer", step, |state, cx| {
            state.live(|live| live.referrals.refuse(id, status, cx))
        })
    }

    /// Tells the transferor how the transfer goes: the status of the new call, final ones end
    /// it.
    ///
    /// # Errors
    /// [`Untimely`] when no such referral is accepted and unended.
    pub fn notify_refer(
        &mut self,
        id: u32,
        status: u16,
        step: &mut Step<'_>,
    ) -> Result<(), Untimely> {
        self.order("notify_refer", step, |state, cx| {
            state.live(|live| live.referrals.tell(id, status, &mut live.peer, cx))
        })
    }

    /// Asks the peer to call someone else (RFC 3515): `refer_to` is a Refer-To value.
    ///
    /// # Errors
    /// [`Untimely`] unless live; also when too many transfers are under way.
    pub fn refer(&mut self, refer_to: &str, step: &mut Step<'_>) -> Result<(), Untimely> {
        self.order("refer", step, |state, cx| {
            state.live(|live| live.referrals.ask(refer_to, &mut live.peer, cx))
        })
    }

    /// Takes what the transactions tell of this usage: requests of its dialogs, responses and
    /// failures of its owner's, ACKs, CANCELs. What is not for it is answered or ignored.
    pub fn take(&mut self, event: Event, step: &mut Step<'_>) {
        self.happen(step, |state, cx| match event {
            Event::Request { key, flow, message } => {
                request(state, Request { key, flow, message }, cx)
            }
            Event::Ack { message, .. } => match state {
                State::Live(live) => live.take_ack(&message, cx),
                State::Leaving(leaving) => leaving.take_ack(&message, cx),
                other @ (State::Incoming(_) | State::Outgoing(_) | State::Over) => other,
            },
            Event::Cancelled {
                invite, message, ..
            } => match state {
                State::Incoming(called) => called.take_cancel(invite, &message, cx),
                State::Live(live) => live.withdrawn(invite, 487, cx),
                other @ (State::Outgoing(_) | State::Leaving(_) | State::Over) => other,
            },
            Event::Response {
                key, flow, message, ..
            } => match state {
                State::Incoming(called) => called.heard(key, Ok(&message), cx),
                State::Outgoing(calling) => calling.heard(key, flow, &message, cx),
                State::Live(live) => live.heard(key, flow, &message, cx),
                other @ (State::Leaving(_) | State::Over) => {
                    dismiss_within(key, flow, &message, None, cx);
                    other
                }
            },
            Event::ClientTimedOut { key, .. } => unanswered(state, key, true, cx),
            Event::ClientTransportFailed { key, .. } => unanswered(state, key, false, cx),
            Event::ServerTimedOut { key, .. } => match state {
                State::Live(live) => live.withdrawn(key, 504, cx),
                other @ (State::Incoming(_)
                | State::Outgoing(_)
                | State::Leaving(_)
                | State::Over) => other,
            },
        });
    }

    /// What is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline<Timer>> {
        match &self.state {
            State::Incoming(called) => called.deadline(),
            State::Outgoing(calling) => calling.deadline(),
            State::Live(live) => live.deadline(),
            State::Leaving(leaving) => leaving.deadline(),
            State::Over => None,
        }
    }

    /// Does what is due.
    pub fn expire(&mut self, step: &mut Step<'_>) {
        if self
            .deadline()
            .is_none_or(|deadline| deadline.at > step.now)
        {
            return;
        }
        self.happen(step, |state, cx| match state {
            State::Incoming(called) => called.expire(cx),
            State::Outgoing(calling) => calling.expire(cx),
            State::Live(live) => live.expire(cx),
            State::Leaving(leaving) => leaving.expire(cx),
            State::Over => State::Over,
        });
    }
}

/// Whether an early dialog may be offered anew (RFC 3311 §5.1).
fn may_update(peer: &Peer) -> bool {
    peer.abilities.update && peer.exchange.turn() == Turn::Settled
}

fn give_up(
    mut calling: Box<Calling>,
    reason: Option<&str>,
    cx: &mut Cx<'_, '_>,
) -> Result<State, State> {
    if calling.cancel(reason, cx) {
        Ok(State::Outgoing(calling))
    } else {
        Err(State::Outgoing(calling))
    }
}

fn request(state: State, request: Request, cx: &mut Cx<'_, '_>) -> State {
    match state {
        State::Incoming(called) => called.take(request, cx),
        State::Outgoing(calling) => calling.take(request, cx),
        State::Live(live) => live.take(request, cx),
        State::Leaving(leaving) => leaving.take(request, cx),
        State::Over => {
            cx.answer(request.key, &request.message, 481);
            State::Over
        }
    }
}

fn unanswered(state: State, key: ClientKey, sent_at_all: bool, cx: &mut Cx<'_, '_>) -> State {
    match state {
        State::Incoming(called) => called.heard(key, Err(sent_at_all), cx),
        State::Outgoing(calling) => calling.unanswered(key, sent_at_all, cx),
        State::Live(live) => live.unanswered(key, sent_at_all, cx),
        other @ (State::Leaving(_) | State::Over) => other,
    }
}
