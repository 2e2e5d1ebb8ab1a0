//! The process dies, and another one takes over.

use crate::office::{Office, SECOND};

#[test]
fn bindings_outlive_the_process() {
    let mut office = Office::open();
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    assert_eq!(figures.live.bindings, 5);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_conversation_goes_on_after_a_restart_and_leaves_one_record() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, false, now));
    office.world.run(SECOND);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.bert, bert);
    assert!(office.line(office.anna, anna).is_over());
    let record = office.record();
    assert!(!record.recovered, "it outlived the process");
    assert_eq!(record.end.sip_status, 200);
}

#[test]
fn a_call_that_still_rang_when_the_process_died_leaves_one_record_that_says_so() {
    let mut office = Office::open();
    let _anna = office.call(office.anna, "102");
    office.rung(office.bert);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 200);
    let record = office.record();
    assert!(record.recovered);
    assert_eq!(record.end.by, domain::Fault::Exchange);
}

#[test]
fn many_restarts_during_one_call_still_leave_one_record() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    for _ in 0..5 {
        office.world.run(SECOND * 10);
        office.world.kill();
        office.world.restart();
    }
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
    office.world.kill();
    office.world.restart();
    office.record();
}

#[test]
fn a_party_that_hung_up_while_the_process_was_down_does_not_hold_the_other() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 10);
    office.world.kill();
    office
        .world
        .with(office.anna, |phone, now| phone.hang_up(anna, now));
    office.world.run(SECOND * 40);
    office.world.restart();
    let freed = office
        .world
        .run_until(SECOND * 200, |world| world.phones[1].line(bert).is_over());
    assert!(freed, "the silence is noticed");
    office.record();
}
