//! Tries, their pauses, endpoints that are left alone, and the end of patience.

use super::*;
use crate::Verdict;

/// Fails a job until it is a dead letter; gives the tries and the time it took.
fn fail_until_dead(dispatcher: &mut Dispatcher, mut now: Instant) -> (u16, Instant) {
    loop {
        match dispatcher.next(now) {
            Some(Step::Try(attempt)) => {
                let verdict = dispatcher.finished(&attempt, FAILED, now);
                if verdict == Some(Verdict::Dead) {
                    return (attempt.number, now);
                }
            }
            Some(Step::Dead(job)) => return (job.tries, now),
            None => now = dispatcher.deadline().expect("a job waits for its time"),
        }
    }
}

#[test]
fn a_job_is_a_dead_letter_after_twenty_tries() {
    let mut dispatcher = dispatcher(Limits::default());
    dispatcher.accept(job(receiver(1, 1), 1)).unwrap();
    let (tries, at) = fail_until_dead(&mut dispatcher, Instant::ZERO);
    assert_eq!(tries, 20);
    let hours = at.saturating_since(Instant::ZERO).as_secs() / 3600;
    assert!((24..72).contains(&hours), "{hours} hours");
    assert_eq!(dispatcher.jobs(), 0);
}

#[test]
fn a_job_is_a_dead_letter_when_its_time_is_over() {
    let mut dispatcher = dispatcher(Limits {
        tries: u16::MAX,
        ..Limits::default()
    });
    dispatcher.accept(job(receiver(1, 1), 1)).unwrap();
    let (_, at) = fail_until_dead(&mut dispatcher, Instant::ZERO);
    assert!(at.saturating_since(Instant::ZERO) <= Limits::default().age);
    assert_eq!(dispatcher.jobs(), 0);
}

#[test]
fn a_job_that_is_already_too_old_is_not_tried() {
    let mut dispatcher = dispatcher(Limits::default());
    let late = job(receiver(1, 1), 1);
    dispatcher.accept(late).unwrap();
    let at = late.expires;
    assert_eq!(dispatcher.next(at), Some(Step::Dead(late)));
    assert_eq!((dispatcher.jobs(), dispatcher.under_way()), (0, 0));
}

#[test]
fn while_an_endpoint_rests_nothing_is_tried_and_one_probe_decides() {
    let limits = Limits {
        attempts_per_endpoint: 1,
        ..Limits::default()
    };
    let mut dispatcher = dispatcher(limits);
    for event in 0..20 {
        dispatcher.accept(job(receiver(1, 1), event)).unwrap();
    }
    for _ in 0..limits.failures_in_a_row {
        let now = attempts(&mut dispatcher, Instant::ZERO);
        dispatcher.finished(&now[0], FAILED, Instant::ZERO);
    }
    assert!(attempts(&mut dispatcher, Instant::ZERO).is_empty());
    let probe_at = dispatcher.deadline().unwrap();
    let rest = probe_at.saturating_since(Instant::ZERO);
    assert!(
        rest >= limits.first_rest / 2 && rest <= limits.first_rest,
        "{rest:?}"
    );
    let probe = attempts(&mut dispatcher, probe_at);
    assert_eq!(probe.len(), 1);
    dispatcher.finished(&probe[0], FAILED, probe_at);
    assert!(attempts(&mut dispatcher, probe_at).is_empty());
    let again_at = dispatcher.deadline().unwrap();
    let rest = again_at.saturating_since(probe_at);
    assert!(
        rest >= limits.first_rest && rest <= limits.first_rest * 2,
        "{rest:?}"
    );
    let probe = attempts(&mut dispatcher, again_at);
    dispatcher.finished(&probe[0], Outcome::Delivered, again_at);
    let mut left = 0;
    while let Some(attempt) = attempts(&mut dispatcher, again_at).first() {
        dispatcher.finished(attempt, Outcome::Delivered, again_at);
        left += 1;
    }
    assert_eq!(left, 19, "all that were due are delivered at once");
}

#[test]
fn a_neighbour_of_a_dead_endpoint_is_served_as_if_it_were_alone() {
    let mut dispatcher = dispatcher(Limits::default());
    for event in 0..200 {
        dispatcher.accept(job(receiver(1, 1), event)).unwrap();
        dispatcher.accept(job(receiver(1, 2), event)).unwrap();
    }
    let mut delivered = 0;
    // the dead one never answers: its attempts stay under way
    for _ in 0..1_000 {
        for attempt in attempts(&mut dispatcher, Instant::ZERO) {
            if attempt.receiver == receiver(1, 2) {
                dispatcher.finished(&attempt, Outcome::Delivered, Instant::ZERO);
                delivered += 1;
            }
        }
    }
    assert_eq!(delivered, 200);
}

#[test]
fn a_receiver_that_names_a_pause_is_left_alone_that_long() {
    let mut dispatcher = dispatcher(Limits::default());
    dispatcher.accept(job(receiver(1, 1), 1)).unwrap();
    let now = attempts(&mut dispatcher, Instant::ZERO);
    let outcome = Outcome::of_status(429, Some(Duration::from_secs(600)));
    let verdict = dispatcher.finished(&now[0], outcome, Instant::ZERO);
    let at = Instant::from_secs(600);
    assert_eq!(verdict, Some(Verdict::Again { at, tries: 1 }));
}

#[test]
fn a_receiver_that_is_gone_is_not_asked_again() {
    let mut dispatcher = dispatcher(Limits::default());
    dispatcher.accept(job(receiver(1, 1), 1)).unwrap();
    let now = attempts(&mut dispatcher, Instant::ZERO);
    let verdict = dispatcher.finished(&now[0], Outcome::of_status(410, None), Instant::ZERO);
    assert_eq!(verdict, Some(Verdict::Dead));
}

#[test]
fn only_a_status_of_success_delivers() {
    assert_eq!(Outcome::of_status(200, None), Outcome::Delivered);
    assert_eq!(Outcome::of_status(204, None), Outcome::Delivered);
    for status in [100, 199, 300, 301, 302, 400, 401, 404, 429, 500, 503] {
        assert_eq!(Outcome::of_status(status, None), FAILED, "{status}");
    }
}
