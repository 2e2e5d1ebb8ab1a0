//! Recordings: which calls are recorded, who is heard there and on which side, and for how long.

use crate::office::{Office, SECOND};
use domain::RecordedCalls;
use ids::RecordingId;
use media::Side;
use node::Beginning;
use testkit::{LineId, PhoneId, Tapes};

/// An office in which calls of some of alpha's extensions are recorded.
fn recorded(numbers: &[&str], calls: RecordedCalls) -> Office {
    let mut office = Office::open();
    for extension in &mut office.alpha.parts.extensions {
        if numbers.contains(&extension.spec.number.as_str()) {
            extension.spec.recorded = calls;
        }
    }
    office.world.add(&office.alpha);
    office
}

fn tapes(office: &Office) -> &Tapes {
    office.world.tapes()
}

/// The only recording there is.
fn only(office: &Office) -> Beginning {
    let all = &tapes(office).beginnings;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

/// Packets of a line's voice on a side of a recording.
fn on_tape(office: &Office, id: RecordingId, side: Side, at: (PhoneId, LineId)) -> u64 {
    let canary = office.world.phones[at.0.0].canary(at.1);
    let heard = tapes(office).heard(id, side);
    heard.get(&canary).copied().unwrap_or(0)
}

#[test]
fn who_calls_is_heard_on_the_left_and_who_is_called_on_the_right() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 5);
    let tape = only(&office);
    assert_eq!((&*tape.caller, &*tape.called), ("101", "102"));
    assert_eq!(tape.tenant, office.alpha.id());
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    assert!(on_tape(&office, tape.id, Side::Left, at_anna) >= 2);
    assert!(on_tape(&office, tape.id, Side::Right, at_bert) >= 2);
    assert_eq!(tapes(&office).heard(tape.id, Side::Left).len(), 1);
    assert_eq!(tapes(&office).heard(tape.id, Side::Right).len(), 1);
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended, [tape.id]);
    let record = office.record();
    let why = record
        .explanation
        .iter()
        .find(|why| why.rule == "record.extension");
    let because = &why.expect("the record says why").because;
    assert_eq!(because, "calls of extension 101 are recorded");
}

#[test]
fn a_call_is_recorded_for_whoever_is_called_too() {
    let mut office = recorded(&["102"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    only(&office);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn nobody_elses_calls_are_recorded() {
    let mut office = recorded(&["103"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let (dora, _) = office.talk(office.dora, office.emil, "102");
    office.hang_up(office.anna, anna);
    office.hang_up(office.dora, dora);
    assert!(tapes(&office).beginnings.is_empty());
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn calls_within_the_company_are_none_that_come_or_go_by_a_trunk() {
    let mut office = recorded(&["101", "102"], RecordedCalls::External);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert!(tapes(&office).beginnings.is_empty());
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_that_is_not_answered_is_not_recorded() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let anna = office.call(office.anna, "102");
    office.rung(office.bert);
    office.world.run(SECOND * 3);
    office.hang_up(office.anna, anna);
    assert!(tapes(&office).beginnings.is_empty());
    office.record();
}

#[test]
fn what_is_said_while_on_hold_is_not_recorded() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let tape = only(&office);
    let hold = |office: &mut Office, held| {
        let phone = office.anna;
        office
            .world
            .with(phone, |phone, now| phone.hold(anna, held, now));
        office.world.run(SECOND);
    };
    hold(&mut office, true);
    let before = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    office.world.run(SECOND * 5);
    let held = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    assert_eq!(before, held);
    hold(&mut office, false);
    office.world.run(SECOND * 5);
    let after = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    assert!(after >= held + 2);
    only(&office);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_recording_goes_on_with_whoever_the_call_is_sent_to() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.bert, |phone, now| phone.transfer(bert, "103", now));
    let cleo = office.rung(office.cleo);
    office.answer(office.cleo, cleo);
    office.world.run(SECOND * 5);
    let tape = only(&office);
    assert!(on_tape(&office, tape.id, Side::Left, (office.anna, anna)) >= 2);
    assert!(on_tape(&office, tape.id, Side::Right, (office.cleo, cleo)) >= 2);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_taken_into_another_is_heard_in_that_ones_recording_alone() {
    let mut office = recorded(&["101", "103"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    let (asking, cleo) = office.talk(office.anna, office.cleo, "103");
    let asked = office.world.with(office.anna, |phone, now| {
        phone.transfer_attended(anna, asking, now)
    });
    assert!(asked);
    office.world.run(SECOND * 5);
    let (first, second) = {
        let all = &tapes(&office).beginnings;
        assert_eq!(all.len(), 2, "{all:?}");
        (all[0].id, all[1].id)
    };
    assert_eq!(tapes(&office).ended, [second], "the asking has ended");
    let on_both = |office: &Office, id| {
        let at_cleo = (office.cleo, cleo);
        let sides = [Side::Left, Side::Right];
        let heard = sides.map(|side| on_tape(office, id, side, at_cleo));
        heard.iter().sum::<u64>()
    };
    let (in_first, in_second) = (on_both(&office, first), on_both(&office, second));
    assert!(in_first >= 2, "{in_first}");
    office.world.run(SECOND * 5);
    assert!(on_both(&office, first) >= in_first + 2);
    assert_eq!(on_both(&office, second), in_second);
    office.hang_up(office.bert, bert);
    assert_eq!(tapes(&office).ended, [second, first]);
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn a_recording_goes_on_after_a_restart() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let id = only(&office).id;
    office.world.run(SECOND * 10);
    office.world.kill();
    let before = on_tape(&office, id, Side::Right, (office.bert, bert));
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 6);
    let all = &tapes(&office).beginnings;
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].id, id);
    assert!(!all[0].resumed && all[1].resumed);
    let after = on_tape(&office, id, Side::Right, (office.bert, bert));
    assert!(after >= before + 2, "{before} {after}");
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended, [id]);
    let record = office.record();
    let whys = record.explanation.iter();
    let count = whys.filter(|why| why.rule == "record.extension").count();
    assert_eq!(count, 1, "it is explained once");
}

#[test]
fn a_call_beyond_those_that_may_be_recorded_says_so_and_goes_on() {
    let mut setup = testkit::Setup::ordinary(7);
    setup.config.limits.recordings = 0;
    let mut office = Office::with(setup);
    for extension in &mut office.alpha.parts.extensions {
        extension.spec.recorded = RecordedCalls::All;
    }
    office.world.add(&office.alpha);
    office.register_all();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let shard = &office.world.exchange.as_ref().unwrap().shard;
    assert_eq!(shard.figures().heard.recordings.crowded, 1);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let mut whys = record.explanation.iter();
    assert!(whys.any(|why| why.rule == "record.crowded"));
}
