//! Toll fraud: what a stolen telephone can cost, and that nobody else is kept from calling.

use crate::carriers::{CARRIER, office_with, outside};
use crate::office::{Office, SECOND};
use domain::{Cdr, EventKind, Fault};
use serde_json::{Value, json};
use testkit::{LineId, PhoneId, Told};

/// A number abroad, one of a hundred.
fn abroad(n: u32) -> String {
    format!("00331402050{:02}", n % 100)
}

/// An office whose alpha has this budget for calls abroad, and the carrier that answers.
fn guarded(budget: Value) -> (Office, PhoneId) {
    let mut office = office_with(&[CARRIER], "", |alpha| {
        alpha
            .toll_guard("abroad", json!({ "budget": budget }))
            .unwrap();
    });
    let carrier = outside(&mut office, CARRIER);
    (office, carrier)
}

fn tries(office: &mut Office, phone: PhoneId, number: &str) -> LineId {
    let line = office.call(phone, number);
    office.world.run(SECOND * 3);
    line
}

fn talks(office: &Office, phone: PhoneId, line: LineId) -> bool {
    office.line(phone, line).is_talking()
}

fn refused(office: &Office, phone: PhoneId, line: LineId) -> bool {
    let told = office.line(phone, line).told.last();
    matches!(told, Some(Told::Refused { status: 403, .. }))
}

fn last_record(office: &mut Office) -> Cdr {
    office.settled_records().pop().unwrap()
}

fn rules(record: &Cdr) -> Vec<&str> {
    record.explanation.iter().map(|step| &*step.rule).collect()
}

fn warnings(office: &Office) -> Vec<Value> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let events = events.filter(|event| event.kind == EventKind::FraudWarned);
    events.map(|event| event.data.clone()).collect()
}

fn contained(office: &Office) -> Vec<node::Contained> {
    office.world.exchange.as_ref().unwrap().contained.clone()
}

/// Keeps what the exchange has contained, as its host does.
fn keep_contained(office: &mut Office) {
    for one in contained(office) {
        assert_eq!(one.tenant, office.alpha.id());
        office.alpha.contain(one.device).unwrap();
    }
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
}

#[test]
fn a_device_that_meets_a_limit_is_contained_and_its_colleagues_call_on() {
    let (mut office, _) = guarded(json!({"limits": {"calls_per_hour": 3}}));
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    let mut lines = Vec::new();
    for n in 0..3 {
        let line = tries(&mut office, anna, &abroad(n));
        assert!(talks(&office, anna, line));
        lines.push(line);
    }
    let fourth = tries(&mut office, anna, &abroad(3));
    assert!(refused(&office, anna, fourth));
    let found = contained(&office);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].device, office.members[0].device);
    assert!(
        found[0].reason.contains("calls_per_hour"),
        "{}",
        found[0].reason
    );
    // what is abused is ended, and goes on with nobody
    for line in lines {
        assert!(!talks(&office, anna, line));
    }
    keep_contained(&mut office);
    let fifth = tries(&mut office, anna, &abroad(4));
    assert!(refused(&office, anna, fifth));
    let record = last_record(&mut office);
    assert!(rules(&record).contains(&"fraud.contained"));
    // inside, to it and for help all goes on
    office.talk(anna, cleo, "103");
    let help = tries(&mut office, anna, "112");
    assert!(talks(&office, anna, help));
    let colleague = tries(&mut office, bert, &abroad(5));
    assert!(talks(&office, bert, colleague));
    assert_eq!(contained(&office).len(), 1);
}

#[test]
fn a_call_ends_before_the_minute_that_its_budget_does_not_hold() {
    let (mut office, _) = guarded(json!({
        "limits": {"spend_per_hour": 60}, "prices": [{"per_minute": 30}], "contain": false,
    }));
    let anna = office.anna;
    let line = tries(&mut office, anna, &abroad(1));
    office.world.run(SECOND * 110);
    assert!(talks(&office, anna, line));
    office.world.run(SECOND * 20);
    assert!(!talks(&office, anna, line));
    let record = last_record(&mut office);
    assert!(record.talk_ms() <= 121_000, "{} ms", record.talk_ms());
    assert_eq!(record.end.by, Fault::Policy);
    assert!(
        record.end.reason.contains("spend_per_hour"),
        "{}",
        record.end.reason
    );
    // it is refused until the time has passed, and contained it is not
    let again = tries(&mut office, anna, &abroad(1));
    assert!(refused(&office, anna, again));
    assert_eq!(contained(&office), []);
    office.world.run(SECOND * 4_000);
    office.register(anna);
    let later = tries(&mut office, anna, &abroad(1));
    assert!(talks(&office, anna, later));
}

#[test]
fn a_ringing_call_has_its_first_minute_set_aside() {
    let (mut office, carrier) = guarded(json!({
        "limits": {"spend_per_hour": 60}, "prices": [{"per_minute": 30}], "contain": false,
    }));
    office.manner(carrier, |manner| {
        manner.reaction = testkit::Reaction::Manual
    });
    let anna = office.anna;
    let one = tries(&mut office, anna, &abroad(1));
    tries(&mut office, anna, &abroad(2));
    let third = tries(&mut office, anna, &abroad(3));
    assert!(refused(&office, anna, third));
    // whoever is given up costs nothing
    office.hang_up(anna, one);
    let fourth = tries(&mut office, anna, &abroad(4));
    assert!(!refused(&office, anna, fourth));
}

