//! What one company, or one party, must never learn of another.

use crate::office::{Office, SECOND};
use testkit::PhoneId;

/// Everything that arrived at these phones, as text.
fn heard_at(office: &Office, phones: &[PhoneId]) -> Vec<String> {
    let tap = office.world.tap.as_ref().unwrap();
    tap.iter()
        .filter(|(phone, _)| phones.contains(phone))
        .map(|(_, packet)| String::from_utf8_lossy(&packet.bytes).into_owned())
        .collect()
}

#[test]
fn neither_party_sees_addresses_tags_or_identifiers_of_the_other() {
    let mut office = Office::open();
    office.world.tap = Some(Vec::new());
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, false, now));
    office.world.run(SECOND);
    for ((one, line), (other, _)) in [
        ((office.anna, anna), (office.bert, bert)),
        ((office.bert, bert), (office.anna, anna)),
    ] {
        let name = office.line(one, line).dialog().unwrap();
        let address = office.world.phones[one.0].address.ip().to_string();
        let agent = format!(
            "Testphone of {}",
            office.world.phones[one.0].account.username
        );
        let hidden = [
            name.call_id,
            name.local_tag,
            name.remote_tag,
            address,
            agent,
        ];
        for text in heard_at(&office, &[other]) {
            for secret in &hidden {
                assert!(!text.contains(secret.as_str()), "{secret} is in\n{text}");
            }
        }
    }
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn another_companys_domain_in_any_spelling_reaches_nobody_and_is_as_unknown_as_none() {
    let mut office = Office::open();
    office.world.tap = Some(Vec::new());
    let unknown = "sip:102@nowhere.example";
    let mut answers = Vec::new();
    for uri in [
        unknown,
        "sip:102@beta.example",
        "sip:102@BETA.Example",
        "sip:102@beta.example:5060",
        "sip:102@beta.example;transport=udp",
        "sip:beta-102-1@beta.example",
        "sip:%31%30%32@beta.example",
        "sip:102@beta.example.",
        "sips:102@beta.example",
        "sip:102%40beta.example@nowhere.example",
    ] {
        let line = office.world.with(office.anna, |phone, now| {
            phone.call_uri(uri, Vec::new(), now)
        });
        office.world.run(SECOND * 3);
        answers.push((uri, office.line(office.anna, line).told.clone()));
    }
    for (uri, told) in &answers {
        assert_eq!(told, &answers[0].1, "{uri}");
    }
    for phone in [office.dora, office.emil] {
        assert!(
            office.world.phones[phone.0].lines.is_empty(),
            "nobody was rung"
        );
    }
    for text in heard_at(&office, &[office.dora, office.emil]) {
        assert!(!text.contains("alpha"), "{text}");
    }
    assert_eq!(
        office
            .settled_records()
            .iter()
            .filter(|r| r.tenant == office.beta.id())
            .count(),
        0
    );
}

#[test]
fn two_companies_with_the_same_numbers_do_not_notice_each_other() {
    let mut office = Office::open();
    office.world.tap = Some(Vec::new());
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    for (phones, foreign) in [
        ([office.anna, office.bert], "beta"),
        ([office.dora, office.emil], "alpha"),
    ] {
        for text in heard_at(&office, &phones) {
            assert!(!text.contains(foreign), "{foreign} in\n{text}");
        }
    }
    office.hang_up(office.anna, anna);
    office.hang_up(office.emil, emil);
    let records = office.settled_records();
    assert_eq!(records.len(), 2);
    assert_ne!(records[0].tenant, records[1].tenant);
}

#[test]
fn a_strangers_voice_is_never_heard() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let raw = office.raw();
    let targets = [
        office.line(office.anna, anna).peer_media().unwrap(),
        office.line(office.bert, bert).peer_media().unwrap(),
    ];
    let from = office.world.raws[raw.0].address;
    for n in 0..200u16 {
        let bytes = testkit::token("voice/stranger/1", 99, n, u32::from(n) * 160);
        let packets = targets.map(|to| {
            let bytes = bytes.clone().into();
            testkit::Packet { from, to, bytes }
        });
        office.world.send(packets.to_vec());
        office.world.run(SECOND / 50);
    }
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    for (phone, line) in [(office.anna, anna), (office.bert, bert)] {
        let heard = &office.line(phone, line).heard.tokens;
        assert!(!heard.contains_key("voice/stranger/1"), "{heard:?}");
    }
    office.hang_up(office.anna, anna);
    let record = office.record();
    let strangers = record.legs[0].quality.received.as_ref().unwrap().strangers;
    assert!(strangers > 100, "they are counted");
}
