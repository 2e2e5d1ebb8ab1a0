//! What a record tells besides its end: times, parties, quality, transfers, reasons.

use super::scene::{Scene, at, ring, talk};
use crate::LegDetails;
use call::{LegFact, Output};
use domain::{Cdr, LegDirection, Quality, QualityPair, TransferNote};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn quality(packets: u64) -> QualityPair {
    let received = Quality {
        packets,
        ..Quality::default()
    };
    QualityPair {
        received: Some(received),
        sent: None,
    }
}

#[test]
fn times_are_those_of_the_wall_clock_and_first_times_stay() {
    let mut scene = Scene::begin(1, vec![ring(&["102", "103"])]);
    scene.after(SECOND).rings(1);
    scene.after(SECOND).rings(2);
    scene.after(SECOND).answers(2);
    scene.after(SECOND).leg_does(0, LegFact::Ended);
    let (cdr, _) = scene.close();
    assert_eq!(cdr.started, at(1_000));
    assert_eq!(cdr.ringing_at, Some(at(2_000)));
    assert_eq!(cdr.answered_at, Some(at(4_000)));
    assert_eq!(cdr.ended, at(5_000));
    let rings: Vec<_> = cdr.legs.iter().map(|leg| leg.ringing_at).collect();
    assert_eq!(rings, [None, Some(at(2_000)), Some(at(3_000))]);
    let answers: Vec<_> = cdr.legs.iter().map(|leg| leg.answered_at).collect();
    assert_eq!(answers, [Some(at(4_000)), None, Some(at(4_000))]);
    let ends: Vec<_> = cdr.legs.iter().map(|leg| leg.ended).collect();
    assert_eq!(ends, [Some(at(5_000)), Some(at(4_000)), Some(at(5_000))]);
}

#[test]
fn the_parties_are_those_who_proved_themselves_and_those_who_were_dialled() {
    let mut scene = talk(1);
    scene.leg_does(0, LegFact::Ended);
    let (cdr, _) = scene.close();
    assert_eq!(
        (cdr.caller.number.as_str(), cdr.dialled.as_str()),
        ("101", "102")
    );
    let [caller, called] = cdr.legs.as_slice() else {
        panic!("two legs: {cdr:#?}");
    };
    assert_eq!(caller.direction, LegDirection::Incoming);
    assert_eq!(caller.party, cdr.caller);
    assert_eq!(called.direction, LegDirection::Outgoing);
    assert_eq!(called.party.display, "Extension 102");
    assert_eq!(Some(&called.party), cdr.destination.as_ref());
}

#[test]
fn details_of_a_leg_are_added_as_they_become_known_and_never_blanked() {
    let mut scene = talk(1);
    let leg = scene.leg(1);
    let first = LegDetails {
        address: Some("192.0.2.7:5060".to_owned()),
        sip_call_id: Some("a@b".to_owned()),
        ..LegDetails::default()
    };
    let then = LegDetails {
        user_agent: Some("phone/1".to_owned()),
        codec: Some("PCMU/8000".to_owned()),
        srtp: None,
        ..LegDetails::default()
    };
    scene.recorder.details(leg, first);
    scene.recorder.details(leg, then);
    scene.recorder.details(leg, LegDetails::default());
    let found = &scene.recorder.cdr().legs[1];
    assert_eq!(found.address, "192.0.2.7:5060");
    assert_eq!(found.sip_call_id, "a@b");
    assert_eq!(found.user_agent, "phone/1");
    assert_eq!(found.codec.as_deref(), Some("PCMU/8000"));
}

#[test]
fn a_site_once_known_stays_with_the_leg() {
    let mut scene = talk(1);
    let (leg, site) = (scene.leg(1), ids::SiteId::new(3, 3));
    let known = LegDetails {
        site: Some(site),
        ..LegDetails::default()
    };
    scene.recorder.details(leg, known);
    let elsewhere = LegDetails {
        site: Some(ids::SiteId::new(4, 4)),
        ..LegDetails::default()
    };
    scene.recorder.details(leg, elsewhere);
    scene.recorder.details(leg, LegDetails::default());
    assert_eq!(scene.recorder.cdr().legs[1].site, Some(site));
    assert_eq!(scene.recorder.cdr().legs[0].site, None);
}

