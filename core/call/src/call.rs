//! The aggregate: its fields, and the one place where inputs are told apart.

mod adopt;
mod answerer;
mod begun;
mod beside;
mod carrier;
mod chain;
mod dial;
mod dialling;
mod fax;
mod fax_guest;
mod forward;
mod guest;
mod hold;
mod music;
mod onward;
mod pickup;
mod release;
mod silence;
mod transfer;
mod video;

pub use adopt::AdoptError;
pub use begun::Outgoing;

use crate::leg::{Leg, Pending, Role, Wish};
use crate::limits::{EVENTS_MAX, LEGS_MAX};
use crate::{
    Bridge, CallEvent, Config, DialPlan, Direction, EndReason, HangUp, Input, LegFact, LegId,
    LegOrder, LegStage, MediaOrder, Output, Party, What,
};
use chain::Chain;
use dialling::Dialling;
use domain::{End, Fault};
use ids::CallId;
use machine::{Deadline, Instant};
use routing::{Caller, Explanation, Reason};
use sdp::Description;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tenancy::TenantScope;
use transfer::Transfer;

/// Why a call wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The step's phones have rung long enough.
    Ring,
    /// A transfer's new party has rung long enough.
    TransferRing,
    /// The caller owes the answer to a late offer.
    LateAnswer,
    /// Phones have rung beside the call long enough.
    RingBeside,
    /// The exchange's own fax machine asks the party to go over to fax.
    Fax,
    /// The call has lasted as long as any may.
    CallMax,
}

/// How far the call has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Stage {
    #[serde(skip)]
    Dialling(Dialling),
    Talking,
    Over,
}

/// A new call, as admission and routing describe it.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The call's own id.
    pub id: CallId,
    /// The proven caller.
    pub caller: Caller,
    /// What was dialled, as the caller wrote it.
    pub dialled: String,
    /// The caller's offer; nothing for a late offer.
    pub offer: Option<Description>,
    /// Where it goes.
    pub plan: DialPlan,
    /// How often it went on elsewhere before it came.
    pub earlier: u8,
    /// Its bounds.
    pub config: Config,
}

/// Everything a call remembers, its authority apart. Instants mean nothing in another process and
/// are left out of its stored form; `snapshot` writes ages in their place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) id: CallId,
    pub(crate) caller: Caller,
    pub(crate) dialled: String,
    pub(crate) config: Config,
    pub(crate) legs: Vec<Leg>,
    pub(crate) stage: Stage,
    pub(crate) bridge: Bridge,
    #[serde(default)]
    pub(crate) chain: Chain,
    #[serde(skip)]
    pub(crate) transfer: Option<Transfer>,
    pub(crate) explanation: Explanation,
    #[serde(skip)]
    pub(crate) opened: Instant,
    #[serde(skip)]
    pub(crate) answered: Option<Instant>,
    #[serde(skip)]
    pub(crate) late_until: Option<Instant>,
    pub(crate) next_token: u16,
    pub(crate) events: u32,
}

impl State {
    /// Of a call that has just come.
    fn new(
        id: CallId,
        (caller, dialled): (Caller, String),
        config: Config,
        dialling: Dialling,
        now: Instant,
    ) -> State {
        State {
            id,
            caller,
            dialled,
            config,
            legs: Vec::with_capacity(2),
            stage: Stage::Dialling(dialling),
            bridge: Bridge::Open,
            chain: Chain::default(),
            transfer: None,
            explanation: Explanation::default(),
            opened: now,
            answered: None,
            late_until: None,
            next_token: 0,
            events: 0,
        }
    }
}

/// One call of one tenant.
#[derive(Debug)]
pub struct Call {
    pub(crate) scope: TenantScope,
    pub(crate) state: State,
}

/// Where one input's outputs are collected, and when it came.
pub(crate) struct Draft<'a> {
    pub(crate) now: Instant,
    out: &'a mut Vec<Output>,
    /// A leg at whose end nobody is, who could be ordered anything.
    mute: Option<LegId>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(now: Instant, out: &'a mut Vec<Output>) -> Self {
        let mute = None;
        Draft { now, out, mute }
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.out.push(output);
    }

    pub(crate) fn order(&mut self, leg: LegId, order: LegOrder) {
        if self.mute != Some(leg) {
            self.out.push(Output::Leg(leg, order));
        }
    }
}

