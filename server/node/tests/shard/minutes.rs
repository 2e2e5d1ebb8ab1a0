//! Minutes that may be talked by a trunk on one day, by all and by each company.

use crate::carriers::{CARRIER, DEAD, office_with, outside, trunk_figures};
use crate::office::{Office, SECOND};
use domain::{Cdr, EventKind};
use ids::{TenantId, TrunkId};
use node::{Answer, Ask};
use ports::LiveTrunk;
use serde_json::{Value, json};
use testkit::{Company, LineId, PhoneId, Setup};

const ABROAD: &str = "0033140205050";
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);

/// An office with such caps on its first trunk, and with a second carrier behind it; both answer.
fn capped(caps: &str) -> (Office, [PhoneId; 2]) {
    let caps = format!(", \"caps\": {caps}");
    let mut office = office_with(&[CARRIER], &caps, |alpha| {
        let spec = json!({"mode": "peer", "peers": [format!("sip:198.51.100.{DEAD}")]});
        let second = alpha.trunk("second", spec, None).unwrap();
        let first = alpha.parts.lines.trunks[0].0.id;
        let outbound = &mut alpha.parts.lines.outbound;
        outbound.retain(|route| route.spec.name != "abroad");
        alpha.calls_abroad_by(&[first, second]).unwrap();
    });
    let carriers = [outside(&mut office, CARRIER), outside(&mut office, DEAD)];
    (office, carriers)
}

/// Talks for so many seconds, and hangs up.
fn talks_for(office: &mut Office, seconds: u32) -> Cdr {
    let line = begins(office, ABROAD);
    office.world.run(SECOND * seconds);
    office.hang_up(office.anna, line);
    office.settled_records().pop().unwrap()
}

fn begins(office: &mut Office, number: &str) -> LineId {
    let line = office.call(office.anna, number);
    office.world.run(SECOND * 3);
    assert!(office.line(office.anna, line).is_talking());
    line
}

/// The trunk by which a call went in the end.
fn went_by(record: &Cdr) -> TrunkId {
    record.legs.last().unwrap().by_trunk.as_ref().unwrap().trunk
}

fn has_rule(record: &Cdr, rule: &str) -> bool {
    record.explanation.iter().any(|step| step.rule == rule)
}

fn told(office: &Office) -> Vec<Value> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let events = events.filter(|event| event.kind == EventKind::TrunkMinutes);
    events.map(|event| event.data.clone()).collect()
}

fn used(office: &mut Office, company: TenantId) -> Vec<LiveTrunk> {
    match office.world.ask(company, Ask::Trunks) {
        Some(Answer::Trunks(_, trunks)) => trunks,
        other => panic!("{other:?}"),
    }
}

#[test]
fn when_a_trunks_minutes_are_used_the_next_call_goes_by_the_next_trunk_and_says_why() {
    let (mut office, _) = capped("{\"minutes_per_day\": 2}");
    let [first, second] = [0, 1].map(|at| office.alpha.parts.lines.trunks[at].0.id);
    let one = talks_for(&mut office, 90);
    assert_eq!(went_by(&one), first);
    // it begins while there are minutes left, and nobody cuts it
    let two = talks_for(&mut office, 120);
    assert_eq!(went_by(&two), first);
    assert!(two.talk_ms() > 118_000, "{} ms", two.talk_ms());
    let three = talks_for(&mut office, 5);
    assert_eq!(went_by(&three), second);
    assert!(has_rule(&three, "trunk.minutes_per_day"), "{three:?}");
    assert_eq!(trunk_figures(&office).caps.out_of_minutes, 1);
    let percents: Vec<_> = told(&office)
        .iter()
        .map(|data| data["percent"].clone())
        .collect();
    assert_eq!(percents, [80, 100]);
    // a call for help goes by it all the same
    let help = begins(&mut office, "112");
    office.hang_up(office.anna, help);
    let help = office.settled_records().pop().unwrap();
    assert_eq!(went_by(&help), first);
    // and on the next day everybody does
    office.world.run(HOUR * 24);
    office.register_all();
    let four = talks_for(&mut office, 5);
    assert_eq!(went_by(&four), first);
}

