//! Texts between extensions (RFC 3428).

use crate::office::{Office, SECOND};
use testkit::{PhoneId, RawId};

const TO_102: &str = "sip:102@alpha.example";

/// Sends a text from a hand-driven phone that proves to be alpha's 101; the last status it got.
fn send(office: &mut Office, raw: RawId, uri: &str, text: &str) -> Option<u16> {
    let account = office.world.phones[office.anna.0].account.clone();
    let ends = ("<sip:101@alpha.example>", "<sip:102@alpha.example>");
    let kind = "Content-Type: text/plain\r\n";
    for round in 0..2 {
        let proof = match round {
            0 => String::new(),
            _ => office.world.raws[raw.0]
                .answer(&account, "MESSAGE", uri)
                .unwrap(),
        };
        office.world.with_raw(raw, |raw| {
            raw.request("MESSAGE", uri, ends, &format!("{kind}{proof}"), text);
        });
        office.world.run(SECOND);
    }
    office.world.raws[raw.0].status()
}

fn texts(office: &Office, phone: PhoneId) -> Vec<(String, String)> {
    office.world.phones[phone.0].texts().to_vec()
}

// rfc: 3428 §5
#[test]
fn a_text_reaches_every_telephone_of_an_extension_and_names_its_sender() {
    let mut office = Office::open();
    office.register(office.bert_two);
    let raw = office.raw();
    assert_eq!(send(&mut office, raw, TO_102, "lunch?"), Some(200));
    for phone in [office.bert, office.bert_two] {
        let got = texts(&office, phone);
        assert_eq!(got.len(), 1);
        assert!(got[0].0.contains("sip:101@alpha.example"), "{}", got[0].0);
        assert_eq!(got[0].1, "lunch?");
    }
    assert!(texts(&office, office.emil).is_empty(), "beta's 102");
}

// rfc: 3428 §8
#[test]
fn nobody_there_is_told_at_once_and_a_long_text_is_refused() {
    let mut office = Office::open();
    let bert = office.bert;
    office.world.with(bert, |phone, now| phone.register(0, now));
    office.world.run(SECOND);
    let raw = office.raw();
    assert_eq!(send(&mut office, raw, TO_102, "lunch?"), Some(480));
    let long = "x".repeat(1_025);
    assert_eq!(
        send(&mut office, raw, "sip:103@alpha.example", &long),
        Some(413)
    );
}

#[test]
fn another_companys_extension_cannot_be_written_to() {
    let mut office = Office::open();
    let raw = office.raw();
    let answers = ["sip:102@beta.example", "sip:999@alpha.example"]
        .map(|uri| send(&mut office, raw, uri, "psst"));
    assert_eq!(answers, [Some(404), Some(404)]);
    assert!(texts(&office, office.emil).is_empty());
}

// rfc: 4320 §4.2
#[test]
fn a_telephone_that_never_answers_is_one_that_is_not_there() {
    let mut office = Office::open();
    office.world.phones[office.bert.0].dead = true;
    let raw = office.raw();
    send(&mut office, raw, TO_102, "lunch?");
    office.world.run(SECOND * 40);
    assert_eq!(office.world.raws[raw.0].status(), Some(480));
}
