//! What a call that is not answered yet has left to try, and what it has heard so far.

use super::release::Answer;
use crate::{DialStep, LegId, LegStage};
use domain::DivertReason;
use ids::TrunkId;
use machine::Instant;
use routing::{Diversion, Failover, Verdict};
use std::collections::VecDeque;

/// What is left to try, and what has been heard so far.
#[derive(Clone, Debug)]
pub(crate) struct Dialling {
    pub(crate) steps: VecDeque<DialStep>,
    pub(crate) until: Option<Instant>,
    pub(crate) best: Option<Answer>,
    pub(crate) early: Option<LegId>,
    /// Why what rang last was not answered, as far as forwards care.
    pub(crate) cause: Option<DivertReason>,
    /// Routing was asked this where the call goes on to.
    pub(crate) asked: Option<u16>,
    /// The attempt by a trunk that is under way.
    pub(crate) carrier: Option<LegId>,
    /// Which of that trunk's answers let the next one be tried.
    pub(crate) failover: Failover,
    /// Somebody calls for help: no answer but a yes ends the search.
    pub(crate) for_help: bool,
}

impl Dialling {
    pub(crate) fn new(steps: Vec<DialStep>, for_help: bool) -> Dialling {
        Dialling {
            steps: steps.into(),
            until: None,
            best: None,
            early: None,
            cause: None,
            asked: None,
            carrier: None,
            failover: Failover::default(),
            for_help,
        }
    }

    /// Puts a step before those that are left.
    pub(crate) fn next_comes(&mut self, step: DialStep) {
        self.steps.push_front(step);
    }

    /// The forward that comes next: one that a phone has asked for; and while nothing rings, one
    /// that is for the way in which ringing has ended. Those before it are passed over.
    pub(crate) fn take_forward(&mut self, rings: bool) -> Option<Diversion> {
        let is_for = |diversion: &Diversion, cause| {
            let by_phone = diversion.reason == DivertReason::Phone;
            by_phone || (!rings && Some(diversion.reason) == cause)
        };
        loop {
            let cause = self.cause;
            let Some(DialStep::Forward(next)) = self.steps.front() else {
                return None;
            };
            let found = is_for(next, cause);
            if rings && !found {
                return None;
            }
            match self.steps.pop_front() {
                Some(DialStep::Forward(next)) if found => return Some(next),
                Some(_) | None => {}
            }
        }
    }

    /// The call goes on by other steps. What its former phones' ringing might have led to is
    /// forgotten, but for further places that a phone has named.
    pub(crate) fn goes_by(&mut self, steps: Vec<DialStep>) {
        self.early = None;
        let forwards = |step: &DialStep| match step {
            DialStep::Forward(diversion) => diversion.reason == DivertReason::Phone,
            DialStep::Ring { .. }
            | DialStep::Trunk(_)
            | DialStep::Divert(_)
            | DialStep::Guest(_)
            | DialStep::Refuse(_)
            | DialStep::Capped(_) => true,
        };
        let rest = std::mem::take(&mut self.steps);
        let rest = rest.into_iter().filter(forwards);
        self.steps = steps.into_iter().chain(rest).collect();
    }

    /// An attempt by a trunk begins.
    pub(crate) fn tries(&mut self, carrier: LegId, failover: Failover, until: Instant) {
        self.failover = failover;
        self.cause = None;
        self.carrier = Some(carrier);
        self.until = Some(until);
    }

    /// What a carrier's answer means for the search; nothing when the leg is no carrier's. Whoever
    /// calls for help is sent on by every way.
    pub(crate) fn verdict(&self, leg: LegId, status: u16) -> Option<Verdict> {
        let verdict = match self.for_help {
            true => Verdict::NextAddress,
            false => self.failover.verdict(status),
        };
        (self.carrier == Some(leg)).then_some(verdict)
    }

    /// The further addresses of a trunk are not tried.
    pub(crate) fn leave(&mut self, trunk: TrunkId) {
        if matches!(self.steps.front(), Some(DialStep::Trunk(call)) if call.trunk == trunk) {
            self.steps.pop_front();
        }
    }

    /// A leg was not answered. Of several phones one that is busy says most, and of the others
    /// one that rang.
    pub(crate) fn hear(&mut self, leg: LegId, cause: DivertReason) {
        if self.carrier == Some(leg) {
            return;
        }
        // in the order of what they say: busy, no answer, unreachable
        self.cause = Some(self.cause.map_or(cause, |before| before.min(cause)));
    }

    /// A carrier that was not reached has said nothing, so it has no last word.
    pub(crate) fn unheard(&mut self, leg: LegId) {
        self.carrier.take_if(|carrier| *carrier == leg);
    }
}

/// Why a phone's refusal is taken for what forwards are for. Whoever declines is as one who is
/// busy; a phone that gave up after it rang was not answered.
pub(super) fn cause_of(status: u16, stage: LegStage) -> DivertReason {
    match status {
        486 | 600 | 603 => DivertReason::Busy,
        408 | 480 | 487 if stage == LegStage::Ringing => DivertReason::NoAnswer,
        _ => DivertReason::Unreachable,
    }
}
