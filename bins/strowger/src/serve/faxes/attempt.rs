//! What follows from an attempt to send a fax: that it was sent, that it is tried again, or that it
//! has failed.

use std::time::Duration;

use domain::{Fax, FaxFailure, FaxSending, FaxState};
use ids::{CallId, FaxId};
use machine::WallTime;
use node::FaxMissed;

use super::machine::Ended;

/// How long an attempt goes on without a word of whoever makes it: then it is taken for cut off,
/// by a restart of the exchange or the loss of its machine.
pub(super) const LEASE: Duration = Duration::from_secs(120);

/// How soon a fax is tried again for which the exchange had no room.
const NO_ROOM_PAUSE: Duration = Duration::from_secs(5);

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nobody has answered, or nobody was called.
    Missed(FaxMissed),
    /// A machine has spoken with whoever answered by this call.
    Spoken(FaxId, CallId, Ended),
}

impl Outcome {
    /// Of which fax.
    pub(super) fn id(&self) -> FaxId {
        match self {
            Outcome::Missed(missed) => missed.id,
            Outcome::Spoken(id, ..) => *id,
        }
    }
}

/// The fax as an attempt to send it begins.
pub(super) fn begun(fax: Fax, now: WallTime) -> Fax {
    let sending = sending(&fax);
    Fax {
        state: FaxState::Sending,
        ended: now,
        sending: Some(FaxSending {
            attempts: sending.attempts.saturating_add(1),
            due: Some(later(now, LEASE)),
            ..sending
        }),
        ..fax
    }
}

/// The same fax, whose attempt goes on.
pub(super) fn going_on(fax: Fax, now: WallTime) -> Fax {
    let sending = FaxSending {
        due: Some(later(now, LEASE)),
        ..sending(&fax)
    };
    Fax {
        sending: Some(sending),
        ..fax
    }
}

/// The fax after an attempt.
pub(super) fn after(fax: Fax, outcome: Outcome, now: WallTime) -> Fax {
    match outcome {
        Outcome::Missed(FaxMissed {
            call: None,
            status: 503,
            because,
            ..
        }) => waits_for_room(fax, because, now),
        Outcome::Missed(FaxMissed {
            call,
            status,
            because,
            ..
        }) => {
            let (code, is_final) = missed(status);
            let because = format!("The call was not answered by anybody: {status} {because}.");
            let call = call.or(fax.call);
            failed(Fax { call, ..fax }, failure(code, because), is_final, now)
        }
        Outcome::Spoken(_, call, ended) => {
            let Ended {
                failure,
                pages: _,
                carriage,
            } = ended;
            let call = Some(call);
            let fax = Fax {
                call,
                carriage,
                ..fax
            };
            match failure {
                None => sent(fax, now),
                Some(failure) => failed(fax, failure, false, now),
            }
        }
    }
}

/// The fax after an attempt of which nobody knows any more.
pub(super) fn cut_off(fax: Fax, now: WallTime) -> Fax {
    let because = "The exchange was started anew in the middle of it.".to_owned();
    failed(fax, failure("cut-off", because), false, now)
}

/// The fax whose document nothing can be made of.
pub(super) fn unreadable(fax: Fax, because: String, now: WallTime) -> Fax {
    failed(fax, failure("document", because), true, now)
}

fn sent(fax: Fax, now: WallTime) -> Fax {
    closed(
        Fax {
            state: FaxState::Sent,
            failure: None,
            ..fax
        },
        now,
    )
}

fn failed(fax: Fax, failure: FaxFailure, is_final: bool, now: WallTime) -> Fax {
    let sending = sending(&fax);
    let fax = Fax {
        failure: Some(failure),
        ..fax
    };
    if is_final || sending.attempts >= sending.attempts_max {
        let state = FaxState::Failed;
        return closed(Fax { state, ..fax }, now);
    }
    let pause = Duration::from_secs(sending.pause.into());
    waits(fax, sending, later(now, pause), now)
}

/// Nobody was called: that was no attempt.
fn waits_for_room(fax: Fax, because: String, now: WallTime) -> Fax {
    let sending = sending(&fax);
    let sending = FaxSending {
        attempts: sending.attempts.saturating_sub(1),
        ..sending
    };
    let failure = Some(failure("no-room", because));
    let fax = Fax { failure, ..fax };
    waits(fax, sending, later(now, NO_ROOM_PAUSE), now)
}

fn waits(fax: Fax, sending: FaxSending, due: WallTime, now: WallTime) -> Fax {
    Fax {
        state: FaxState::Queued,
        ended: now,
        sending: Some(FaxSending {
            due: Some(due),
            ..sending
        }),
        ..fax
    }
}

fn closed(fax: Fax, now: WallTime) -> Fax {
    let sending = FaxSending {
        due: None,
        ..sending(&fax)
    };
    Fax {
        ended: now,
        sending: Some(sending),
        ..fax
    }
}

/// What there is to know of one that is sent; of one that came there is nothing, and none is here.
fn sending(fax: &Fax) -> FaxSending {
    fax.sending.clone().unwrap_or(FaxSending {
        to: String::new(),
        attempts: 1,
        attempts_max: 1,
        pause: 1,
        due: None,
    })
}

