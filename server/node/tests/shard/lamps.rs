//! Lamps: who watches whom, what is shown, and who is never shown anything.

use crate::office::{Office, SECOND};
use sip_message::Name;
use testkit::{Key, KeyId, PhoneId, Weather};

fn watch(office: &mut Office, phone: PhoneId, number: &str, event: &str) -> KeyId {
    let id = office
        .world
        .with(phone, |phone, now| phone.watch(number, event, 600, now));
    office.world.run(SECOND);
    id
}

fn key(office: &Office, phone: PhoneId, id: KeyId) -> &Key {
    office.world.phones[phone.0].key(id)
}

// rfc: 4235 §3.7.1
// rfc: 4235 §4.1
#[test]
fn a_lamp_follows_a_call_from_its_ringing_to_its_end() {
    let mut office = Office::open();
    let (cleo, anna) = (office.cleo, office.anna);
    let of_bert = watch(&mut office, cleo, "102", "dialog");
    let of_anna = watch(&mut office, cleo, "101", "dialog");
    assert_eq!(key(&office, cleo, of_bert).status, Some(200));
    assert!(key(&office, cleo, of_bert).is_active());
    assert_eq!(key(&office, cleo, of_bert).lamp(), "off");
    let line = office.call(anna, "102");
    let bert = office.rung(office.bert);
    assert_eq!(key(&office, cleo, of_bert).lamp(), "early");
    assert_eq!(key(&office, cleo, of_anna).lamp(), "early");
    let body = key(&office, cleo, of_bert).body.clone();
    assert!(body.contains("direction=\"recipient\""), "{body}");
    assert!(body.contains("sip:101@alpha.example"), "who calls: {body}");
    let body = key(&office, cleo, of_anna).body.clone();
    assert!(body.contains("direction=\"initiator\""), "{body}");
    office.answer(office.bert, bert);
    assert_eq!(key(&office, cleo, of_bert).lamp(), "confirmed");
    assert_eq!(key(&office, cleo, of_anna).lamp(), "confirmed");
    office.hang_up(anna, line);
    assert_eq!(key(&office, cleo, of_bert).lamp(), "off");
    let last = key(&office, cleo, of_bert);
    assert!(
        last.body.contains("<state>terminated</state>"),
        "{}",
        last.body
    );
    assert_eq!(last.backwards, 0);
    office.record();
}

// rfc: 6665 §4.2.2
// rfc: 6665 §4.2.1.4
#[test]
fn a_subscription_is_refreshed_ends_when_asked_and_dies_with_its_phone() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = watch(&mut office, cleo, "102", "dialog;id=7");
    office.world.run(SECOND * 1_000);
    assert!(key(&office, cleo, id).is_active(), "it was refreshed");
    assert_eq!(live(&office), 1);
    office.world.with(cleo, |phone, now| phone.unwatch(id, now));
    office.world.run(SECOND);
    assert_eq!(key(&office, cleo, id).state, "terminated;reason=timeout");
    assert_eq!(live(&office), 0);
    watch(&mut office, cleo, "102", "dialog");
    office.world.phones[cleo.0].dead = true;
    office.world.run(SECOND * 700);
    assert_eq!(live(&office), 0, "a silent phone's subscription is over");
}

fn live(office: &Office) -> u64 {
    let exchange = office.world.exchange.as_ref().unwrap();
    exchange.shard.figures().live.watches
}

#[test]
fn a_phone_that_forgot_its_subscription_loses_it_at_the_next_news() {
    let mut office = Office::open();
    let cleo = office.cleo;
    watch(&mut office, cleo, "102", "dialog");
    let cleo = cleo.0;
    let now = office.world.now;
    office.world.phones[cleo].reboot(now);
    assert_eq!(live(&office), 1);
    office.call(office.anna, "102");
    office.rung(office.bert);
    office.world.run(SECOND);
    assert_eq!(live(&office), 0);
}

