//! Parties that ought to talk and are not heard: who is told of it, and when.

use crate::office::{Office, SECOND};
use domain::{Event, EventKind};

/// What the company was told of silences, in order: which number, and whether it was one way.
fn told(office: &Office) -> Vec<(EventKind, String, Option<bool>)> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let read = |event: &Event| {
        let number = event.data["party"]["number"].as_str().unwrap().to_owned();
        (event.kind, number, event.data["one_way"].as_bool())
    };
    let of_sound = |event: &&Event| {
        let kinds = [EventKind::CallSilent, EventKind::CallHeard];
        kinds.contains(&event.kind)
    };
    events.filter(of_sound).map(read).collect()
}

fn silent(number: &str, one_way: bool) -> (EventKind, String, Option<bool>) {
    (EventKind::CallSilent, number.to_owned(), Some(one_way))
}

#[test]
fn whoever_is_not_heard_is_told_of_within_three_seconds_and_again_when_it_is() {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.manner(phone, |manner| manner.voice_every = SECOND / 2);
    }
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 20);
    assert_eq!(told(&office), []);
    office.manner(office.bert, |manner| manner.voice_every = SECOND * 10);
    office.world.run(SECOND / 2);
    office.world.run(SECOND * 3);
    assert_eq!(told(&office), [silent("102", true)]);
    office.world.run(SECOND * 8);
    let heard = (EventKind::CallHeard, "102".to_owned(), None);
    assert_eq!(told(&office)[1..2], [heard]);
    office.hang_up(office.anna, anna);
    assert!(office.line(office.bert, bert).is_over());
    let record = office.record();
    let rules: Vec<&str> = record.explanation.iter().map(|step| &*step.rule).collect();
    assert!(rules.contains(&"media.silent"), "{rules:?}");
}

#[test]
fn where_neither_is_heard_the_second_is_not_told_of_as_one_way() {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.manner(phone, |manner| manner.voice_every = SECOND * 60);
    }
    office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 5);
    let told = told(&office);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].2, told[1].2), (Some(true), Some(false)));
}

#[test]
fn whoever_holds_is_not_missed_and_neither_is_whoever_is_held() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let hold = |held| move |phone: &mut testkit::Phone, now| phone.hold(anna, held, now);
    office.world.with(office.anna, hold(true));
    office.world.run(SECOND * 30);
    assert_eq!(told(&office), []);
    office.world.with(office.anna, hold(false));
    office.world.run(SECOND * 30);
    assert_eq!(told(&office), []);
}
