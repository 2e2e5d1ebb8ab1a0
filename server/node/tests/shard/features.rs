//! What parties do during a call.

use crate::office::{Office, SECOND};
use domain::Destination;
use testkit::{Direction, Told};

// rfc: 3264 §8.4
#[test]
fn hold_silences_and_resume_joins_again() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    let told = Told::Offered(Some(Direction::SendOnly));
    assert!(office.line(office.bert, bert).was_told(&told));
    assert_eq!(office.line(office.bert, bert).agreed(), Direction::RecvOnly);
    assert_eq!(office.line(office.anna, anna).agreed(), Direction::SendOnly);
    assert!(
        !office.hears(at_anna, at_bert),
        "the held party is not heard"
    );
    office.world.run(SECOND * 60);
    assert!(
        office.line(office.bert, bert).is_talking(),
        "silence on hold is no fault"
    );
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, false, now));
    office.world.run(SECOND);
    assert!(office.both_hear(at_anna, at_bert));
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn both_parties_may_hold_at_once() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND * 2);
    office
        .world
        .with(office.bert, |phone, now| phone.hold(bert, true, now));
    office.world.run(SECOND * 2);
    assert_eq!(office.line(office.bert, bert).agreed(), Direction::Inactive);
    for (phone, line) in [(office.bert, bert), (office.anna, anna)] {
        office
            .world
            .with(phone, |phone, now| phone.hold(line, false, now));
        office.world.run(SECOND * 2);
    }
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn two_offers_that_cross_are_both_served_in_the_end() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.reoffer(anna, now));
    office
        .world
        .with(office.bert, |phone, now| phone.reoffer(bert, now));
    // each of them may be told to wait up to ten seconds, and twice (RFC 3261 §14.2)
    office.world.run(SECOND * 40);
    assert!(office.line(office.anna, anna).is_talking());
    assert!(office.line(office.bert, bert).is_talking());
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    let answered = |told: &[Told]| {
        let mut answers = told.iter();
        answers.any(|told| matches!(told, Told::ReofferAnswered(_)))
    };
    assert!(answered(&office.line(office.anna, anna).told));
    assert!(answered(&office.line(office.bert, bert).told));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_party_may_ask_the_other_to_offer() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.ask_offer(anna, now));
    office.world.run(SECOND * 2);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_refused_offer_changes_nothing() {
    let mut office = Office::open();
    office.manner(office.bert, |manner| manner.answers_offers = false);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.reoffer(anna, now));
    office.world.run(SECOND);
    office
        .world
        .with(office.bert, |phone, now| phone.refuse_offer(bert, 488, now));
    office.world.run(SECOND);
    assert!(
        office
            .line(office.anna, anna)
            .was_told(&Told::ReofferRefused(488))
    );
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_key_told_by_info_reaches_the_other_side() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.press(anna, '5', now));
    office.world.run(SECOND);
    let told = &office.line(office.bert, bert).told;
    let heard = told
        .iter()
        .any(|told| matches!(told, Told::Info(body) if body.contains("Signal=5")));
    assert!(heard, "{told:?}");
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn the_echo_gives_back_what_is_said() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "*43");
    office.world.run(SECOND * 5);
    assert!(office.line(office.anna, anna).is_talking());
    assert!(
        office.hears((office.anna, anna), (office.anna, anna)),
        "its own voice"
    );
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND * 2);
    assert!(
        !office.hears((office.anna, anna), (office.anna, anna)),
        "not on hold"
    );
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, false, now));
    office.world.run(SECOND * 2);
    assert!(office.hears((office.anna, anna), (office.anna, anna)));
    office.hang_up(office.anna, anna);
    assert_eq!(office.record().end.sip_status, 200);
}

#[test]
fn the_announcement_is_played() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "*44");
    office.world.run(SECOND * 5);
    let heard = office.line(office.anna, anna).heard.other;
    assert!(heard > 200, "fifty packets a second, {heard} heard");
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn the_announcement_is_played_to_a_caller_that_leaves_the_offer_to_us() {
    let mut office = Office::open();
    office.manner(office.anna, |manner| manner.late = true);
    let anna = office.call(office.anna, "*44");
    office.world.run(SECOND * 5);
    let heard = office.line(office.anna, anna).heard.other;
    assert!(heard > 200, "fifty packets a second, {heard} heard");
    office.world.phones[office.anna.0].dead = true;
    office.world.run(SECOND * 120);
    office.record();
}

#[test]
fn an_extension_may_lead_to_the_echo() {
    let mut office = Office::open();
    office.alpha.extension("600", Destination::Echo);
    office.world.add(&office.alpha);
    office.manner(office.anna, |manner| manner.late = true);
    let anna = office.call(office.anna, "600");
    office.world.run(SECOND * 5);
    assert!(
        office.hears((office.anna, anna), (office.anna, anna)),
        "also with a late offer"
    );
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_device_with_a_fixed_address_rings_without_registration() {
    let mut office = Office::open();
    let device = office.members[2].device;
    let address = office.world.phones[office.bert_two.0].address;
    office.alpha.device(device).unwrap().address = Some(format!("sip:102@{address}"));
    office.world.add(&office.alpha);
    let anna = office.call(office.anna, "102");
    let two = office.rung(office.bert_two);
    office.answer(office.bert_two, two);
    assert!(office.both_hear((office.anna, anna), (office.bert_two, two)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn the_other_phones_of_ones_own_extension_can_be_called() {
    let mut office = Office::open();
    office.register(office.bert_two);
    let two = office.call(office.bert_two, "102");
    let one = office.rung(office.bert);
    assert_eq!(
        office.world.phones[office.bert_two.0].lines.len(),
        1,
        "not itself"
    );
    office.answer(office.bert, one);
    assert!(office.line(office.bert_two, two).is_talking());
    office.hang_up(office.bert, one);
    office.record();
}

#[test]
fn a_call_is_ended_by_whoever_asks_the_exchange_to() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (alpha, beta) = (office.alpha.clone(), office.beta.clone());
    let calls = office.live_calls(&alpha);
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].caller.as_str(), calls[0].state.as_str()),
        ("101", "talking")
    );
    assert!(
        office.live_calls(&beta).is_empty(),
        "another company sees nothing"
    );
    let order = node::Ask::HangUp(calls[0].id, "lunch".to_owned());
    let foreign = office.world.ask(beta.id(), order.clone());
    let not_found = Err(ports::LiveError::NotFound);
    assert!(matches!(foreign, Some(node::Answer::HungUp(_, told)) if told == not_found));
    office.world.run(SECOND);
    assert!(office.line(office.anna, anna).is_talking());
    let own = office.world.ask(alpha.id(), order);
    assert!(
        matches!(own, Some(node::Answer::HungUp(_, Ok(())))),
        "{own:?}"
    );
    office.world.run(SECOND);
    assert!(office.line(office.anna, anna).is_over());
    assert!(office.line(office.bert, bert).is_over());
    let record = office.record();
    assert_eq!(record.end.by, domain::Fault::Operator);
    assert!(record.end.reason.contains("lunch"), "{}", record.end.reason);
}