#[test]
fn another_companys_extension_is_as_unknown_as_none() {
    let mut office = Office::open();
    let anna = office.anna;
    office.world.phones[anna.0].account.domain = "beta.example".into();
    let theirs = watch(&mut office, anna, "102", "dialog");
    office.world.phones[anna.0].account.domain = "alpha.example".into();
    let none = watch(&mut office, anna, "999", "dialog");
    assert_eq!(key(&office, anna, none).status, Some(404));
    // the domain of the other company stands in From too, which is refused like a wrong password
    assert_eq!(key(&office, anna, theirs).status, Some(403));
    assert_eq!(live(&office), 0);
    let mine = watch(&mut office, anna, "102", "dialog");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    assert_eq!(
        key(&office, anna, mine).notes,
        1,
        "beta's 102 is not alpha's"
    );
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    office.hang_up(office.dora, dora);
    office.record();
}

// rfc: 6665 §4.2.1.1
#[test]
fn an_unknown_event_is_told_what_there_is_and_a_brief_one_the_least() {
    let mut office = Office::open();
    let anna = office.anna;
    let odd = watch(&mut office, anna, "102", "conference-of-sorts");
    assert_eq!(key(&office, anna, odd).status, Some(489));
    let brief = office
        .world
        .with(anna, |phone, now| phone.watch("102", "dialog", 5, now));
    office.world.run(SECOND);
    assert_eq!(key(&office, anna, brief).status, Some(423));
}

// rfc: 6665 §4.4.3
#[test]
fn a_fetch_is_told_once() {
    let mut office = Office::open();
    let anna = office.anna;
    let id = office
        .world
        .with(anna, |phone, now| phone.watch("102", "dialog", 0, now));
    office.world.run(SECOND);
    assert_eq!(key(&office, anna, id).status, Some(200));
    assert_eq!(key(&office, anna, id).notes, 1);
    assert_eq!(key(&office, anna, id).state, "terminated;reason=timeout");
    assert!(key(&office, anna, id).body.contains("dialog-info"));
    assert_eq!(live(&office), 0);
}

// rfc: 3842 §3.5 partly: there are no mailboxes, so none has messages
// rfc: 3680 §4.7
#[test]
fn a_mailbox_and_a_registration_are_shown_to_their_own_phones_alone() {
    let mut office = Office::open();
    let anna = office.anna;
    let mail = watch(&mut office, anna, "101", "message-summary");
    let body = key(&office, anna, mail).body.clone();
    assert!(body.starts_with("Messages-Waiting: no\r\n"), "{body}");
    let reg = watch(&mut office, anna, "101", "reg");
    assert!(
        key(&office, anna, reg)
            .body
            .contains("event=\"registered\"")
    );
    for event in ["message-summary", "reg"] {
        let other = watch(&mut office, anna, "102", event);
        assert_eq!(key(&office, anna, other).status, Some(403), "{event}");
    }
}

// rfc: 3856 §6.5
#[test]
fn presence_tells_who_can_be_reached_and_who_talks() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = watch(&mut office, cleo, "102", "presence");
    assert!(key(&office, cleo, id).body.contains("<basic>open</basic>"));
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert!(key(&office, cleo, id).body.contains("<rpid:on-the-phone/>"));
    office.hang_up(office.anna, anna);
    assert!(
        key(&office, cleo, id)
            .body
            .contains("<note>Available</note>")
    );
    office
        .world
        .with(office.bert, |phone, now| phone.register(0, now));
    office.world.run(SECOND);
    assert!(
        key(&office, cleo, id)
            .body
            .contains("<basic>closed</basic>")
    );
    office.record();
}

/// What a lamp's key sends to pick up: the dialog its document names.
fn replaces(office: &Office, phone: PhoneId, id: KeyId, early_only: bool) -> String {
    let key = key(office, phone, id);
    let part = |name| key.attribute(name).unwrap_or_default();
    let (call_id, local, remote) = (part("call-id"), part("local-tag"), part("remote-tag"));
    let early = if early_only { ";early-only" } else { "" };
    format!("{call_id};to-tag={local};from-tag={remote}{early}")
}

fn press(office: &mut Office, phone: PhoneId, replaces: String) -> testkit::LineId {
    let line = office.world.with(phone, |phone, now| {
        let header = vec![(Name::Replaces, replaces)];
        phone.call_uri("sip:102@alpha.example", header, now)
    });
    office.world.run(SECOND * 3);
    line
}