#[test]
fn a_company_is_warned_once_when_a_budget_comes_near_its_end() {
    let (mut office, _) = guarded(json!({
        "limits": {"numbers_per_hour": 4}, "warn_percent": 75,
    }));
    let anna = office.anna;
    for n in [1, 1, 2] {
        let line = tries(&mut office, anna, &abroad(n));
        office.hang_up(anna, line);
        assert_eq!(warnings(&office), Vec::<Value>::new());
    }
    for n in [3, 3] {
        let line = tries(&mut office, anna, &abroad(n));
        office.hang_up(anna, line);
    }
    let told = warnings(&office);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["limit"], "numbers_per_hour");
    assert_eq!((&told[0]["used"], &told[0]["most"]), (&json!(3), &json!(4)));
    assert_eq!(told[0]["device"], json!(office.members[0].device));
}

#[test]
fn whoever_is_released_begins_anew() {
    let (mut office, _) = guarded(json!({"limits": {"calls_per_hour": 1}}));
    let anna = office.anna;
    tries(&mut office, anna, &abroad(1));
    let second = tries(&mut office, anna, &abroad(2));
    assert!(refused(&office, anna, second));
    keep_contained(&mut office);
    let device = office.members[0].device;
    office.alpha.release(device);
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    let third = tries(&mut office, anna, &abroad(3));
    assert!(talks(&office, anna, third));
}

#[test]
fn whoever_is_released_before_it_was_seen_contained_begins_anew() {
    let (mut office, _) = guarded(json!({"limits": {"calls_per_hour": 1}}));
    let (anna, tenant) = (office.anna, office.alpha.id());
    tries(&mut office, anna, &abroad(1));
    let second = tries(&mut office, anna, &abroad(2));
    assert!(refused(&office, anna, second));
    let device = contained(&office)[0].device;
    let shard = &mut office.world.exchange.as_mut().unwrap().shard;
    shard.followed(6);
    shard.containment_kept(tenant, device, 7);
    let third = tries(&mut office, anna, &abroad(3));
    assert!(refused(&office, anna, third), "the feed has not told of it");
    let shard = &mut office.world.exchange.as_mut().unwrap().shard;
    shard.followed(8);
    let fourth = tries(&mut office, anna, &abroad(4));
    assert!(
        talks(&office, anna, fourth),
        "the feed has, and of its release"
    );
}

#[test]
fn a_budget_of_the_company_refuses_and_contains_nobody() {
    let (mut office, _) = guarded(json!({"per": "tenant", "limits": {"calls_per_hour": 2}}));
    let (anna, bert) = (office.anna, office.bert);
    for (phone, n) in [(anna, 1), (bert, 2)] {
        let line = tries(&mut office, phone, &abroad(n));
        office.hang_up(phone, line);
    }
    for phone in [anna, bert] {
        let line = tries(&mut office, phone, &abroad(3));
        assert!(refused(&office, phone, line));
    }
    let record = last_record(&mut office);
    assert!(rules(&record).contains(&"fraud.budget"));
    assert_eq!(contained(&office), []);
}

#[test]
fn a_contained_device_and_a_running_bill_outlive_the_process() {
    let (mut office, _) = guarded(json!({
        "limits": {"spend_per_hour": 90}, "prices": [{"per_minute": 30}], "contain": false,
    }));
    let (anna, bert) = (office.anna, office.bert);
    let held = office.members[0].device;
    office.alpha.contain(held).unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    let running = tries(&mut office, bert, &abroad(1));
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.restart();
    office.register(anna);
    let line = tries(&mut office, anna, &abroad(2));
    assert!(refused(&office, anna, line));
    assert!(talks(&office, bert, running));
    office.world.run(SECOND * 200);
    assert!(!talks(&office, bert, running));
}

#[test]
fn without_any_document_a_device_has_a_budget_for_calls_abroad() {
    let mut office = office_with(&[CARRIER], "", |_| ());
    outside(&mut office, CARRIER);
    let anna = office.anna;
    let mut last = tries(&mut office, anna, &abroad(0));
    for n in 1..8 {
        last = tries(&mut office, anna, &abroad(n));
    }
    assert!(refused(&office, anna, last), "six calls at once are enough");
    assert_eq!(contained(&office), [], "a full house is no thief");
}

#[test]
fn a_guard_that_lets_no_call_out_refuses_contains_nobody_and_says_so() {
    let (mut office, _) = guarded(json!({"limits": {"calls_at_once": 0}}));
    let anna = office.anna;
    let line = tries(&mut office, anna, &abroad(1));
    assert!(refused(&office, anna, line));
    let record = last_record(&mut office);
    assert!(rules(&record).contains(&"fraud.closed"));
    assert_eq!(contained(&office), []);
    let help = tries(&mut office, anna, "112");
    assert!(talks(&office, anna, help));
}
