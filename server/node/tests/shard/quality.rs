//! Which trunk is tried first: the cheaper one, and not one that has done badly lately.

use crate::carriers::{CARRIER, DEAD, office_with, outside};
use crate::office::{Office, SECOND};
use domain::{Cdr, OutboundRoute};
use ids::{TenantId, TrunkId};
use node::{Answer, Ask};
use ports::LiveTrunk;
use serde_json::{Value, json};
use testkit::{Company, PhoneId, Reaction, Setup};

const ABROAD: &str = "0033140205050";
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);
/// The operator's trunk.
const SHARED: TrunkId = TrunkId::new(9, 1);
/// Calls that say how a trunk does.
const ENOUGH: usize = 20;

/// Says in which order the route abroad tries its trunks.
fn orders(company: &mut Company, order: &Value) {
    let mut routes = company.parts.lines.outbound.iter_mut();
    let route = routes.find(|route| route.spec.name == "abroad").unwrap();
    let mut spec = serde_json::to_value(&route.spec).unwrap();
    spec.as_object_mut()
        .unwrap()
        .extend(order.as_object().unwrap().clone());
    route.spec = serde_json::from_value::<OutboundRoute>(spec).unwrap();
}

/// An office that calls abroad by two trunks of its own in this order; and their carriers, of which
/// the first refuses all calls.
fn two(order: &Value) -> (Office, [TrunkId; 2], [PhoneId; 2]) {
    let mut trunks = Vec::new();
    let mut office = office_with(&[CARRIER], "", |alpha| {
        let dear = json!({"currency": "EUR", "rates": [{"per_minute": 90_000}]});
        let cheap = json!({"currency": "EUR", "rates": [{"prefix": "33", "per_minute": 8_000}]});
        let dear = alpha.rate_deck("dear", dear).unwrap();
        let cheap = alpha.rate_deck("cheap", cheap).unwrap();
        let peer = format!("sip:198.51.100.{DEAD}");
        let spec = json!({"mode": "peer", "peers": [peer], "rate_decks": [cheap]});
        let second = alpha.trunk("second", spec, None).unwrap();
        alpha.parts.lines.trunks[0].0.spec.rate_decks = vec![dear];
        trunks.extend([alpha.parts.lines.trunks[0].0.id, second]);
        let outbound = &mut alpha.parts.lines.outbound;
        outbound.retain(|route| route.spec.name != "abroad");
        alpha.calls_abroad_by(&trunks).unwrap();
        orders(alpha, order);
    });
    let carriers = [outside(&mut office, CARRIER), outside(&mut office, DEAD)];
    fails(&mut office, carriers[0]);
    (office, [trunks[0], trunks[1]], carriers)
}

fn fails(office: &mut Office, carrier: PhoneId) {
    let refuses = Reaction::Refuse(503, SECOND / 10);
    office.manner(carrier, |manner| manner.reaction = refuses);
}

fn answers(office: &mut Office, carrier: PhoneId) {
    let answers = Reaction::Answer(SECOND);
    office.manner(carrier, |manner| manner.reaction = answers);
}

/// Calls, talks for a while where somebody answers, and hangs up; gives the record.
fn calls(office: &mut Office, caller: PhoneId, number: &str) -> Cdr {
    let line = office.call(caller, number);
    office.world.run(SECOND * 4);
    if office.line(caller, line).is_talking() {
        office.hang_up(caller, line);
    }
    // the road tells how it sounded once the call is over
    office.world.run(SECOND * 5);
    office.world.records.values().next_back().unwrap().clone()
}

/// The trunks that a call tried, in order.
fn tried(record: &Cdr) -> Vec<TrunkId> {
    let legs = record.legs.iter();
    legs.filter_map(|leg| Some(leg.by_trunk.as_ref()?.trunk))
        .collect()
}

fn has_rule(record: &Cdr, rule: &str) -> bool {
    record.explanation.iter().any(|step| step.rule == rule)
}

fn quality(office: &mut Office, company: TenantId, name: &str) -> Option<ports::LiveQuality> {
    let trunks: Vec<LiveTrunk> = match office.world.ask(company, Ask::Trunks) {
        Some(Answer::Trunks(_, trunks)) => trunks,
        other => panic!("{other:?}"),
    };
    let mut trunks = trunks.into_iter();
    trunks.find(|trunk| trunk.name == name).unwrap().quality
}

#[test]
fn the_cheaper_trunk_gets_the_call_and_the_record_says_why() {
    let (mut office, [first, second], _) = two(&json!({"order": "least_cost"}));
    let anna = office.anna;
    let record = calls(&mut office, anna, ABROAD);
    assert_eq!(tried(&record), [second]);
    assert!(has_rule(&record, "outbound.least_cost"));
    // where no price is known of it, it comes last
    let record = calls(&mut office, anna, "00441632960000");
    assert_eq!(tried(&record), [first, second]);
}

