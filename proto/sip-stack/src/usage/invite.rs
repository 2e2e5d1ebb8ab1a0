//! InviteUsage: its fields, its states, and the one place where inputs are told apart.

mod incoming;
mod leaving;
mod live;
mod moved;
mod orders;
mod outgoing;
mod snapshot;

use std::sync::Arc;

use machine::{Deadline, Instant};
use sip_message::{Flow, Message};

use super::config::Config;
use super::dismiss::dismiss_within;
use super::event::Ending;
use super::request::Request;
use super::step::{Cx, Phase, Step, Timer, Untimely};
use crate::dialog::{Dialog, DialogName};
use crate::digest::Login;
use crate::transaction::{ClientKey, Event, Owner, ServerKey};
use incoming::Called;
use leaving::Leaving;
use live::Live;
use outgoing::Calling;

pub use outgoing::{Hop, Outgoing};
pub use snapshot::Snapshot;

/// Where a usage stands, with what it needs there and nothing else.
#[derive(Debug)]
enum State {
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

/// What every answered call costs here, in bytes, beside its texts.
const LIVE_COSTS: usize = 1_024;
const _: () = assert!(size_of::<Live>() <= LIVE_COSTS);

impl State {
    const fn phase(&self) -> Phase {
        match self {
            Self::Incoming(_) => Phase::Incoming,
            Self::Outgoing(_) => Phase::Outgoing,
            Self::Live(_) | Self::Leaving(_) => Phase::Live,
            Self::Over => Phase::Over,
        }
    }

    /// Nothing more will come.
    fn over(cx: &mut Cx<'_, '_>) -> Self {
        cx.tell(super::event::Event::Terminated);
        Self::Over
    }

    /// The call is over, and not by our order.
    fn ended(ending: Ending, reason: Option<String>, cx: &mut Cx<'_, '_>) -> Self {
        cx.tell(super::event::Event::Ended { ending, reason });
        Self::over(cx)
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
        let mut calling = Calling::send(outgoing, name, &mut cx);
        Self {
            config: calling.config.take().unwrap_or(config),
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

    /// Who we are to a peer that asks, after a confirmed usage was continued: the stored form
    /// holds no passwords.
    pub fn log_in(&mut self, login: Login) {
        if let State::Live(live) = &mut self.state {
            live.peer.login = Some(Box::new(login));
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
        if let State::Outgoing(calling) = &mut self.state
            && let Some(config) = calling.config.take()
        {
            self.config = config;
        }
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
                State::Leaving(leaving) => leaving.heard(key, flow, &message, cx),
                State::Over => {
                    dismiss_within(key, flow, &message, None, cx);
                    State::Over
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
        State::Leaving(leaving) => leaving.unanswered(key, cx),
        State::Over => State::Over,
    }
}
