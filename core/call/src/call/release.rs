//! The one way a call ends, whatever ended it.

use super::{Draft, FIRST, Stage};
use crate::leg::Leg;
use crate::{Call, EndReason, LegId, LegOrder, LegStage, Lost, Output, What};
use domain::{End, Fault};
use ids::CallId;
use routing::Refusal;

/// A final answer one of the phones gave, or the exchange itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// The Q.850 cause, when the plan itself refuses and has named it.
    pub(crate) planned: Option<u8>,
}

impl Answer {
    pub(crate) fn of(refusal: Refusal) -> Answer {
        Answer {
            status: refusal.status,
            reason: String::new(),
            planned: Some(refusal.cause),
        }
    }

    /// The company has its share already, and the caller is told of what.
    pub(crate) fn capped(because: String) -> Answer {
        Answer {
            reason: because,
            ..Answer::of(Refusal::CONGESTED)
        }
    }
}

/// The better of two refusals to tell the caller (RFC 3261 §16.7, narrowed to what a person can
/// make use of): somebody's word before nobody's silence.
pub(crate) fn best_of(before: Option<Answer>, new: Answer) -> Answer {
    match before {
        Some(before) if rank(before.status) >= rank(new.status) => before,
        Some(_) | None => new,
    }
}

// tidy: table
fn rank(status: u16) -> u8 {
    match status {
        600..=699 => 9,
        486 => 8,
        403 | 433 => 7,
        488 | 415 => 6,
        480 => 5,
        404 | 410 | 484 => 4,
        400..=499 => 3,
        300..=399 => 2,
        _ => 1,
    }
}

/// What the caller is told for what a phone said. A phone's own trouble (a challenge it sent us, a
/// redirection, a breakdown) is not the caller's.
fn told(status: u16) -> u16 {
    match status {
        300..=399 | 401 | 407 | 408 | 481 | 482 | 483 => 480,
        500..=599 => 500,
        other => other,
    }
}

/// Q.850 cause for a SIP status (RFC 3398 §8.2.6.1, shortened).
fn cause(status: u16) -> u8 {
    match status {
        404 | 604 | 484 => 1,
        486 | 600 => 17,
        480 => 19,
        403 | 603 | 433 => 21,
        410 => 22,
        488 | 415 | 606 => 88,
        408 => 102,
        487 => 16,
        _ => 41,
    }
}

fn fault(status: u16) -> Fault {
    match status {
        404 | 484 | 403 => Fault::Caller,
        500..=599 => Fault::Network,
        _ => Fault::Callee,
    }
}

impl Call {
    pub(crate) fn refuse_caller(&mut self, answer: Answer, draft: &mut Draft<'_>) {
        let status = match answer.planned {
            Some(_) => answer.status,
            None => told(answer.status),
        };
        let reason = if answer.reason.is_empty() {
            phrase(status).to_owned()
        } else {
            answer.reason
        };
        let cause = answer.planned.unwrap_or_else(|| cause(status));
        let end = End {
            cause,
            sip_status: status,
            reason: reason.clone(),
            by: match answer.planned {
                // no room, or no proof of who calls (RFC 8224 §6.2.2)
                Some(_) if matches!(status, 428 | 436..=438 | 503) => Fault::Policy,
                Some(_) | None => fault(status),
            },
        };
        self.release(
            end,
            EndReason {
                status: None,
                cause,
                text: reason,
            },
            draft,
        );
    }

    pub(crate) fn ended(&mut self, leg: LegId, draft: &mut Draft<'_>) {
        match self.find(leg).map(|found| found.stage) {
            // A BYE before the answer is a way to give up (RFC 3261 §15).
            Some(LegStage::Calling) => return self.caller_cancelled(leg, draft),
            Some(LegStage::Dialled | LegStage::Ringing) => {
                return self.refused(leg, 480, "hung up before the answer", draft);
            }
            Some(LegStage::Up | LegStage::Closed) | None => {}
        }
        self.close_leg(leg, 200, "hung up", draft);
        if self.transfer_survives(leg, draft) {
            return;
        }
        let (by, who) = if leg == FIRST {
            (Fault::Caller, "the caller hung up")
        } else {
            (Fault::Callee, "the party called hung up")
        };
        let end = End {
            cause: 16,
            sip_status: 200,
            reason: who.into(),
            by,
        };
        self.release(end, EndReason::normal(), draft);
    }

    pub(crate) fn lost(&mut self, leg: LegId, lost: Lost, draft: &mut Draft<'_>) {
        let text = match lost {
            Lost::SessionExpired => "a phone stopped refreshing the call",
            Lost::NoAck => "a phone never acknowledged the answer",
            Lost::Gone => "a phone is gone",
            Lost::Unheard => "the sound of a phone found no way to us",
        };
        self.explain("leg.lost", text, draft);
        if self.find(leg).is_some_and(Leg::is_ringing) {
            return self.refused(leg, 408, text, draft);
        }
        self.close_leg(leg, 408, text, draft);
        if self.transfer_survives(leg, draft) {
            return;
        }
        let end = End {
            cause: 27,
            sip_status: 408,
            reason: text.into(),
            by: Fault::Network,
        };
        self.release(
            end,
            EndReason {
                status: None,
                cause: 27,
                text: text.into(),
            },
            draft,
        );
    }

    /// Ends every leg that is still open, records the end, and closes the aggregate.
    pub(crate) fn release(&mut self, end: End, reason: EndReason, draft: &mut Draft<'_>) {
        if self.is_over() {
            return;
        }
        let open: Vec<(LegId, LegStage)> = self
            .state
            .legs
            .iter()
            .filter(|leg| leg.is_open())
            .map(|l| (l.id, l.stage))
            .collect();
        for (leg, stage) in open {
            let reason = reason.clone();
            let text = reason.text.clone();
            let (order, status) = match stage {
                LegStage::Calling => {
                    let status = if end.sip_status < 300 {
                        480
                    } else {
                        end.sip_status
                    };
                    (LegOrder::Refuse { status, reason }, status)
                }
                LegStage::Dialled | LegStage::Ringing => (LegOrder::Cancel { reason }, 487),
                LegStage::Up => (LegOrder::HangUp { reason }, 200),
                LegStage::Closed => continue,
            };
            draft.order(leg, order);
            self.close_leg(leg, status, &text, draft);
        }
        self.note(What::Ended(end), draft);
        self.finish(draft);
    }

    /// The parties went on in another call: the record says so, and nobody is hung up but those
    /// who stayed behind.
    pub(crate) fn merged_into(&mut self, into: CallId, draft: &mut Draft<'_>) {
        self.note(What::MergedInto(into), draft);
        let reason = "the parties went on in another call".to_owned();
        let end = End {
            cause: 16,
            sip_status: 200,
            reason,
            by: Fault::Caller,
        };
        self.release(end, EndReason::normal(), draft);
    }

    fn finish(&mut self, draft: &mut Draft<'_>) {
        self.state.stage = Stage::Over;
        self.state.transfer = None;
        self.state.late_until = None;
        draft.push(Output::Over);
    }
}

fn phrase(status: u16) -> &'static str {
    match status {
        403 => "Forbidden",
        404 => "Not Found",
        480 => "Temporarily Unavailable",
        486 => "Busy Here",
        603 => "Decline",
        _ => "The call could not be completed",
    }
}