impl Call {
    /// Begins a call for the tenant of `scope`. The caller's leg is returned beside it; the
    /// outputs already dial, answer or refuse.
    #[must_use]
    pub fn incoming(
        scope: TenantScope,
        incoming: Incoming,
        now: Instant,
        out: &mut Vec<Output>,
    ) -> (Call, LegId) {
        let Incoming {
            id,
            caller,
            dialled,
            offer,
            plan,
            earlier,
            config,
        } = incoming;
        let for_help = plan.emergency.is_some();
        let (steps, explanation, beside) = (plan.steps, plan.explanation, plan.beside);
        let dialling = Dialling::new(steps, for_help);
        let whose = (caller.clone(), dialled.clone());
        let mut state = State::new(id, whose, config, dialling, now);
        state.chain = Chain::after(earlier);
        let mut call = Call { scope, state };
        let mut draft = Draft::new(now, out);
        let party = Party {
            device: caller.device,
            extension: caller.extension,
            trunk: caller
                .trunk
                .map(|trunk| carrier::came_by(trunk, &caller, &dialled)),
            number: caller.number,
            display: caller.display,
        };
        call.begin((Role::Party, party, offer), &explanation, &mut draft);
        if let Some(beside) = beside.filter(|_| !call.is_over()) {
            call.ring_beside(*beside, &mut draft);
        }
        (call, FIRST)
    }

    /// Opens the caller's leg, and does what the plan says first.
    fn begin(
        &mut self,
        (role, party, description): (Role, Party, Option<Description>),
        why: &Explanation,
        draft: &mut Draft<'_>,
    ) {
        let opened = What::Opened {
            caller: party.number.clone(),
            dialled: self.state.dialled.clone(),
        };
        self.note(opened, draft);
        for reason in why.reasons() {
            self.explain_reason(reason.clone(), draft);
        }
        let leg = Leg {
            id: FIRST,
            role,
            direction: Direction::Inbound,
            party,
            stage: LegStage::Calling,
            description,
            before_offer: None,
            holding: false,
            silent: false,
            silences: 0,
            hears_music: false,
            pending: None,
            wish: Wish::Unsaid,
        };
        self.add_leg(leg, draft);
        self.advance(draft);
    }

    /// Takes in one fact and appends what follows from it.
    pub fn handle(&mut self, input: Input, now: Instant, out: &mut Vec<Output>) {
        let mut draft = self.draft(now, out);
        if self.is_over() {
            return;
        }
        match input {
            Input::Leg(leg, fact) => self.leg_fact(leg, fact, &mut draft),
            Input::Routed { token, plan } => self.routed(token, plan, &mut draft),
            Input::FaxWanted => self.fax_wanted(&mut draft),
            Input::HangUp(by) => self.hang_up(by, &mut draft),
        }
    }

