//! Faxes: calls that a machine answers. Here the test plays the machine.

use crate::office::{Office, SECOND};
use domain::Destination;
use media::LINE_FRAME;
use node::{FaxBeginning, FaxDone, FaxOrder};
use testkit::{LineId, PhoneId, Setup};

/// An office in which 900 of each company receives faxes, `most` of them at once.
fn office_with_fax(most: usize) -> Office {
    let mut setup = Setup::ordinary(7);
    setup.config.limits.faxes = most;
    let mut office = Office::with(setup);
    office.register_all();
    for company in [&mut office.alpha, &mut office.beta] {
        company.extension("900", Destination::Fax);
        office.world.add(company);
    }
    office
}

fn calls(office: &mut Office, phone: PhoneId) -> LineId {
    let line = office.call(phone, "900");
    office.world.run(SECOND / 5);
    line
}

/// The faxes that have begun so far.
fn begun(office: &Office) -> Vec<FaxBeginning> {
    let all = office.world.exchange.as_ref().unwrap().faxes().iter();
    let begun = all.filter_map(|order| match order {
        FaxOrder::Begin(beginning) => Some((**beginning).clone()),
        FaxOrder::End(_) => None,
    });
    begun.collect()
}

/// How many of them have ended.
fn ended(office: &Office) -> usize {
    let all = office.world.exchange.as_ref().unwrap().faxes().iter();
    all.filter(|order| matches!(order, FaxOrder::End(_)))
        .count()
}

fn rules(office: &mut Office) -> Vec<String> {
    let record = office.record();
    let steps = record.explanation.iter();
    steps.map(|step| step.rule.clone()).collect()
}

#[test]
fn a_machine_hears_its_caller_and_is_heard_until_the_caller_hangs_up() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    assert!(office.line(anna, line).is_talking());
    let fax = begun(&office).pop().unwrap();
    assert_eq!(
        (&*fax.caller, &*fax.number, &*fax.station),
        ("101", "900", "900")
    );
    assert_eq!(fax.tenant, office.alpha.id());
    let mut heard = 0;
    while fax.line.hear().is_some() {
        heard += 1;
    }
    assert!(heard > 0, "what the caller says goes to the machine");
    assert!(fax.line.say(&[4_000; LINE_FRAME]));
    office.world.run(SECOND);
    let figures = fax.line.figures();
    assert_eq!(figures.said, 1);
    assert!(figures.underruns > 40, "silence behind it: {figures:?}");
    office.hang_up(anna, line);
    assert_eq!(ended(&office), 1);
    assert!(fax.line.is_parted());
    assert!(rules(&mut office).contains(&"extension.fax".to_owned()));
}

#[test]
fn a_machine_that_has_done_ends_its_call_and_the_record_says_why() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    let done = FaxDone {
        id: fax.id,
        rule: "fax.received",
        because: "3 pages have come".to_owned(),
    };
    office.world.fax_done(done.clone());
    office.world.run(SECOND);
    assert!(office.line(anna, line).is_over());
    assert_eq!(ended(&office), 1);
    let record = office.record();
    let told = record
        .explanation
        .iter()
        .find(|step| step.rule == "fax.received");
    assert_eq!(told.unwrap().because, "3 pages have come");
    office.world.fax_done(done);
    assert_eq!(
        office
            .world
            .exchange
            .as_ref()
            .unwrap()
            .shard
            .figures()
            .live
            .calls,
        0
    );
}

#[test]
fn callers_beyond_the_machines_there_are_are_turned_away_with_the_reason() {
    let mut office = office_with_fax(1);
    let (anna, bert) = (office.anna, office.bert);
    let first = calls(&mut office, anna);
    let second = calls(&mut office, bert);
    assert_eq!(office.line(bert, second).refused(), Some(503));
    office.hang_up(anna, first);
    let records = office.settled_records();
    let because = "as many faxes are on their way as may be: 1";
    let refused = records.iter().filter(|record| record.end.reason == because);
    let told = refused.count();
    assert_eq!((records.len(), told), (2, 1), "{records:?}");
    let third = calls(&mut office, bert);
    assert!(office.line(bert, third).is_talking());
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    let faxes = figures.heard.faxes;
    assert_eq!((faxes.begun, faxes.crowded, faxes.present), (2, 1, 1));
}

#[test]
fn each_company_has_its_own_faxes() {
    let mut office = office_with_fax(30);
    let (anna, dora) = (office.anna, office.dora);
    calls(&mut office, anna);
    calls(&mut office, dora);
    let owners: Vec<_> = begun(&office).iter().map(|fax| fax.tenant).collect();
    assert_eq!(owners, [office.alpha.id(), office.beta.id()]);
    let fax = begun(&office).remove(0);
    let other = begun(&office).remove(1);
    assert!(fax.line.say(&[4_000; LINE_FRAME]));
    office.world.run(SECOND);
    assert_eq!((fax.line.figures().said, other.line.figures().said), (1, 0));
}

#[test]
fn whoever_is_sent_on_to_a_fax_is_heard_by_the_machine() {
    let mut office = office_with_fax(30);
    let (anna, bert) = (office.anna, office.bert);
    let (first, second) = office.talk(anna, bert, "102");
    office
        .world
        .with(bert, |phone, now| phone.transfer(second, "900", now));
    office.world.run(SECOND * 2);
    assert!(office.line(bert, second).is_over());
    let fax = begun(&office).pop().unwrap();
    assert!(fax.line.hear().is_some());
    office.hang_up(anna, first);
    assert_eq!(ended(&office), 1);
}

#[test]
fn a_fax_does_not_outlive_a_restart_of_the_exchange() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(office.line(anna, line).is_over());
    assert!(begun(&office).is_empty());
    assert!(rules(&mut office).contains(&"fax.cut_off".to_owned()));
}
