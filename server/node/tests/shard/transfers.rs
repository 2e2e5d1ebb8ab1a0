//! Calls that are sent on.

use crate::office::{Office, SECOND};
use sip_message::Name;
use testkit::{LineId, Told};

fn transferred(office: &Office, line: LineId) -> Vec<u16> {
    let told = &office.line(office.anna, line).told;
    told.iter()
        .filter_map(|told| match told {
            Told::Transfer(status, _) => Some(*status),
            _ => None,
        })
        .collect()
}

// rfc: 3515 §2.4.4
#[test]
fn a_blind_transfer_joins_the_other_two_and_frees_the_one_who_asked() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    assert!(
        office
            .world
            .with(office.anna, |phone, now| phone.transfer(anna, "103", now))
    );
    let cleo = office.rung(office.cleo);
    assert_eq!(
        office.line(office.cleo, cleo).peer,
        "102",
        "she sees who will talk to her"
    );
    office.answer(office.cleo, cleo);
    office.world.run(SECOND * 3);
    assert_eq!(transferred(&office, anna).last(), Some(&200));
    assert!(office.line(office.anna, anna).is_over());
    assert!(office.both_hear((office.bert, bert), (office.cleo, cleo)));
    office.hang_up(office.cleo, cleo);
    assert!(office.line(office.bert, bert).is_over());
    let record = office.record();
    assert_eq!(record.moves.transfers.len(), 1);
    assert!(record.moves.transfers[0].succeeded);
}

#[test]
fn a_company_whose_plan_has_no_transfers_talks_on() {
    let mut office = Office::open();
    office.alpha.sell_without(domain::Feature::Transfers);
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.transfer(anna, "103", now));
    office.world.run(SECOND * 3);
    assert_eq!(transferred(&office, anna).last(), Some(&403));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    assert!(office.record().moves.transfers.is_empty());
}

// rfc: 5589 §7
#[test]
fn a_transfer_that_fails_gives_the_party_back() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.transfer(anna, "103", now));
    let cleo = office.rung(office.cleo);
    office
        .world
        .with(office.cleo, |phone, now| phone.refuse(cleo, 486, now));
    office.world.run(SECOND * 3);
    assert_eq!(transferred(&office, anna).last(), Some(&486));
    assert!(office.line(office.anna, anna).is_talking());
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert!(!record.moves.transfers[0].succeeded);
}

#[test]
fn a_transfer_to_a_number_nobody_has_fails() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.transfer(anna, "999", now));
    office.world.run(SECOND * 3);
    assert_eq!(transferred(&office, anna).last(), Some(&404));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn whoever_transfers_may_hang_up_while_it_rings() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.transfer(anna, "103", now));
    let cleo = office.rung(office.cleo);
    office.hang_up(office.anna, anna);
    office.answer(office.cleo, cleo);
    assert!(office.both_hear((office.bert, bert), (office.cleo, cleo)));
    office.hang_up(office.bert, bert);
    office.record();
}

// rfc: 5589 §7
#[test]
fn an_attended_transfer_joins_the_two_others() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    let (asking, cleo) = office.talk(office.anna, office.cleo, "103");
    office.world.run(SECOND);
    let asked = office.world.with(office.anna, |phone, now| {
        phone.transfer_attended(anna, asking, now)
    });
    assert!(asked);
    office.world.run(SECOND * 5);
    assert!(office.both_hear((office.bert, bert), (office.cleo, cleo)));
    assert!(office.line(office.anna, anna).is_over());
    assert!(office.line(office.anna, asking).is_over());
    office.hang_up(office.bert, bert);
    assert!(office.line(office.cleo, cleo).is_over());
    assert_eq!(office.settled_records().len(), 2, "two calls were made");
}

#[test]
fn an_attended_transfer_into_another_companys_call_is_as_unknown_as_any() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    let name = office.line(office.dora, dora).dialog().unwrap();
    let (call_id, to, from) = (name.call_id, name.remote_tag, name.local_tag);
    for replaces in [
        format!("{call_id}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}"),
        "nobody%3Bto-tag%3D1%3Bfrom-tag%3D2".to_owned(),
    ] {
        let refer_to = format!("<sip:101@beta.example?Replaces={replaces}>");
        office
            .world
            .with(office.anna, |phone, now| phone.refer(anna, &refer_to, now));
        office.world.run(SECOND * 3);
        assert_eq!(transferred(&office, anna).last(), Some(&404));
    }
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.hang_up(office.dora, dora);
    assert_eq!(office.settled_records().len(), 2);
}

// rfc: 3891 §3
#[test]
fn a_phone_takes_the_place_of_another_in_its_call() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let name = office.line(office.bert, bert).dialog().unwrap();
    let (call_id, to, from) = (name.call_id, name.remote_tag, name.local_tag);
    let replaces = format!("{call_id};to-tag={to};from-tag={from}");
    let cleo = office.world.with(office.cleo, |phone, now| {
        phone.call_uri(
            "sip:102@alpha.example",
            vec![(Name::Replaces, replaces.clone())],
            now,
        )
    });
    office.world.run(SECOND * 3);
    assert!(office.line(office.cleo, cleo).is_talking());
    assert!(office.line(office.bert, bert).is_over());
    assert!(office.both_hear((office.anna, anna), (office.cleo, cleo)));
    let again = office.world.with(office.cleo, |phone, now| {
        phone.call_uri(
            "sip:102@alpha.example",
            vec![(Name::Replaces, replaces)],
            now,
        )
    });
    office.world.run(SECOND * 3);
    assert_eq!(office.line(office.cleo, again).refused(), Some(481));
    office.hang_up(office.anna, anna);
    office.settled_records();
}

// rfc: 3891 §3
#[test]
fn another_companys_call_cannot_be_taken_over() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let name = office.line(office.bert, bert).dialog().unwrap();
    let (call_id, to, from) = (name.call_id, name.remote_tag, name.local_tag);
    let replaces = format!("{call_id};to-tag={to};from-tag={from}");
    let dora = office.world.with(office.dora, |phone, now| {
        phone.call_uri(
            "sip:102@beta.example",
            vec![(Name::Replaces, replaces)],
            now,
        )
    });
    office.world.run(SECOND * 3);
    assert_eq!(office.line(office.dora, dora).refused(), Some(481));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}
