//! How much is served: a company's caps, and the end of the shard's service.

use crate::office::{Office, SECOND};
use testkit::{Reaction, Told};

fn refusal(office: &mut Office, number: &str) -> Option<Told> {
    let line = office.call(office.anna, number);
    office.world.run(SECOND * 2);
    office.line(office.anna, line).told.last().cloned()
}

#[test]
fn one_call_more_than_a_company_may_have_is_refused_and_recorded() {
    let mut office = Office::open();
    office.alpha.caps().concurrent_calls = Some(1);
    office.world.add(&office.alpha);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let told = refusal(&mut office, "103");
    let refused = Told::Refused {
        status: 503,
        retry_after: Some(1),
    };
    assert_eq!(told, Some(refused));
    let (dora, _) = office.talk(office.dora, office.emil, "102");
    office.hang_up(office.dora, dora);
    office.hang_up(office.anna, anna);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.anna, anna);
    let records = office.settled_records();
    assert_eq!(records.len(), 4, "the refused one too");
    let capped: Vec<_> = records.iter().filter(|r| r.end.cause == 42).collect();
    assert_eq!(capped.len(), 1);
    assert_eq!(capped[0].end.by, domain::Fault::Policy);
    assert_eq!(capped[0].end.reason, "concurrent_calls: limit 1, in use 1");
}

#[test]
fn a_raised_cap_lets_the_next_call_through_while_the_others_go_on() {
    let mut office = Office::open();
    office.alpha.caps().concurrent_calls = Some(1);
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let line = office.call(office.cleo, "101");
    office.world.run(SECOND);
    assert_eq!(office.line(office.cleo, line).refused(), Some(503));
    office.alpha.caps().concurrent_calls = Some(2);
    office.world.add(&office.alpha);
    let line = office.call(office.cleo, "101");
    office.world.run(SECOND);
    assert_ne!(office.line(office.cleo, line).refused(), Some(503));
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
}

#[test]
fn one_device_more_than_a_company_may_have_bound_is_refused_until_there_is_room() {
    let mut office = Office::open();
    office.alpha.caps().bindings = Some(3);
    office.world.add(&office.alpha);
    assert_eq!(office.register(office.bert_two), Some(503));
    let used = office.world.ask(office.alpha.id(), node::Ask::Usage);
    let Some(node::Answer::Usage(_, used)) = used else {
        panic!("{used:?}");
    };
    assert_eq!((used.bindings.in_use, used.bindings.refused), (3, 1));
    assert_eq!(
        office.register(office.anna),
        Some(200),
        "a known one refreshes"
    );
    assert_eq!(
        office.register(office.dora),
        Some(200),
        "others do not notice"
    );
    office.alpha.caps().bindings = Some(4);
    office.world.add(&office.alpha);
    assert_eq!(office.register(office.bert_two), Some(200));
}

#[test]
fn a_company_that_registers_too_often_waits_and_others_do_not() {
    let mut office = Office::open();
    office.alpha.caps().registrations_per_second = Some(0);
    office.world.add(&office.alpha);
    assert_eq!(office.register(office.anna), Some(503));
    assert_eq!(office.register(office.dora), Some(200));
    office.alpha.caps().registrations_per_second = Some(1);
    office.world.add(&office.alpha);
    office.world.run(SECOND);
    assert_eq!(office.register(office.anna), Some(200));
}

#[test]
fn a_company_that_begins_too_many_calls_at_once_waits_and_others_do_not() {
    let mut office = Office::open();
    office.alpha.caps().calls_per_second = Some(2);
    office.world.add(&office.alpha);
    office.manner(office.bert, |manner| {
        manner.reaction = Reaction::Refuse(486, SECOND / 10);
    });
    let lines: Vec<_> = (0..5).map(|_| office.call(office.anna, "102")).collect();
    let dora = office.call(office.dora, "102");
    office.world.run(SECOND * 3);
    let status = |line| office.line(office.anna, line).refused().unwrap();
    let capped = lines.iter().filter(|line| status(**line) == 503).count();
    assert_eq!(capped, 3);
    assert!(!office.line(office.dora, dora).is_over(), "it rings");
    office.hang_up(office.dora, dora);
    let records = office.settled_records();
    assert_eq!(records.len(), 6);
    let said = "calls_per_second: limit 2, all begun within this second";
    let told = records.iter().filter(|record| record.end.reason == said);
    assert_eq!(told.count(), 3);
}

#[test]
fn a_shard_that_drains_takes_nothing_new_and_ends_the_rest_in_the_end() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.with_exchange(|exchange, now, _| {
        let local = exchange.local(now);
        exchange.shard.drain(SECOND * 30, local);
    });
    let told = refusal(&mut office, "103");
    let refused = matches!(
        told,
        Some(Told::Refused {
            status: 503,
            retry_after: Some(_)
        })
    );
    assert!(refused, "{told:?}");
    assert!(office.line(office.anna, anna).is_talking());
    office.world.run(SECOND * 40);
    assert!(office.line(office.anna, anna).is_over());
    assert!(office.line(office.bert, bert).is_over());
    assert!(office.world.exchange.as_ref().unwrap().shard.is_idle());
    office.record();
}

#[test]
fn a_company_that_is_removed_loses_its_calls_and_others_keep_theirs() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    let id = office.alpha.id();
    office.world.with_exchange(|exchange, now, _| {
        let local = exchange.local(now);
        exchange.shard.tenant_removed(id, local);
    });
    office.world.run(SECOND * 2);
    assert!(office.line(office.anna, anna).is_over());
    assert!(office.line(office.bert, bert).is_over());
    assert!(office.both_hear((office.dora, dora), (office.emil, emil)));
    office.hang_up(office.dora, dora);
    assert_eq!(office.settled_records().len(), 2);
}