#[test]
fn a_record_waits_two_seconds_for_the_last_figures_and_no_longer() {
    let mut scene = talk(1);
    let (caller, called) = (scene.leg(0), scene.leg(1));
    assert_eq!(scene.recorder.deadline(), None, "it has not ended");
    scene.after(10 * SECOND);
    scene.recorder.await_quality(caller);
    scene.recorder.await_quality(called);
    scene.leg_does(0, LegFact::Ended);
    assert!(!scene.recorder.is_complete());
    assert_eq!(scene.recorder.deadline(), Some(scene.now() + 2 * SECOND));
    scene.recorder.quality(called, quality(500));
    assert!(!scene.recorder.is_complete(), "one is still awaited");
    scene.recorder.quality(caller, quality(499));
    assert!(scene.recorder.is_complete());
    let (cdr, _) = scene.close();
    assert_eq!(cdr.legs[0].quality, quality(499));
    assert_eq!(cdr.legs[1].quality, quality(500));
}

#[test]
fn figures_that_come_before_the_end_do_not_complete_the_record() {
    let mut scene = talk(1);
    let leg = scene.leg(1);
    scene.recorder.await_quality(leg);
    scene.recorder.quality(leg, quality(7));
    assert!(!scene.recorder.is_complete());
    scene.leg_does(0, LegFact::Ended);
    assert!(scene.recorder.is_complete());
}

fn note(cdr: &Cdr) -> &TransferNote {
    let [note] = cdr.moves.transfers.as_slice() else {
        panic!("one transfer: {:?}", cdr.moves.transfers);
    };
    note
}

#[test]
fn a_blind_transfer_is_noted_with_who_asked_for_it_and_where_to() {
    let mut scene = talk(1);
    scene.after(SECOND).sends_on(1, "103");
    assert!(
        !note(scene.recorder.cdr()).succeeded,
        "it is only asked for"
    );
    scene.after(SECOND).rings(2).answers(2);
    let expected = TransferNote {
        at: at(4_000),
        by: "102".to_owned(),
        to: "103".to_owned(),
        attended: false,
        succeeded: true,
    };
    assert_eq!(note(scene.recorder.cdr()), &expected);
    scene.after(SECOND).leg_does(0, LegFact::Ended);
    let (cdr, _) = scene.close();
    assert_eq!(
        cdr.destination.map(|party| party.number).as_deref(),
        Some("102")
    );
    assert_eq!(cdr.legs[2].party.number, "103");
    assert_eq!(cdr.legs[2].answered_at, Some(at(5_000)));
}

#[test]
fn a_transfer_that_fails_is_noted_too_and_the_call_goes_on() {
    let mut scene = talk(1);
    scene.after(SECOND).sends_on(1, "103").refuses(2, 486);
    assert!(!note(scene.recorder.cdr()).succeeded);
    let told = scene.recorder.cdr().explanation.iter();
    let told: Vec<_> = told.map(|step| step.text.as_str()).collect();
    assert!(
        told.contains(&"leg 1 asked for a transfer to 103"),
        "{told:?}"
    );
    assert!(
        told.contains(&"the transfer by leg 1 failed with 486"),
        "{told:?}"
    );
    assert!(!scene.call.is_over());
}

#[test]
fn a_transfer_with_consultation_leaves_two_records_that_tell_of_each_other() {
    let mut first = talk(1);
    let mut second = talk(2);
    let mut outputs: (Vec<Output>, Vec<Output>) = (Vec::new(), Vec::new());
    let now = first.after(SECOND).now();
    let (mine, theirs) = (first.leg(1), second.leg(0));
    let moved = first.call.adopt(
        mine,
        &mut second.call,
        theirs,
        now,
        &mut outputs.0,
        &mut outputs.1,
    );
    assert_eq!(moved.map(|moved| moved.len()), Ok(1));
    first.follow(outputs.0);
    second.follow(outputs.1);
    let (merged, _) = second.close();
    let goes_on = format!("the parties went on in call {}", first.call.id());
    assert!(merged.explanation.iter().any(|step| step.text == goes_on));
    let note = note(first.recorder.cdr());
    assert!(note.attended && note.succeeded, "{note:?}");
    first.after(SECOND).leg_does(0, LegFact::Ended);
    let (cdr, _) = first.close();
    assert_eq!(cdr.legs.len(), 3);
    assert_ne!(cdr.id, merged.id);
}

#[test]
fn the_record_explains_itself_in_order() {
    let mut scene = talk(1);
    scene.after(SECOND).leg_does(0, LegFact::Ended);
    let (cdr, _) = scene.close();
    let plan = &cdr.explanation[0];
    assert_eq!(plan.rule, "extension.by_number");
    assert_eq!(plan.because, "it is an extension of this tenant");
    let moments: Vec<_> = cdr.explanation.iter().map(|step| step.at).collect();
    assert!(moments.is_sorted(), "{moments:?}");
}
