//! Calls between two phones: every way they begin and end.

use crate::office::{Office, SECOND};
use domain::Fault;
use sip_stack::usage::Ending;
use std::time::Duration;
use testkit::{Manner, Reaction, Told};

#[test]
fn a_call_is_answered_heard_on_both_sides_and_ended_by_the_caller() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    assert!(office.line(office.anna, anna).was_told(&Told::Ringing(180)));
    assert!(office.both_hear(at_anna, at_bert));
    office.hang_up(office.anna, anna);
    let told = office.line(office.bert, bert).told.last().cloned();
    assert!(
        matches!(told, Some(Told::Ended(Ending::PeerHungUp, _))),
        "{told:?}"
    );
    let record = office.record();
    assert_eq!((record.end.cause, record.end.sip_status), (16, 200));
    assert_eq!(record.end.by, Fault::Caller);
    assert_eq!(record.dialled, "102");
    assert_eq!(record.caller.number, "101");
    assert!(record.answered_at.is_some() && record.ringing_at.is_some());
    assert_eq!(record.legs.len(), 2);
    assert_eq!(record.legs[0].codec.as_deref(), Some("PCMU"));
    let quality = record.legs[0].quality.received.as_ref().unwrap();
    assert!(quality.packets > 5 && quality.strangers == 0, "{quality:?}");
}

#[test]
fn a_call_is_ended_by_the_called_party() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.bert, bert);
    assert!(office.line(office.anna, anna).is_over());
    let record = office.record();
    assert_eq!((record.end.cause, record.end.by), (16, Fault::Callee));
}

#[test]
fn all_devices_of_an_extension_ring_and_one_answer_silences_the_others() {
    let mut office = Office::open();
    office.register(office.bert_two);
    let anna = office.call(office.anna, "102");
    let one = office.rung(office.bert);
    let two = office.rung(office.bert_two);
    office.answer(office.bert_two, two);
    assert!(office.line(office.anna, anna).is_talking());
    let told = office.line(office.bert, one).told.last().cloned();
    let Some(Told::Cancelled(Some(reason))) = told else {
        panic!("the other phone was told {told:?}");
    };
    assert!(reason.contains("cause=200"), "{reason}");
    assert!(reason.contains("Call completed elsewhere"), "{reason}");
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert_eq!(record.legs.len(), 3);
}

fn refused_with(status: u16) -> (u16, u8) {
    let mut office = Office::open();
    office.manner(office.bert, |manner| {
        manner.reaction = Reaction::Refuse(status, SECOND);
    });
    let anna = office.call(office.anna, "102");
    office.world.run(SECOND * 5);
    let refused = office.line(office.anna, anna).refused();
    let record = office.record();
    assert_eq!(Some(record.end.sip_status), refused);
    (refused.unwrap(), record.end.cause)
}

#[test]
fn the_caller_hears_that_the_called_party_is_busy_or_declines() {
    assert_eq!(refused_with(486), (486, 17));
    assert_eq!(refused_with(603).0, 603);
    assert_eq!(refused_with(480).0, 480);
}

#[test]
fn a_decline_stops_all_devices_and_a_busy_one_does_not() {
    let mut office = Office::open();
    office.register(office.bert_two);
    let anna = office.call(office.anna, "102");
    let (one, two) = (office.rung(office.bert), office.rung(office.bert_two));
    office
        .world
        .with(office.bert, |phone, now| phone.refuse(one, 486, now));
    office.world.run(SECOND);
    assert!(!office.line(office.bert_two, two).is_over(), "it rings on");
    office
        .world
        .with(office.bert_two, |phone, now| phone.refuse(two, 603, now));
    office.world.run(SECOND);
    assert_eq!(office.line(office.anna, anna).refused(), Some(603));
    let anna = office.call(office.anna, "102");
    let (one, two) = (office.rung(office.bert), office.rung(office.bert_two));
    office
        .world
        .with(office.bert, |phone, now| phone.refuse(one, 603, now));
    office.world.run(SECOND);
    assert!(office.line(office.bert_two, two).is_over(), "it stops");
    assert_eq!(office.line(office.anna, anna).refused(), Some(603));
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn nobody_answers_and_the_caller_is_told_so_after_the_ring_time() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    office.world.run(SECOND * 25);
    assert_eq!(office.line(office.anna, anna).refused(), Some(480));
    assert!(office.line(office.bert, bert).is_over());
    assert_eq!(office.record().end.cause, 19);
}

#[test]
fn a_number_nobody_has_is_not_found() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "998");
    office.world.run(SECOND * 2);
    assert_eq!(office.line(office.anna, anna).refused(), Some(404));
    let record = office.record();
    assert_eq!((record.end.cause, record.dialled.as_str()), (1, "998"));
}

