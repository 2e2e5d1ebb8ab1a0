//! Texts between extensions (RFC 3428).

use crate::office::{Office, SECOND};
use testkit::{PhoneId, RawId};

const TO_102: &str = "sip:102@alpha.example";

/// Sends a text from a hand-driven phone that proves to be alpha's 101; the last status it got.
fn send(office: &mut Office, raw: RawId, uri: &str, text: &str) -> Option<u16> {
    send_as(office, raw, uri, "Content-Type: text/plain\r\n", text)
}

/// The same with these headers.
fn send_as(office: &mut Office, raw: RawId, uri: &str, kind: &str, text: &str) -> Option<u16> {
    let account = office.world.phones[office.anna.0].account.clone();
    let ends = ("<sip:101@alpha.example>", "<sip:102@alpha.example>");
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
fn a_long_text_is_refused() {
    let mut office = Office::open();
    let raw = office.raw();
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
    keep_texts(&mut office, 0);
    office.world.phones[office.bert.0].dead = true;
    let raw = office.raw();
    send(&mut office, raw, TO_102, "lunch?");
    office.world.run(SECOND * 40);
    assert_eq!(office.world.raws[raw.0].status(), Some(480));
}

/// Bert's phone takes its registration back.
fn bert_leaves(office: &mut Office) {
    let bert = office.bert;
    office.world.with(bert, |phone, now| phone.register(0, now));
    office.world.run(SECOND);
}

/// For how many days alpha's texts wait.
fn keep_texts(office: &mut Office, days: u8) {
    office.alpha.parts.tenant.spec.texts_kept_days = days;
    office.world.add(&office.alpha);
}

fn bodies(office: &Office, phone: PhoneId) -> Vec<String> {
    let texts = texts(office, phone).into_iter();
    texts.map(|(_, text)| text).collect()
}

fn waiting(office: &Office) -> u64 {
    let exchange = office.world.exchange.as_ref().unwrap();
    exchange.shard.figures().live.waiting_texts
}

// rfc: 3428 §7
#[test]
fn texts_for_nobody_wait_and_reach_the_next_phone_of_their_reader_in_order_and_once() {
    let mut office = Office::open();
    bert_leaves(&mut office);
    let raw = office.raw();
    for text in ["lunch?", "at one", "bring Cleo"] {
        assert_eq!(send(&mut office, raw, TO_102, text), Some(202));
    }
    assert_eq!(waiting(&office), 3);
    office.register(office.emil);
    office.register(office.cleo);
    office.register(office.bert_two);
    office.world.run(SECOND);
    let told = bodies(&office, office.bert_two);
    assert_eq!(told, ["lunch?", "at one", "bring Cleo"]);
    let (from, _) = &texts(&office, office.bert_two)[0];
    assert!(from.contains("sip:101@alpha.example"), "{from}");
    for other in [office.emil, office.cleo] {
        assert!(texts(&office, other).is_empty(), "somebody else's");
    }
    assert_eq!(waiting(&office), 0);
    office.register(office.bert);
    office.world.run(SECOND);
    assert!(texts(&office, office.bert).is_empty(), "they were read");
}

#[test]
fn texts_that_wait_outlive_the_process() {
    let mut office = Office::open();
    bert_leaves(&mut office);
    let raw = office.raw();
    assert_eq!(send(&mut office, raw, TO_102, "lunch?"), Some(202));
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    assert_eq!(waiting(&office), 1);
    office.register(office.bert);
    office.world.run(SECOND);
    assert_eq!(bodies(&office, office.bert), ["lunch?"]);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    assert_eq!(waiting(&office), 0, "it was read");
}

#[test]
fn a_text_that_no_phone_answers_waits_for_the_phone_to_come_back() {
    let mut office = Office::open();
    office.world.phones[office.bert.0].dead = true;
    let raw = office.raw();
    send(&mut office, raw, TO_102, "lunch?");
    office.world.run(SECOND * 40);
    assert_eq!(office.world.raws[raw.0].status(), Some(202));
    office.world.phones[office.bert.0].dead = false;
    office.register(office.bert);
    office.world.run(SECOND);
    assert_eq!(bodies(&office, office.bert), ["lunch?"]);
    assert_eq!(waiting(&office), 0);
}

#[test]
fn what_is_no_text_and_what_nobody_else_is_to_read_does_not_wait() {
    let mut office = Office::open();
    bert_leaves(&mut office);
    let raw = office.raw();
    let typing = "Content-Type: application/im-iscomposing+xml\r\n";
    let answer = send_as(&mut office, raw, TO_102, typing, "<isComposing/>");
    assert_eq!(answer, Some(480));
    let own = send(&mut office, raw, "sip:101@alpha.example", "note to self");
    assert_eq!(own, Some(480));
    let now_or_never = "Content-Type: text/plain\r\nExpires: 0\r\n";
    let answer = send_as(&mut office, raw, TO_102, now_or_never, "now?");
    assert_eq!(answer, Some(480));
    keep_texts(&mut office, 0);
    assert_eq!(send(&mut office, raw, TO_102, "lunch?"), Some(480));
    assert_eq!(waiting(&office), 0);
}

#[test]
fn texts_wait_no_longer_than_their_sender_and_their_company_want() {
    let mut office = Office::open();
    bert_leaves(&mut office);
    let raw = office.raw();
    let soon = "Content-Type: text/plain\r\nExpires: 60\r\n";
    assert_eq!(send_as(&mut office, raw, TO_102, soon, "quick"), Some(202));
    assert_eq!(send(&mut office, raw, TO_102, "slow"), Some(202));
    office.world.run(SECOND * 61);
    office.register(office.bert);
    office.world.run(SECOND);
    assert_eq!(bodies(&office, office.bert), ["slow"]);
    bert_leaves(&mut office);
    assert_eq!(send(&mut office, raw, TO_102, "later"), Some(202));
    keep_texts(&mut office, 0);
    assert_eq!(waiting(&office), 0, "the company keeps none from now on");
}

#[test]
fn texts_for_an_extension_that_is_gone_are_forgotten() {
    let mut office = Office::open();
    bert_leaves(&mut office);
    let raw = office.raw();
    assert_eq!(send(&mut office, raw, TO_102, "lunch?"), Some(202));
    let parts = &mut office.alpha.parts;
    parts.extensions.retain(|one| one.spec.number != "102");
    office.world.add(&office.alpha);
    assert_eq!(waiting(&office), 0);
}