#[test]
fn what_is_used_of_a_trunk_is_shown_while_somebody_talks() {
    let (mut office, _) = capped("{\"minutes_per_day\": 10, \"each\": {\"minutes_per_day\": 5}}");
    talks_for(&mut office, 60);
    let line = begins(&mut office, ABROAD);
    office.world.run(SECOND * 30);
    let alpha = office.alpha.id();
    let trunks = used(&mut office, alpha);
    let trunk = trunks.iter().find(|trunk| trunk.name == "carrier").unwrap();
    let all = trunk.all.unwrap();
    assert_eq!((all.calls, all.minutes_most), (1, Some(10)));
    let seconds = all.talked.as_secs();
    assert!((90..=96).contains(&seconds), "{seconds}");
    let (tenant, own) = trunk.each[0];
    assert_eq!((tenant, own.minutes_most), (alpha, Some(5)));
    assert_eq!(own.talked, all.talked);
    let beta = office.beta.id();
    assert_eq!(used(&mut office, beta), [], "it has none");
    office.hang_up(office.anna, line);
}

#[test]
fn what_was_talked_before_a_restart_is_talked_after_it() {
    let (mut office, _) = capped("{\"minutes_per_day\": 4}");
    talks_for(&mut office, 60);
    let line = begins(&mut office, ABROAD);
    office.world.run(SECOND * 60);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 60);
    let alpha = office.alpha.id();
    let seconds = used(&mut office, alpha)[0].all.unwrap().talked.as_secs();
    assert!((180..=192).contains(&seconds), "{seconds}");
    office.world.run(SECOND * 60);
    office.hang_up(office.anna, line);
    let next = talks_for(&mut office, 5);
    assert!(has_rule(&next, "trunk.minutes_per_day"), "{next:?}");
}

#[test]
fn a_trunk_that_is_changed_or_switched_off_has_not_begun_its_day_anew() {
    let (mut office, _) = capped("{\"minutes_per_day\": 2}");
    talks_for(&mut office, 125);
    for enabled in [false, true] {
        office.alpha.parts.lines.trunks[0].0.spec.enabled = enabled;
        let alpha = office.alpha.compile();
        office.world.tell(alpha);
    }
    let next = talks_for(&mut office, 5);
    assert!(has_rule(&next, "trunk.minutes_per_day"), "{next:?}");
}

const SHARED: TrunkId = TrunkId::new(9, 1);

/// Two companies that share a trunk with such caps, and call abroad by it alone.
fn sharing(caps: Value) -> Office {
    let mut office = Office::with(Setup::ordinary(23));
    let both = [office.alpha.id(), office.beta.id()];
    for company in [&mut office.alpha, &mut office.beta] {
        let spec = json!({
            "mode": "peer", "peers": [format!("sip:198.51.100.{CARRIER}")], "caps": caps,
        });
        company.shares((SHARED, "shared"), spec, &both).unwrap();
        company.calls_abroad_by(&[SHARED]).unwrap();
    }
    let told = [&office.alpha, &office.beta].map(Company::compile);
    for company in told {
        office.world.tell(company);
    }
    office.register_all();
    outside(&mut office, CARRIER);
    office
}

#[test]
fn a_company_that_has_its_share_of_a_trunk_leaves_its_neighbour_the_rest() {
    let mut office = sharing(json!({
        "minutes_per_day": 100, "each": {"minutes_per_day": 1, "concurrent_calls": 1},
    }));
    let line = begins(&mut office, ABROAD);
    // one call of its at a time
    let second = office.call(office.bert, ABROAD);
    office.world.run(SECOND * 3);
    // what a phone hears of a 503 (RFC 3261 §16.7)
    assert_eq!(office.line(office.bert, second).refused(), Some(500));
    office.world.run(SECOND * 60);
    office.hang_up(office.anna, line);
    let refused = office.call(office.anna, ABROAD);
    office.world.run(SECOND * 3);
    assert_eq!(office.line(office.anna, refused).refused(), Some(500));
    let record = office.settled_records().pop().unwrap();
    assert!(
        has_rule(&record, "trunk.each.minutes_per_day"),
        "{record:?}"
    );
    let neighbour = office.call(office.dora, ABROAD);
    office.world.run(SECOND * 3);
    assert!(office.line(office.dora, neighbour).is_talking());
    // each is told of its own, and sees nothing of the other
    let alpha = office.alpha.id();
    let caps: Vec<_> = told(&office)
        .iter()
        .map(|data| data["cap"].clone())
        .collect();
    assert_eq!(caps, ["each.minutes_per_day"; 1]);
    let of = used(&mut office, alpha).remove(0);
    assert_eq!((of.all, of.own), (None, false));
    assert_eq!(of.each.len(), 1);
    assert_eq!(of.each[0].0, alpha);
    office.hang_up(office.dora, neighbour);
}
