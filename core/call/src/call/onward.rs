//! Where a transfer goes on to when its new party does not answer: by that party's forwards.

use crate::DialStep;
use domain::DivertReason;
use routing::Diversion;

/// Where a call goes on to whose new party does not answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Onward {
    forwards: Vec<Diversion>,
    /// Why it has not answered so far.
    cause: Option<DivertReason>,
}

impl Onward {
    /// The forwards that come next in a plan, when ringing has ended so.
    pub(super) fn of(steps: impl Iterator<Item = DialStep>, cause: Option<DivertReason>) -> Onward {
        let forwards = steps.filter_map(|step| match step {
            DialStep::Forward(forward) => Some(forward),
            DialStep::Ring { .. }
            | DialStep::Trunk(_)
            | DialStep::Divert(_)
            | DialStep::Guest(_)
            | DialStep::Refuse(_)
            | DialStep::Capped(_) => None,
        });
        Onward {
            forwards: forwards.collect(),
            cause,
        }
    }

    /// One more phone has not answered, for this reason.
    pub(super) fn hear(&mut self, cause: DivertReason) {
        self.cause = Some(self.cause.map_or(cause, |before| before.min(cause)));
    }

    /// The forward for a reason.
    pub(super) fn take_for(&mut self, cause: DivertReason) -> Option<Diversion> {
        self.cause = Some(cause);
        self.take()
    }

    /// The forward that is for the way in which ringing has ended.
    pub(super) fn take(&mut self) -> Option<Diversion> {
        let forwards = std::mem::take(&mut self.forwards);
        let mut all = forwards.into_iter();
        all.find(|forward| Some(forward.reason) == self.cause)
    }
}
