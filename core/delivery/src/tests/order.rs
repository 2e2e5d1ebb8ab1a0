//! Events about one thing arrive in their order, one after the other.

use super::*;
use crate::Verdict;

#[test]
fn events_of_one_call_are_tried_one_after_the_other() {
    let mut dispatcher = dispatcher(Limits::default());
    let to = receiver(1, 1);
    for event in [2, 1, 3] {
        dispatcher.accept(about(9, job(to, event))).unwrap();
    }
    for event in 1..=3 {
        let now = attempts(&mut dispatcher, Instant::ZERO);
        assert_eq!(events(&now), [event]);
        let done = dispatcher.finished(&now[0], Outcome::Delivered, Instant::ZERO);
        assert_eq!(done, Some(Verdict::Delivered));
    }
    assert_eq!(dispatcher.jobs(), 0);
}

#[test]
fn a_failed_event_holds_back_its_own_call_and_no_other() {
    let mut dispatcher = dispatcher(Limits::default());
    let to = receiver(1, 1);
    dispatcher.accept(about(9, job(to, 1))).unwrap();
    let first = attempts(&mut dispatcher, Instant::ZERO);
    let Some(Verdict::Again { at, tries: 1 }) =
        dispatcher.finished(&first[0], FAILED, Instant::ZERO)
    else {
        unreachable!("the first try is not the last");
    };
    dispatcher.accept(about(9, job(to, 2))).unwrap();
    dispatcher.accept(about(8, job(to, 3))).unwrap();
    assert_eq!(events(&attempts(&mut dispatcher, Instant::ZERO)), [3]);
    assert_eq!(dispatcher.deadline(), Some(at));
    let again = attempts(&mut dispatcher, at);
    assert_eq!(events(&again), [1]);
    assert_eq!(again[0].number, 2);
    dispatcher.finished(&again[0], Outcome::Delivered, at);
    assert_eq!(events(&attempts(&mut dispatcher, at)), [2]);
}

#[test]
fn a_job_that_is_held_already_is_not_delivered_twice() {
    let mut dispatcher = dispatcher(Limits::default());
    let to = receiver(1, 1);
    dispatcher.accept(job(to, 1)).unwrap();
    dispatcher.accept(job(to, 1)).unwrap();
    let first = attempts(&mut dispatcher, Instant::ZERO);
    assert_eq!(events(&first), [1]);
    dispatcher.accept(job(to, 1)).unwrap();
    dispatcher.finished(&first[0], Outcome::Delivered, Instant::ZERO);
    assert_eq!(dispatcher.jobs(), 0);
}

#[test]
fn an_earlier_event_that_comes_late_waits_for_the_one_under_way() {
    let mut dispatcher = dispatcher(Limits::default());
    let to = receiver(1, 1);
    dispatcher.accept(about(9, job(to, 5))).unwrap();
    let first = attempts(&mut dispatcher, Instant::ZERO);
    dispatcher.accept(about(9, job(to, 4))).unwrap();
    assert!(attempts(&mut dispatcher, Instant::ZERO).is_empty());
    dispatcher.finished(&first[0], Outcome::Delivered, Instant::ZERO);
    assert_eq!(events(&attempts(&mut dispatcher, Instant::ZERO)), [4]);
}