/// A word for how a call ended that nobody answered, and whether another attempt would end the
/// same.
fn missed(status: u16) -> (&'static str, bool) {
    match status {
        486 | 600 => ("busy", false),
        403 => ("forbidden", true),
        404 | 410 | 484 | 604 => ("unknown-number", true),
        408 | 480 | 487 => ("no-answer", false),
        415 | 488 | 606 => ("no-codec", true),
        500..=599 => ("carrier", false),
        _ => ("refused", false),
    }
}

fn failure(code: &str, because: String) -> FaxFailure {
    let code = code.to_owned();
    FaxFailure { code, because }
}

fn later(now: WallTime, by: Duration) -> WallTime {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    WallTime::from_unix_ms(now.unix_ms().saturating_add(by))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use domain::FaxCarriage;
    use ids::{ExtensionId, TenantId};

    use super::*;

    const NOW: WallTime = WallTime::from_unix_ms(1_000_000);

    fn waiting(attempts: u8) -> Fax {
        Fax {
            id: FaxId::new(1, 1),
            tenant: TenantId::new(1, 1),
            call: None,
            extension: ExtensionId::new(1, 1),
            number: "900".to_owned(),
            caller: "900".to_owned(),
            began: NOW,
            ended: NOW,
            state: FaxState::Queued,
            failure: None,
            pages: 2,
            octets: 10,
            carriage: FaxCarriage::default(),
            sending: Some(FaxSending {
                to: "102".to_owned(),
                attempts,
                attempts_max: 3,
                pause: 60,
                due: Some(NOW),
            }),
        }
    }

    fn missed_with(status: u16) -> Outcome {
        Outcome::Missed(FaxMissed {
            id: FaxId::new(1, 1),
            call: Some(CallId::new(7, 7)),
            status,
            because: "so".to_owned(),
        })
    }

    fn spoken(failure: Option<&str>) -> Outcome {
        let carriage = FaxCarriage::default();
        let failure = failure.map(|code| super::failure(code, "so".to_owned()));
        let pages = 2;
        let ended = Ended {
            failure,
            pages,
            carriage,
        };
        Outcome::Spoken(FaxId::new(1, 1), CallId::new(7, 7), ended)
    }

    fn code(fax: &Fax) -> &str {
        &fax.failure.as_ref().unwrap().code
    }

    fn attempts(fax: &Fax) -> u8 {
        fax.sending.as_ref().unwrap().attempts
    }

    #[test]
    fn a_fax_that_was_sent_is_done() {
        let begun = begun(waiting(0), NOW);
        assert_eq!((begun.state, attempts(&begun)), (FaxState::Sending, 1));
        let sent = after(begun, spoken(None), NOW);
        assert_eq!((sent.state, sent.failure.clone()), (FaxState::Sent, None));
        assert_eq!(sent.call, Some(CallId::new(7, 7)));
        assert_eq!(sent.sending.unwrap().due, None);
    }

    #[test]
    fn a_failed_attempt_is_repeated_after_a_pause_until_there_were_enough() {
        let mut fax = waiting(0);
        for attempt in 1..=3 {
            fax = after(begun(fax, NOW), missed_with(486), NOW);
            assert_eq!((code(&fax), attempts(&fax)), ("busy", attempt));
            let due = (attempt < 3).then(|| later(NOW, Duration::from_secs(60)));
            assert_eq!(fax.next_attempt(), due);
        }
        assert_eq!(fax.state, FaxState::Failed);
        let torn = after(begun(waiting(1), NOW), spoken(Some("call-dropped")), NOW);
        assert_eq!(
            (torn.state, code(&torn)),
            (FaxState::Queued, "call-dropped")
        );
    }

    #[test]
    fn what_would_end_the_same_again_is_not_repeated() {
        for (status, word) in [
            (403, "forbidden"),
            (404, "unknown-number"),
            (488, "no-codec"),
        ] {
            let fax = after(begun(waiting(0), NOW), missed_with(status), NOW);
            assert_eq!((fax.state, code(&fax)), (FaxState::Failed, word));
        }
        let fax = unreadable(waiting(0), "it is damaged".to_owned(), NOW);
        assert_eq!((fax.state, attempts(&fax)), (FaxState::Failed, 0));
    }

    #[test]
    fn where_there_was_no_room_nothing_was_attempted() {
        let missed = FaxMissed {
            id: FaxId::new(1, 1),
            call: None,
            status: 503,
            because: "no room".to_owned(),
        };
        let fax = after(begun(waiting(1), NOW), Outcome::Missed(missed), NOW);
        assert_eq!((fax.state, attempts(&fax)), (FaxState::Queued, 1));
        assert_eq!(fax.next_attempt(), Some(later(NOW, NO_ROOM_PAUSE)));
    }

    #[test]
    fn an_attempt_of_which_nobody_knows_any_more_counts() {
        let begun = begun(waiting(0), NOW);
        let on = going_on(begun.clone(), later(NOW, LEASE));
        assert_eq!((on.state, attempts(&on)), (FaxState::Sending, 1));
        let fax = cut_off(begun, NOW);
        assert_eq!((fax.state, code(&fax)), (FaxState::Queued, "cut-off"));
        assert_eq!(attempts(&fax), 1);
    }
}