// rfc: 3891 §3
#[test]
fn a_lamps_key_picks_up_what_rings() {
    let mut office = Office::open();
    office.register(office.bert_two);
    let (cleo, anna) = (office.cleo, office.anna);
    let id = watch(&mut office, cleo, "102", "dialog");
    let line = office.call(anna, "102");
    let bert = office.rung(office.bert);
    let replaces = replaces(&office, cleo, id, true);
    let taken = press(&mut office, cleo, replaces.clone());
    assert!(office.line(cleo, taken).is_talking());
    assert!(office.line(anna, line).is_talking());
    assert!(office.line(office.bert, bert).is_over());
    assert!(office.both_hear((anna, line), (cleo, taken)));
    assert_eq!(key(&office, cleo, id).lamp(), "off");
    let again = press(&mut office, cleo, replaces);
    assert_eq!(office.line(cleo, again).refused(), Some(481));
    office.hang_up(cleo, taken);
    assert!(office.line(anna, line).is_over());
    let record = office.record();
    assert_eq!(record.end.sip_status, 200);
}

// rfc: 3891 §6.1
#[test]
fn a_key_that_picks_up_early_dialogs_alone_leaves_a_conversation_alone() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = watch(&mut office, cleo, "102", "dialog");
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let replaces = replaces(&office, cleo, id, true);
    let line = press(&mut office, cleo, replaces);
    assert_eq!(office.line(cleo, line).refused(), Some(486));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn another_companys_ringing_cannot_be_picked_up() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = watch(&mut office, cleo, "102", "dialog");
    let line = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    let replaces = replaces(&office, cleo, id, false);
    let dora = office.world.with(office.dora, |phone, now| {
        let header = vec![(Name::Replaces, replaces)];
        phone.call_uri("sip:102@beta.example", header, now)
    });
    office.world.run(SECOND * 3);
    assert_eq!(office.line(office.dora, dora).refused(), Some(481));
    office.answer(office.bert, bert);
    assert!(office.both_hear((office.anna, line), (office.bert, bert)));
    office.hang_up(office.anna, line);
    office.record();
}

#[test]
fn lamps_outlive_the_process_and_show_what_is_true_after_it() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = watch(&mut office, cleo, "102", "dialog");
    office.call(office.anna, "102");
    office.rung(office.bert);
    assert_eq!(key(&office, cleo, id).lamp(), "early");
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 3);
    assert_eq!(live(&office), 1);
    assert_eq!(
        key(&office, cleo, id).lamp(),
        "off",
        "nothing rings any more"
    );
    office.world.run(SECOND * 200);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert_eq!(key(&office, cleo, id).lamp(), "confirmed");
    assert_eq!(key(&office, cleo, id).backwards, 0);
    office.hang_up(office.anna, anna);
    assert_eq!(key(&office, cleo, id).lamp(), "off");
}

#[test]
fn under_loss_a_lamp_shows_the_truth_in_the_end() {
    for seed in 1..=8 {
        let mut office = Office::with(testkit::Setup::ordinary(seed));
        office.register_all();
        let cleo = office.cleo;
        let id = watch(&mut office, cleo, "102", "dialog");
        office.world.network.default = Weather {
            loss: 300,
            ..Weather::FAIR
        };
        for _ in 0..3 {
            let line = office.call(office.anna, "102");
            office.world.run(SECOND * 3);
            let anna = office.anna;
            office
                .world
                .with(anna, |phone, now| phone.hang_up(line, now));
            office.world.run(SECOND);
        }
        office.world.network.default = Weather::FAIR;
        office.world.run(SECOND * 120);
        assert_eq!(key(&office, cleo, id).lamp(), "off", "seed {seed}");
        assert!(key(&office, cleo, id).notes > 1, "seed {seed}");
    }
}

#[test]
fn a_device_has_no_more_subscriptions_than_it_may() {
    let mut setup = testkit::Setup::ordinary(7);
    setup.config.watching.per_device = 2;
    let mut office = Office::with(setup);
    office.register_all();
    let anna = office.anna;
    let ids: Vec<KeyId> = ["101", "102", "103"]
        .iter()
        .map(|number| watch(&mut office, anna, number, "dialog"))
        .collect();
    let statuses: Vec<_> = ids
        .iter()
        .map(|id| key(&office, anna, *id).status)
        .collect();
    assert_eq!(statuses, [Some(200), Some(200), Some(403)]);
    let exchange = office.world.exchange.as_ref().unwrap();
    assert_eq!(exchange.shard.figures().told.watching.capped, 1);
}