#[test]
fn the_caller_gives_up_while_it_rings() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    office
        .world
        .with(office.anna, |phone, now| phone.cancel(anna, now));
    office.world.run(SECOND);
    assert!(office.line(office.anna, anna).is_over());
    let told = &office.line(office.bert, bert).told;
    assert!(matches!(told.last(), Some(Told::Cancelled(_))), "{told:?}");
    assert_eq!(office.record().end.by, Fault::Caller);
}

#[test]
fn giving_up_at_any_moment_leaves_both_phones_free_and_one_record() {
    for after in (0..120).chain([250, 600, 1_050, 1_100]) {
        let mut office = Office::open();
        office.manner(office.bert, |manner| {
            manner.reaction = Reaction::Answer(Duration::from_millis(60));
        });
        let anna = office.call(office.anna, "102");
        office.world.run(Duration::from_millis(after));
        office
            .world
            .with(office.anna, |phone, now| phone.hang_up(anna, now));
        office.world.run(SECOND * 5);
        assert!(office.line(office.anna, anna).is_over(), "after {after} ms");
        let live = office.world.phones[office.bert.0].live().count();
        assert_eq!(live, 0, "after {after} ms");
        assert!(office.settled_records().len() <= 1, "after {after} ms");
    }
}

#[test]
fn early_media_is_heard_before_the_answer() {
    let mut office = Office::open();
    office.manner(office.bert, |manner| manner.early = true);
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    office.world.run(SECOND * 2);
    assert!(
        office
            .line(office.anna, anna)
            .was_told(&Told::Progressed(183))
    );
    assert!(office.hears((office.anna, anna), (office.bert, bert)));
    office.answer(office.bert, bert);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_late_offer_passes_through_and_both_sides_hear_each_other() {
    let mut office = Office::open();
    office.manner(office.anna, |manner| manner.late = true);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn phones_behind_nat_hear_each_other() {
    let mut office = Office::open();
    let mut ids = Vec::new();
    for (host, number) in [(61, "101"), (62, "103")] {
        let member = office.alpha.member(number);
        let inside = std::net::SocketAddr::from(([192, 168, 1, host], 5060));
        let address = crate::office::address(host);
        ids.push(office.world.phone(&member.account, address, Some(inside)));
    }
    office.world.add(&office.alpha);
    for id in &ids {
        assert_eq!(office.register(*id), Some(200));
    }
    let anna = office.call(ids[0], "103");
    let cleo = office.rung(ids[1]);
    office.answer(ids[1], cleo);
    assert!(office.both_hear((ids[0], anna), (ids[1], cleo)));
    office.hang_up(ids[1], cleo);
    assert!(office.line(ids[0], anna).is_over());
    office.record();
}

#[test]
fn a_dead_peer_is_noticed_and_the_other_side_is_freed() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.world.phones[office.bert.0].dead = true;
    let freed = office
        .world
        .run_until(SECOND * 120, |world| world.phones[0].line(anna).is_over());
    assert!(
        freed,
        "silence is followed by a question, and no answer by the end"
    );
    let record = office.record();
    assert_eq!(record.end.by, Fault::Network);
}

#[test]
fn a_phone_that_rebooted_does_not_know_its_call_and_the_other_side_is_freed() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let now = office.world.now;
    office.world.phones[office.bert.0].reboot(now);
    let freed = office
        .world
        .run_until(SECOND * 120, |world| world.phones[0].line(anna).is_over());
    assert!(freed);
    office.record();
}

// rfc: 4028 §10
#[test]
fn a_session_that_nobody_refreshes_expires() {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.world.phones[phone.0].configure(|config| config.session.expires = 90);
        office.manner(phone, |manner: &mut Manner| manner.voice_every = SECOND * 5);
    }
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 400);
    assert!(
        office.line(office.anna, anna).is_talking(),
        "it is refreshed"
    );
    assert!(office.line(office.bert, bert).is_talking());
    office.hang_up(office.anna, anna);
    office.record();
}

// rfc: 3261 §13.3.1.4
#[test]
fn a_caller_that_never_acknowledges_is_hung_up_on() {
    let mut office = Office::open();
    let raw = office.raw();
    let device = office.members[3].device;
    let ip = office.world.raws[raw.0].address.ip();
    office.alpha.device(device).unwrap().trusted_source = Some(ip);
    office.world.add(&office.alpha);
    let at = std::net::SocketAddr::new(ip, 40_000);
    let sdp = testkit::describe(at, 1, 1, testkit::Direction::SendRecv);
    let sdp = String::from_utf8(sdp.to_vec()).unwrap();
    office.world.with_raw(raw, |raw| {
        let (from, to) = ("<sip:103@alpha.example>", "<sip:102@alpha.example>");
        let kind = "Content-Type: application/sdp\r\n";
        raw.request("INVITE", "sip:102@alpha.example", (from, to), kind, &sdp);
    });
    let bert = office.rung(office.bert);
    office.answer(office.bert, bert);
    office.world.run(SECOND * 40);
    assert!(
        office.line(office.bert, bert).is_over(),
        "64 times T1 are over"
    );
    office.record();
}
