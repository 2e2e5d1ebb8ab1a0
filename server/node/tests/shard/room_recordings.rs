//! Recordings of conferences: when they begin and end, who asks for them, and what outlives a
//! process.

use crate::office::{Office, SECOND};
use domain::{Destination, RecordedConference, RecordedSides, RecordingNotice};
use ids::CallId;
use media::Side;
use node::{Answer, Ask, Beginning};
use ports::{LiveConference, LiveError, LiveRecording, RecordingWish};
use testkit::{LineId, PhoneId, Tapes};

/// An office in which 800 is a conference of alpha's.
fn office(recording: RecordedConference, announce: RecordingNotice) -> Office {
    let mut office = Office::open();
    office.alpha.extension("800", Destination::Conference);
    let made = office.alpha.parts.extensions.last_mut().unwrap();
    made.spec.conference.recording = recording;
    made.spec.recording.announce = announce;
    office.world.add(&office.alpha);
    office
}

fn joins(office: &mut Office, phone: PhoneId) -> LineId {
    let line = office.call(phone, "800");
    office.world.run(SECOND);
    line
}

fn tapes(office: &Office) -> &Tapes {
    office.world.tapes()
}

/// The only recording that was begun, however often it was gone on with.
fn only(office: &Office) -> Beginning {
    let all = &tapes(office).beginnings;
    assert!(
        !all.is_empty() && all.iter().all(|one| one.id == all[0].id),
        "{all:?}"
    );
    all[0].clone()
}

/// Packets of the mix in a recording.
fn packets(office: &Office, tape: &Beginning) -> u64 {
    assert!(tapes(office).heard(tape.id, Side::Right).is_empty());
    tapes(office).heard(tape.id, Side::Left).values().sum()
}

fn conference(office: &mut Office) -> LiveConference {
    let alpha = office.alpha.id();
    match office.world.ask(alpha, Ask::Conferences) {
        Some(Answer::Conferences(_, all)) if all.len() == 1 => all[0].clone(),
        other => panic!("not one conference: {other:?}"),
    }
}

fn recording(office: &mut Office) -> Option<LiveRecording> {
    conference(office).recording
}

fn call_of(office: &mut Office, number: &str) -> CallId {
    let members = conference(office).members;
    members
        .iter()
        .find(|one| one.number == number)
        .unwrap()
        .call
}

