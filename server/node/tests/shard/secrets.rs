//! A device whose secret is being replaced.

use crate::office::{Office, SECOND};
use domain::EventKind;
use machine::WallTime;
use node::{Answer, Ask};
use ports::LiveRegistration;
use std::time::Duration;
use testkit::PhoneId;

const OVERLAP: Duration = Duration::from_secs(3_600);

/// An office in which the secret of Anna's device was replaced just now; when the former is void.
fn replaced() -> (Office, WallTime) {
    let mut office = Office::new();
    let until = office.world.setup.wall + OVERLAP;
    let mut anna = office.members[0].clone();
    office
        .alpha
        .set_password_beside(&mut anna, "the new one", until);
    office.world.add(&office.alpha);
    (office, until)
}

fn takes_the_new_one(office: &mut Office, phone: PhoneId) {
    let account = &mut office.world.phones[phone.0].account;
    "the new one".clone_into(&mut account.password);
}

fn registrations(office: &mut Office) -> Vec<LiveRegistration> {
    let id = office.alpha.id();
    match office.world.ask(id, Ask::Registrations) {
        Some(Answer::Registrations(_, all)) => all,
        other => panic!("{other:?}"),
    }
}

fn former_secrets(office: &Office) -> u64 {
    let exchange = office.world.exchange.as_ref().unwrap();
    exchange.shard.figures().door.former_secrets
}

#[test]
fn a_phone_registers_with_the_former_secret_until_its_end_and_is_seen_to_do_so() {
    let (mut office, until) = replaced();
    assert_eq!(office.register(office.anna), Some(200));
    let seen = registrations(&mut office);
    assert_eq!(seen[0].former_secret_until, Some(until));
    assert!(former_secrets(&office) > 0);
    office.world.run(OVERLAP);
    assert_eq!(office.register(office.anna), Some(403));
}

#[test]
fn a_company_is_told_once_that_a_phone_has_the_former_secret() {
    let (mut office, until) = replaced();
    assert_eq!(office.register(office.anna), Some(200));
    assert_eq!(office.register(office.anna), Some(200));
    let events = &office.world.exchange.as_ref().unwrap().events;
    let told: Vec<_> = events
        .iter()
        .filter(|event| event.kind == EventKind::FormerSecretUsed)
        .collect();
    let device = office.members[0].device.to_string();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0].subject, told[0].tenant),
        (&device, office.alpha.id())
    );
    assert_eq!(told[0].data["until"], until.to_string());
}

#[test]
fn a_phone_that_leaves_and_comes_back_is_told_of_again_only_after_another_replacement() {
    let (mut office, until) = replaced();
    let anna = office.anna;
    let told = |office: &Office| {
        let events = &office.world.exchange.as_ref().unwrap().events;
        let former = events
            .iter()
            .filter(|one| one.kind == EventKind::FormerSecretUsed);
        former.count()
    };
    for _ in 0..3 {
        assert_eq!(office.register(anna), Some(200));
        office.world.with(anna, |phone, now| phone.register(0, now));
        office.world.run(SECOND);
        assert!(registrations(&mut office).is_empty());
    }
    assert_eq!(told(&office), 1);
    let mut member = office.members[0].clone();
    "the new one".clone_into(&mut member.account.password);
    let later = until + OVERLAP;
    office
        .alpha
        .set_password_beside(&mut member, "the newest", later);
    office.world.add(&office.alpha);
    takes_the_new_one(&mut office, anna);
    assert_eq!(office.register(anna), Some(200));
    assert_eq!(told(&office), 2);
}

#[test]
fn a_phone_that_was_given_the_new_secret_is_no_longer_seen_with_the_former() {
    let (mut office, _) = replaced();
    assert_eq!(office.register(office.anna), Some(200));
    let anna = office.anna;
    takes_the_new_one(&mut office, anna);
    let before = former_secrets(&office);
    assert_eq!(office.register(office.anna), Some(200));
    let seen = registrations(&mut office);
    assert_eq!((seen.len(), seen[0].former_secret_until), (1, None));
    assert_eq!(former_secrets(&office), before);
    office.world.run(OVERLAP + SECOND);
    assert_eq!(office.register(office.anna), Some(200), "and after the end");
}

#[test]
fn a_phone_calls_with_the_former_secret() {
    let (mut office, _) = replaced();
    office.register_all();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
}