    /// The next moment this call must be woken at, and why.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline<Timer>> {
        let ring = match &self.state.stage {
            Stage::Over => return None,
            Stage::Dialling(dialling) => dialling.until.map(|at| (at, Timer::Ring)),
            Stage::Talking => None,
        };
        let transfer = self.state.transfer.as_ref().and_then(Transfer::until);
        let beside = self.state.opened + self.state.config.ring_beside;
        [
            ring,
            self.rings_beside().then_some((beside, Timer::RingBeside)),
            transfer.map(|at| (at, Timer::TransferRing)),
            self.state.late_until.map(|at| (at, Timer::LateAnswer)),
            self.fax_due().map(|at| (at, Timer::Fax)),
            Some((
                self.state.opened + self.state.config.call_max,
                Timer::CallMax,
            )),
        ]
        .into_iter()
        .flatten()
        .min()
        .map(|(at, reason)| Deadline { at, reason })
    }

    /// Acts on every deadline that has passed.
    pub fn expire(&mut self, now: Instant, out: &mut Vec<Output>) {
        let mut draft = self.draft(now, out);
        while let Some(deadline) = self.deadline().filter(|deadline| deadline.at <= now) {
            match deadline.reason {
                Timer::Ring => self.ring_timeout(&mut draft),
                Timer::TransferRing => self.transfer_timeout(&mut draft),
                Timer::LateAnswer => {
                    self.state.late_until = None;
                    self.fail("the caller never answered the late offer", &mut draft);
                }
                Timer::RingBeside => self.beside_timeout(&mut draft),
                Timer::Fax => self.fax_again(&mut draft),
                Timer::CallMax => self.fail("the call lasted as long as any may", &mut draft),
            }
        }
    }

    /// Whether the call has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state.stage, Stage::Over)
    }

    /// The call's id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.state.id
    }

    /// The tenant's authority this call acts under.
    #[must_use]
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// Who is at the end of a leg, and how far the leg has come.
    #[must_use]
    pub fn leg(&self, leg: LegId) -> Option<(&Party, LegStage)> {
        self.state
            .legs
            .get(leg.index())
            .map(|leg| (&leg.party, leg.stage))
    }

    fn leg_fact(&mut self, leg: LegId, fact: LegFact, draft: &mut Draft<'_>) {
        let Some(stage) = self.state.legs.get(leg.index()).map(|found| found.stage) else {
            return;
        };
        if stage == LegStage::Closed {
            return;
        }
        if self.is_beside(leg) {
            return self.beside_fact(leg, fact, draft);
        }
        match fact {
            LegFact::Ringing => self.callee_rings(leg, draft),
            LegFact::Progressed { description } => self.progressed(leg, description, draft),
            LegFact::Answered { description } => self.answered(leg, description, draft),
            LegFact::Refused { status, reason } => self.refused(leg, status, &reason, draft),
            LegFact::Redirected { status, targets } => {
                self.redirected(leg, status, targets, draft);
            }
            LegFact::Unreachable(why) => self.unreachable(leg, why, draft),
            LegFact::Confirmed { description } => self.confirmed(leg, description, draft),
            LegFact::Cancelled => self.caller_cancelled(leg, draft),
            LegFact::Ended => self.ended(leg, draft),
            LegFact::Lost(lost) => self.lost(leg, lost, draft),
            LegFact::FellSilent => self.fell_silent(leg, draft),
            LegFact::HeardAgain => self.heard_again(leg, draft),
            LegFact::AnsweredBy(who) => self.turned_out(leg, who, draft),
            LegFact::Beeped => self.beeped(leg, draft),
            LegFact::Offered { description } => self.offered(leg, description, draft),
            LegFact::ReofferAnswered { description } => {
                self.reoffer_answered(leg, description, draft);
            }
            LegFact::ReofferRefused { status } => self.reoffer_refused(leg, status, draft),
            LegFact::Referred { target } => self.referred(leg, target, draft),
            LegFact::Informed { content_type, body } => {
                if let Some(peer) = self.talking_peer(leg) {
                    draft.order(peer, LegOrder::Inform { content_type, body });
                }
            }
        }
    }

    fn hang_up(&mut self, by: HangUp, draft: &mut Draft<'_>) {
        let (text, fault) = match by {
            HangUp::Operator(text) => (text, Fault::Operator),
            HangUp::Policy(text) => (text, Fault::Policy),
            HangUp::Drain => ("the exchange is being stopped".to_owned(), Fault::Exchange),
        };
        self.explain("call.hang_up", text.clone(), draft);
        let end = End {
            cause: 16,
            sip_status: 480,
            reason: text.clone(),
            by: fault,
        };
        self.release(
            end,
            EndReason {
                status: None,
                cause: 16,
                text,
            },
            draft,
        );
    }

    fn fail(&mut self, text: &str, draft: &mut Draft<'_>) {
        self.explain("call.limit", text, draft);
        let end = End {
            cause: 102,
            sip_status: 408,
            reason: text.into(),
            by: Fault::Exchange,
        };
        self.release(
            end,
            EndReason {
                status: None,
                cause: 102,
                text: text.into(),
            },
            draft,
        );
    }

    /// Opens a leg to be dialled; `None` when the call has had as many as it may.
    pub(crate) fn open_leg(&mut self, party: Party, draft: &mut Draft<'_>) -> Option<LegId> {
        if self.state.legs.len() >= LEGS_MAX {
            self.explain(
                "call.legs_max",
                "the call has opened as many legs as it may",
                draft,
            );
            return None;
        }
        let id = LegId::new(self.state.legs.len())?;
        let leg = Leg {
            id,
            role: Role::Party,
            direction: Direction::Outbound,
            party,
            stage: LegStage::Dialled,
            description: None,
            before_offer: None,
            holding: false,
            silent: false,
            silences: 0,
            hears_music: false,
            pending: None,
            wish: Wish::Unsaid,
        };
        self.add_leg(leg, draft);
        Some(id)
    }

    pub(crate) fn add_leg(&mut self, leg: Leg, draft: &mut Draft<'_>) {
        let what = What::LegOpened {
            leg: leg.id,
            direction: leg.direction,
            party: leg.party.clone(),
        };
        self.state.legs.push(leg);
        self.note(what, draft);
    }

    pub(crate) fn close_leg(
        &mut self,
        leg: LegId,
        status: u16,
        reason: &str,
        draft: &mut Draft<'_>,
    ) {
        if let Some(leg) = self.state.legs.get_mut(leg.index()) {
            leg.stage = LegStage::Closed;
            leg.pending = None;
        }
        self.note(
            What::LegClosed {
                leg,
                status,
                reason: reason.into(),
            },
            draft,
        );
    }

    pub(crate) fn find(&self, leg: LegId) -> Option<&Leg> {
        self.state.legs.get(leg.index()).filter(|leg| leg.is_open())
    }

    pub(crate) fn find_mut(&mut self, leg: LegId) -> Option<&mut Leg> {
        self.state
            .legs
            .get_mut(leg.index())
            .filter(|leg| leg.is_open())
    }

    pub(crate) fn pending(&self, leg: LegId) -> Option<Pending> {
        self.find(leg).and_then(|leg| leg.pending)
    }

    pub(crate) fn set_pending(&mut self, leg: LegId, pending: Option<Pending>) {
        if let Some(leg) = self.find_mut(leg) {
            leg.pending = pending;
        }
    }

    /// The leg this one talks with, both being in the call.
    pub(crate) fn talking_peer(&self, leg: LegId) -> Option<LegId> {
        let peer = self.state.bridge.opposite(leg)?;
        self.find(peer)
            .filter(|peer| peer.stage == LegStage::Up)
            .map(|peer| peer.id)
    }

    /// Lets two legs hear each other, whatever each heard before.
    pub(crate) fn join(&mut self, a: LegId, b: LegId, draft: &mut Draft<'_>) {
        if self.state.bridge.opposite(a) != Some(b) {
            self.state.bridge = Bridge::Legs(a, b);
            self.forget_silence(a);
            self.forget_silence(b);
            self.set_entertained(None);
            draft.push(Output::Media(MediaOrder::Bridge(a, b)));
        }
    }

    pub(crate) fn note(&mut self, what: What, draft: &mut Draft<'_>) {
        // The end is told whatever went before: a record without an end is no record.
        let is_end = matches!(what, What::Ended(_));
        if self.state.events < EVENTS_MAX || is_end {
            self.state.events += 1;
            draft.push(Output::Event(CallEvent {
                at: draft.now,
                what,
            }));
        }
    }

    pub(crate) fn explain(
        &mut self,
        rule: &'static str,
        because: impl Into<String>,
        draft: &mut Draft<'_>,
    ) {
        self.explain_reason(
            Reason {
                rule: Cow::Borrowed(rule),
                because: because.into(),
            },
            draft,
        );
    }

    pub(crate) fn explain_reason(&mut self, reason: Reason, draft: &mut Draft<'_>) {
        self.state.explanation.push(reason.clone());
        self.note(What::Explained(reason), draft);
    }
}

/// The caller's leg: always there, always first.
pub(crate) const FIRST: LegId = LegId::FIRST;