fn wish(office: &mut Office, number: &str, wish: RecordingWish) -> Result<(), LiveError> {
    let (alpha, call) = (office.alpha.id(), call_of(office, number));
    match office.world.ask(alpha, Ask::Record(call, wish)) {
        Some(Answer::Recorded(_, done)) => done,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn a_conference_is_recorded_from_its_first_member_to_its_last() {
    let mut office = office(RecordedConference::Always, RecordingNotice::None);
    let (anna, bert) = (office.anna, office.bert);
    let first = joins(&mut office, anna);
    let tape = only(&office);
    assert_eq!((&*tape.caller, &*tape.called), ("101", "800"));
    assert_eq!(tape.sides, RecordedSides::Both);
    assert!(tape.conference.is_some());
    let second = joins(&mut office, bert);
    office.world.run(SECOND * 4);
    assert!(
        packets(&office, &tape) >= 200,
        "{}",
        packets(&office, &tape)
    );
    assert_eq!(recording(&mut office).unwrap().id, tape.id);
    let shown = office.live_calls(&office.alpha.clone())[1].recording;
    assert_eq!(shown.unwrap().id, tape.id, "and each member's call says so");
    office.hang_up(anna, first);
    assert!(tapes(&office).ended.is_empty(), "somebody is there");
    let before = packets(&office, &tape);
    office.world.run(SECOND * 2);
    assert!(packets(&office, &tape) >= before + 90);
    office.hang_up(bert, second);
    assert_eq!(tapes(&office).ended, [tape.id]);
    assert_eq!(tapes(&office).members[&tape.id], ["101", "102"]);
    for record in office.settled_records() {
        let mut whys = record.explanation.iter();
        let why = whys.find(|why| why.rule == "record.conference").unwrap();
        assert!(
            why.because.contains(&tape.id.to_string()),
            "{}",
            why.because
        );
    }
}

#[test]
fn a_conference_is_recorded_paused_and_no_more_as_somebody_wishes() {
    let mut office = office(RecordedConference::OnRequest, RecordingNotice::None);
    let (anna, bert) = (office.anna, office.bert);
    let lines = [joins(&mut office, anna), joins(&mut office, bert)];
    assert!(tapes(&office).beginnings.is_empty());
    wish(&mut office, "102", RecordingWish::On(None)).unwrap();
    office.world.run(SECOND);
    let tape = only(&office);
    wish(&mut office, "101", RecordingWish::Paused).unwrap();
    let before = packets(&office, &tape);
    assert!(before >= 40, "{before}");
    office.world.run(SECOND * 3);
    assert_eq!(packets(&office, &tape), before, "nothing goes there");
    assert!(recording(&mut office).unwrap().paused);
    wish(&mut office, "101", RecordingWish::On(None)).unwrap();
    office.world.run(SECOND * 3);
    assert!(packets(&office, &tape) >= before + 140);
    wish(&mut office, "101", RecordingWish::Off).unwrap();
    assert_eq!(tapes(&office).ended, [tape.id]);
    assert_eq!(recording(&mut office), None);
    office.hang_up(anna, lines[0]);
    office.hang_up(bert, lines[1]);
    assert_eq!(tapes(&office).ended.len(), 1, "it ends once");
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn a_conference_that_is_never_recorded_is_not_on_a_wish_either() {
    let mut office = office(RecordedConference::None, RecordingNotice::None);
    let anna = office.anna;
    let line = joins(&mut office, anna);
    let asked = RecordingWish::On(None);
    assert_eq!(wish(&mut office, "101", asked), Err(LiveError::NotNow));
    office.hang_up(anna, line);
    assert!(tapes(&office).beginnings.is_empty());
    office.record();
}

#[test]
fn whoever_comes_to_a_conference_that_is_recorded_hears_a_tone() {
    for announce in [RecordingNotice::Beep, RecordingNotice::None] {
        let mut office = office(RecordedConference::Always, announce);
        let (anna, bert) = (office.anna, office.bert);
        let lines = [joins(&mut office, anna), joins(&mut office, bert)];
        wish(&mut office, "101", RecordingWish::Paused).unwrap();
        let played = {
            let exchange = office.world.exchange.as_ref().unwrap();
            exchange.road.figures().played
        };
        assert_eq!(played > 0, announce == RecordingNotice::Beep, "{played}");
        office.hang_up(anna, lines[0]);
        office.hang_up(bert, lines[1]);
        office.settled_records();
    }
}

#[test]
fn the_recording_of_a_conference_goes_on_after_a_restart_paused_if_it_was() {
    for paused in [false, true] {
        let mut office = office(RecordedConference::Always, RecordingNotice::Beep);
        let (anna, bert) = (office.anna, office.bert);
        let lines = [joins(&mut office, anna), joins(&mut office, bert)];
        let tape = only(&office);
        // whose call it began with is not there any more
        office.hang_up(anna, lines[0]);
        if paused {
            wish(&mut office, "102", RecordingWish::Paused).unwrap();
        }
        office.world.run(SECOND * 10);
        office.world.kill();
        let before = packets(&office, &tape);
        office.world.run(SECOND * 2);
        office.world.restart();
        office.world.run(SECOND * 6);
        only(&office);
        let all = &tapes(&office).beginnings;
        assert_eq!((all.len(), all[1].resumed), (2, true));
        assert_eq!(recording(&mut office).unwrap().paused, paused);
        let after = packets(&office, &tape);
        assert_eq!(after > before + 100, !paused, "{before} {after}");
        office.hang_up(bert, lines[1]);
        assert_eq!(tapes(&office).ended, [tape.id]);
        assert_eq!(office.settled_records().len(), 2);
    }
}