#[test]
fn a_trunk_that_fails_call_after_call_goes_behind_until_that_is_long_ago() {
    let floor = json!({"order": "quality", "floor": {"answer_percent": 40}});
    let (mut office, [first, second], carriers) = two(&floor);
    let anna = office.anna;
    for _ in 0..ENOUGH {
        let record = calls(&mut office, anna, ABROAD);
        assert_eq!(tried(&record), [first, second]);
    }
    for _ in 1..20 {
        let record = calls(&mut office, anna, ABROAD);
        assert_eq!(tried(&record), [second]);
        assert!(has_rule(&record, "outbound.below_floor"));
    }
    // the twentieth tries it all the same
    let record = calls(&mut office, anna, ABROAD);
    assert_eq!(tried(&record), [first, second]);
    assert!(has_rule(&record, "outbound.on_trial"));
    let alpha = office.alpha.id();
    let bad = quality(&mut office, alpha, "carrier").unwrap();
    assert_eq!((bad.calls, bad.answer_percent), (21, Some(0)));
    assert_eq!(bad.effective_percent, Some(0));
    let good = quality(&mut office, alpha, "second").unwrap();
    assert_eq!((good.calls, good.answer_percent), (40, Some(100)));
    let rung = good.post_dial.unwrap();
    assert!(rung < SECOND, "{rung:?}");
    let talked = good.talked.unwrap().as_secs();
    assert!((1..=4).contains(&talked), "{talked} s");
    assert!(good.mos_x100.is_some_and(|mos| mos > 300), "{good:?}");
    // a call for help goes as it always does
    let help = calls(&mut office, anna, "112");
    assert_eq!(tried(&help).first(), Some(&first));
    answers(&mut office, carriers[0]);
    office.world.run(HOUR);
    office.register_all();
    let record = calls(&mut office, anna, ABROAD);
    assert_eq!(tried(&record), [first]);
}

#[test]
fn how_a_trunk_did_before_a_restart_is_known_after_it() {
    let floor = json!({"order": "least_cost", "floor": {"answer_percent": 40}});
    let (mut office, [first, second], carriers) = two(&floor);
    let anna = office.anna;
    answers(&mut office, carriers[0]);
    fails(&mut office, carriers[1]);
    for _ in 0..ENOUGH {
        let record = calls(&mut office, anna, ABROAD);
        assert_eq!(tried(&record), [second, first]);
    }
    office.world.run(SECOND * 20);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 5);
    let record = calls(&mut office, anna, ABROAD);
    assert_eq!(tried(&record), [first]);
    assert!(has_rule(&record, "outbound.below_floor"), "{record:?}");
}

/// Two companies that share the operator's trunk; the first has one of its own behind it.
fn sharing() -> (Office, PhoneId) {
    let mut office = Office::with(Setup::ordinary(29));
    let both = [office.alpha.id(), office.beta.id()];
    let peer = |host| json!({"mode": "peer", "peers": [format!("sip:198.51.100.{host}")]});
    for company in [&mut office.alpha, &mut office.beta] {
        let shared = company.shares((SHARED, "shared"), peer(CARRIER), &both);
        shared.unwrap();
    }
    office.beta.calls_abroad_by(&[SHARED]).unwrap();
    let own = office.alpha.trunk("own", peer(DEAD), None).unwrap();
    office.alpha.calls_abroad_by(&[SHARED, own]).unwrap();
    let floor = json!({"order": "quality", "floor": {"answer_percent": 40}});
    orders(&mut office.alpha, &floor);
    for company in [&office.alpha, &office.beta].map(Company::compile) {
        office.world.tell(company);
    }
    office.register_all();
    let carrier = outside(&mut office, CARRIER);
    outside(&mut office, DEAD);
    (office, carrier)
}

#[test]
fn a_company_that_dials_bad_numbers_does_not_push_its_neighbour_off_their_trunk() {
    let (mut office, carrier) = sharing();
    let (anna, dora) = (office.anna, office.dora);
    for _ in 0..8 {
        assert_eq!(tried(&calls(&mut office, anna, ABROAD)), [SHARED]);
    }
    let refuses = Reaction::Refuse(404, SECOND / 10);
    office.manner(carrier, |manner| manner.reaction = refuses);
    for _ in 0..60 {
        assert_eq!(tried(&calls(&mut office, dora, ABROAD)), [SHARED]);
    }
    answers(&mut office, carrier);
    let record = calls(&mut office, anna, ABROAD);
    assert_eq!(tried(&record), [SHARED]);
    assert!(!has_rule(&record, "outbound.below_floor"));
    // neither company sees anything of how it does
    let alpha = office.alpha.id();
    assert_eq!(quality(&mut office, alpha, "shared"), None);
    assert!(quality(&mut office, alpha, "own").is_some());
}
