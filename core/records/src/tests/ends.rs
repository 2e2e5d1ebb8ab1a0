//! Every way a call can end leaves one record that says how, and whose fault it was.

use super::scene::{Scene, at, echo, extension, ring, talk};
use call::{DialStep, LegFact, Lost, Unreachable};
use domain::{Cdr, Fault};
use ports::JournalRecord;
use routing::Refusal;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Closes the record, which must be the last word of the journal and the only closing one.
fn record(scene: Scene) -> Cdr {
    let (cdr, journal) = scene.close();
    let closed = journal
        .iter()
        .filter(|record| matches!(record, JournalRecord::Closed(_)))
        .count();
    assert_eq!(closed, 1, "closed once");
    assert_eq!(
        journal.last(),
        Some(&JournalRecord::Closed(Box::new(cdr.clone())))
    );
    assert!(!cdr.recovered);
    assert!(
        cdr.legs
            .iter()
            .all(|leg| leg.ended == Some(cdr.ended) || leg.ended < Some(cdr.ended)),
        "no leg outlives its call: {cdr:#?}"
    );
    cdr
}

fn end(cdr: &Cdr) -> (u8, u16, Fault) {
    (cdr.end.cause, cdr.end.sip_status, cdr.end.by)
}

#[test]
fn a_call_that_the_caller_hangs_up() {
    let mut scene = talk(1);
    scene.after(60 * SECOND).leg_does(0, LegFact::Ended);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (16, 200, Fault::Caller));
    assert_eq!(cdr.talk_ms(), 60_000);
    let destination = cdr.destination.unwrap();
    assert_eq!(destination.number, "102");
    assert_eq!(destination.extension, Some(extension("102")));
    assert_eq!(cdr.legs[0].party.extension, Some(extension("101")));
}

#[test]
fn a_call_that_the_party_called_hangs_up() {
    let mut scene = talk(1);
    scene.after(SECOND).leg_does(1, LegFact::Ended);
    assert_eq!(end(&record(scene)), (16, 200, Fault::Callee));
}

#[test]
fn a_busy_phone() {
    let mut scene = Scene::begin(1, vec![ring(&["102"])]);
    scene.after(SECOND).refuses(1, 486);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (17, 486, Fault::Callee));
    assert_eq!((cdr.answered_at, cdr.talk_ms()), (None, 0));
    assert_eq!(cdr.legs[1].status, Some(486));
    let tried = cdr.destination.map(|party| party.number);
    assert_eq!(tried.as_deref(), Some("102"), "who was last tried");
}

#[test]
fn a_phone_that_declines() {
    let mut scene = Scene::begin(1, vec![ring(&["102"])]);
    scene.rings(1).refuses(1, 603);
    assert_eq!(end(&record(scene)), (21, 603, Fault::Callee));
}

#[test]
fn a_phone_that_nobody_picks_up() {
    let mut scene = Scene::begin(1, vec![ring(&["102"])]);
    scene.rings(1).after(30 * SECOND);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (19, 480, Fault::Callee));
    assert_eq!((cdr.ringing_at, cdr.ended), (Some(at(1_000)), at(31_000)));
    assert_eq!(cdr.legs[1].ringing_at, Some(at(1_000)));
}

#[test]
fn a_phone_that_cannot_be_reached() {
    for why in [Unreachable::Timeout, Unreachable::Transport] {
        let mut scene = Scene::begin(1, vec![ring(&["102"])]);
        scene.after(SECOND).leg_does(1, LegFact::Unreachable(why));
        let cdr = record(scene);
        assert_eq!(cdr.end.sip_status, 480, "{why:?}");
        assert_eq!(cdr.answered_at, None);
    }
}

#[test]
fn a_caller_who_gives_up() {
    let mut scene = Scene::begin(1, vec![ring(&["102"])]);
    scene.rings(1).after(5 * SECOND);
    scene.leg_does(0, LegFact::Cancelled);
    let cdr = record(scene);
    assert_eq!((cdr.end.sip_status, cdr.end.by), (487, Fault::Caller));
    assert_eq!(cdr.legs[1].status, Some(487));
}

#[test]
fn a_number_that_does_not_exist() {
    let scene = Scene::begin(1, vec![DialStep::Refuse(Refusal::NOT_FOUND)]);
    let (cdr, journal) = scene.close();
    assert_eq!(end(&cdr), (1, 404, Fault::Caller));
    assert_eq!(cdr.destination, None);
    assert_eq!(journal.len(), 1, "over at once, it needs no beginning");
}

#[test]
fn nobody_registered() {
    let scene = Scene::begin(1, vec![ring(&[])]);
    assert_eq!(record(scene).end.sip_status, 480);
}

#[test]
fn one_of_several_phones_answers_and_the_others_are_told() {
    let mut scene = Scene::begin(1, vec![ring(&["102", "103", "104"])]);
    scene.rings(1).rings(2).after(SECOND).refuses(3, 486);
    scene.after(SECOND).answers(2);
    scene.after(SECOND).leg_does(2, LegFact::Ended);
    let cdr = record(scene);
    assert_eq!(
        cdr.destination.map(|party| party.number).as_deref(),
        Some("103")
    );
    let statuses: Vec<_> = cdr.legs.iter().map(|leg| leg.status).collect();
    assert_eq!(statuses, [Some(200), Some(487), Some(200), Some(486)]);
}

#[test]
fn a_call_to_the_echo() {
    let mut scene = Scene::begin(1, vec![echo()]);
    scene.after(10 * SECOND).leg_does(0, LegFact::Ended);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (16, 200, Fault::Caller));
    assert_eq!((cdr.talk_ms(), cdr.legs.len()), (10_000, 1));
    assert_eq!(cdr.destination, None);
}

#[test]
fn a_phone_that_is_lost() {
    for (leg, lost) in [
        (0, Lost::SessionExpired),
        (1, Lost::SessionExpired),
        (0, Lost::NoAck),
        (1, Lost::Gone),
    ] {
        let mut scene = talk(1);
        scene.after(SECOND).leg_does(leg, LegFact::Lost(lost));
        let cdr = record(scene);
        assert_eq!(end(&cdr), (27, 408, Fault::Network), "{leg} {lost:?}");
        assert_eq!(cdr.legs[leg].status, Some(408));
    }
}

#[test]
fn a_call_that_an_operator_ends() {
    let mut scene = talk(1);
    scene.after(SECOND).operator_ends_it();
    let cdr = record(scene);
    assert_eq!(cdr.end.by, Fault::Operator);
    assert_eq!(cdr.end.reason, "an operator ended it");
}

#[test]
fn a_call_that_is_up_when_the_exchange_stops() {
    let mut scene = talk(1);
    scene.after(SECOND).exchange_drains();
    assert_eq!(record(scene).end.by, Fault::Exchange);
}

#[test]
fn a_call_that_lasts_too_long() {
    let mut scene = talk(1);
    scene.after(12 * 3600 * SECOND);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (102, 408, Fault::Exchange));
}

#[test]
fn a_caller_that_never_answers_its_late_offer() {
    let mut scene = Scene::begin_with(1, vec![ring(&["102"])], None);
    scene.rings(1).answers(1).after(32 * SECOND);
    let cdr = record(scene);
    assert_eq!(end(&cdr), (102, 408, Fault::Exchange));
    assert!(cdr.answered_at.is_some());
}
