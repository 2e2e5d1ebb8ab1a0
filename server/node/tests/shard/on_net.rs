//! Calls between companies of one exchange: each sees what a carrier would have shown it.

use crate::carriers::{CARRIER, outside, trunk_figures};
use crate::office::{Office, SECOND, address};
use domain::Cdr;
use ids::{TenantId, TrunkId};
use serde_json::{Value, json};
use sip_message::{Flow, Method};
use testkit::{Company, Setup, Told};

const HERE: TrunkId = TrunkId::new(7, 1);
const ALPHAS: &str = "+493055501";
const BETAS: &str = "+4989123456";

fn connect(company: &mut Company, companies: &[TenantId]) {
    let spec = json!({ "mode": "on_net", "identity": "asserted" });
    company.shares((HERE, "here"), spec, companies).unwrap();
}

/// Two companies that are connected, each with a number, on its 101; what alpha calls abroad goes
/// here first and then by a carrier.
fn office_of(companies: impl FnOnce(&Company, &Company) -> Vec<TenantId>) -> Office {
    let mut office = Office::with(Setup::ordinary(17));
    let companies = companies(&office.alpha, &office.beta);
    let peer = json!({ "mode": "peer", "peers": [format!("sip:198.51.100.{CARRIER}")],
        "sources": [format!("198.51.100.{CARRIER}")] });
    let carrier = office.alpha.trunk("carrier", peer, None).unwrap();
    for company in [&mut office.alpha, &mut office.beta] {
        connect(company, &companies);
    }
    office.alpha.number(ALPHAS, "101").unwrap();
    office.beta.number(BETAS, "101").unwrap();
    office.alpha.calls_abroad_by(&[HERE, carrier]).unwrap();
    office.beta.calls_abroad_by(&[HERE]).unwrap();
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
    office.register_all();
    office
}

fn office() -> Office {
    office_of(|alpha, beta| vec![alpha.id(), beta.id()])
}

fn of<'a>(records: &'a [Cdr], company: &Company) -> &'a Cdr {
    let mut own = records.iter().filter(|cdr| cdr.tenant == company.id());
    own.next().expect("a record of the company's")
}

fn without_ids(value: &Value, told: &str) {
    let text = value.to_string();
    assert!(!text.contains(told), "{told} in {text}");
}

#[test]
fn a_number_of_another_company_is_reached_without_a_carrier_and_both_hear_each_other() {
    let mut office = office();
    let anna = office.call(office.anna, "004989123456");
    let dora = office.rung(office.dora);
    office.answer(office.dora, dora);
    assert!(office.both_hear((office.anna, anna), (office.dora, dora)));
    office.hang_up(office.dora, dora);
    let records = office.settled_records();
    assert_eq!(records.len(), 2, "each company has its own");
    let figures = trunk_figures(&office);
    assert_eq!(
        (figures.calls_out, figures.calls_in, figures.on_net),
        (1, 1, 1)
    );
    let (went, came) = (of(&records, &office.alpha), of(&records, &office.beta));
    let by = went.legs[1].by_trunk.as_ref().unwrap();
    assert_eq!((by.trunk, &*by.called), (HERE, BETAS));
    assert_eq!(by.shown.as_deref(), Some(ALPHAS));
    assert_eq!((went.end.cause, went.end.sip_status), (16, 200));
    assert_eq!((&*came.caller.number, &*came.dialled), (ALPHAS, BETAS));
    assert_eq!(came.caller.extension, None, "it is nobody of the company's");
    assert_eq!((came.end.cause, came.end.sip_status), (16, 200));
}

#[test]
fn neither_side_sees_more_than_a_carrier_call_would_show() {
    let mut office = office();
    let anna = office.call(office.anna, "004989123456");
    let dora = office.rung(office.dora);
    office.answer(office.dora, dora);
    office.hang_up(office.anna, anna);
    let records = office.settled_records();
    let (went, came) = (of(&records, &office.alpha), of(&records, &office.beta));
    let (went, came) = (json!(went), json!(came));
    let alpha = office.alpha.id().to_string();
    let beta = office.beta.id().to_string();
    for told in [&*alpha, "alpha.example", "alpha 101", "Testphone of alpha"] {
        without_ids(&came, told);
    }
    for told in [&*beta, "beta.example", "beta 101", "Testphone of beta"] {
        without_ids(&went, told);
    }
    assert_ne!(went["call"], came["call"], "each has a call of its own");
}

#[test]
fn a_number_that_nobody_here_has_goes_on_to_the_carrier_at_once() {
    let mut office = office();
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    let far = office.rung(paris);
    office.answer(paris, far);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let reasons: Vec<&str> = record.explanation.iter().map(|step| &*step.rule).collect();
    assert!(reasons.contains(&"trunk.off_net"), "{reasons:?}");
    assert_eq!(record.legs.len(), 2, "nothing was tried in vain");
}

#[test]
fn a_company_that_is_not_connected_is_elsewhere() {
    let mut office = office_of(|alpha, _| vec![alpha.id()]);
    let dora = office.call(office.dora, "00493055501");
    office.world.run(SECOND * 2);
    let told = office.line(office.dora, dora).told.last().cloned();
    assert!(matches!(told, Some(Told::Refused { .. })), "{told:?}");
    let anna = office.call(office.anna, "004989123456");
    office.world.run(SECOND * 2);
    let rings = office.world.phones[office.dora.0]
        .live()
        .any(|line| line.incoming);
    assert!(!rings, "a company that shares no trunk is not called by it");
    office.hang_up(office.anna, anna);
    assert_eq!(trunk_figures(&office).on_net, 0);
}

#[test]
fn a_call_that_is_refused_or_given_up_ends_on_both_sides() {
    let mut office = office();
    let anna = office.call(office.anna, "004989123456");
    office.rung(office.dora);
    office.hang_up(office.anna, anna);
    office.world.run(SECOND * 2);
    let again = office.call(office.anna, "004989123456");
    let dora = office.rung(office.dora);
    office.hang_up(office.dora, dora);
    office.world.run(SECOND * 2);
    let told = office.line(office.anna, again).told.last().cloned();
    assert!(matches!(told, Some(Told::Refused { .. })), "{told:?}");
    assert_eq!(office.settled_records().len(), 4);
}

#[test]
fn companies_that_forward_to_each_other_do_not_call_for_ever() {
    let mut office = office();
    let forward = |company: &mut Company, to: &str| {
        let forwards = json!({ "always": to });
        let extension = &mut company.parts.extensions[0].spec;
        extension.forwards = serde_json::from_value(forwards).unwrap();
    };
    forward(&mut office.alpha, "004989123456");
    forward(&mut office.beta, "00493055501");
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
    let cleo = office.call(office.cleo, "101");
    office.world.run(SECOND * 40);
    let told = office.line(office.cleo, cleo).told.last().cloned();
    assert!(matches!(told, Some(Told::Refused { .. })), "{told:?}");
    let calls = office.settled_records().len();
    assert!(calls <= 12, "{calls} calls");
}

#[test]
fn a_live_call_outlives_the_process_on_both_sides() {
    let mut office = office();
    let anna = office.call(office.anna, "004989123456");
    let dora = office.rung(office.dora);
    office.answer(office.dora, dora);
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.restart();
    office.world.run(SECOND);
    assert!(office.both_hear((office.anna, anna), (office.dora, dora)));
    office.hang_up(office.anna, anna);
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn what_claims_to_come_from_where_we_listen_is_not_read() {
    let mut office = office();
    let raw = office.world.raw(address(99));
    let (from, to) = ("<sip:+33140205050@x>", "<sip:+493055501@x>");
    office.world.with_raw(raw, |raw| {
        raw.request("INVITE", "sip:+493055501@alpha.example", (from, to), "", "");
    });
    office.world.run(SECOND);
    assert_eq!(
        office.status(raw),
        Some(407),
        "a stranger is asked who it is"
    );
    let message = office.world.raws[raw.0].inbox.last().cloned().unwrap();
    assert_eq!(message.method(), None::<Method<'_>>);
    let before = office.world.exchange.as_ref().unwrap().shard.figures();
    office.world.with_exchange(|exchange, now, _| {
        let own = "192.0.2.1:5060".parse().unwrap();
        let bytes = message.raw().clone();
        exchange.shard.receive(Flow::udp(own, own), bytes, now);
    });
    let after = office.world.exchange.as_ref().unwrap().shard.figures();
    assert_eq!(after.door.barred - before.door.barred, 1);
    assert_eq!(after.live.waiting, 0);
}

const PARTNER: &str = "partner";

/// Two companies with a number each, of which these have made a trunk to the other, and call
/// abroad by it, alpha by a carrier after it.
fn partners(alpha_agrees: bool, beta_agrees: bool) -> Office {
    let mut office = Office::with(Setup::ordinary(17));
    office.alpha.number(ALPHAS, "101").unwrap();
    office.beta.number(BETAS, "101").unwrap();
    let to = |domain: &str| json!({ "mode": "on_net", "identity": "asserted", "partner": domain });
    let peer = json!({ "mode": "peer", "peers": [format!("sip:198.51.100.{CARRIER}")],
        "sources": [format!("198.51.100.{CARRIER}")] });
    let mut ways = Vec::new();
    if alpha_agrees {
        ways.push(
            office
                .alpha
                .trunk(PARTNER, to("beta.example"), None)
                .unwrap(),
        );
    }
    ways.push(office.alpha.trunk("carrier", peer, None).unwrap());
    office.alpha.calls_abroad_by(&ways).unwrap();
    if beta_agrees {
        let way = office
            .beta
            .trunk(PARTNER, to("alpha.example"), None)
            .unwrap();
        office.beta.calls_abroad_by(&[way]).unwrap();
    }
    tell_both(&mut office);
    office.register_all();
    office
}

fn tell_both(office: &mut Office) {
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
}

fn rules(record: &Cdr) -> Vec<&str> {
    let steps = record.explanation.iter();
    steps.map(|step| &*step.rule).collect()
}

#[test]
fn two_companies_that_both_want_it_are_connected_by_trunks_of_their_own() {
    let mut office = partners(true, true);
    let anna = office.call(office.anna, "004989123456");
    let dora = office.rung(office.dora);
    office.answer(office.dora, dora);
    assert!(office.both_hear((office.anna, anna), (office.dora, dora)));
    office.hang_up(office.anna, anna);
    let dora = office.call(office.dora, "00493055501");
    let anna = office.rung(office.anna);
    office.answer(office.anna, anna);
    office.hang_up(office.dora, dora);
    let records = office.settled_records();
    assert_eq!(records.len(), 4);
    let trunk_of = |company: &Company| company.parts.lines.trunks[0].0.id;
    for company in [&office.alpha, &office.beta] {
        let of_company = records.iter().filter(|cdr| cdr.tenant == company.id());
        let by = of_company.map(|cdr| cdr.legs.iter().find_map(|leg| leg.by_trunk.as_ref()));
        for by in by {
            assert_eq!(
                by.map(|by| by.trunk),
                Some(trunk_of(company)),
                "its own trunk"
            );
        }
    }
}

#[test]
fn a_company_that_has_not_agreed_is_as_one_that_nobody_is() {
    let mut office = partners(true, false);
    let paris = outside(&mut office, CARRIER);
    let called = |office: &mut Office, number: &str| {
        let anna = office.call(office.anna, number);
        let far = office.rung(paris);
        office.answer(paris, far);
        office.hang_up(office.anna, anna);
    };
    called(&mut office, "004989123456");
    called(&mut office, "004989654321");
    let records = office.settled_records();
    assert_eq!(records.len(), 2, "beta has none");
    assert_eq!(rules(&records[0]), rules(&records[1]));
    assert!(rules(&records[0]).contains(&"trunk.off_net"));
    assert_eq!(trunk_figures(&office).on_net, 0);
}

#[test]
fn a_company_that_takes_its_word_back_is_called_no_more() {
    let mut office = partners(true, true);
    office.beta.parts.lines.trunks[0].0.spec.enabled = false;
    tell_both(&mut office);
    let anna = office.call(office.anna, "004989123456");
    office.world.run(SECOND * 2);
    office.hang_up(office.anna, anna);
    assert_eq!(trunk_figures(&office).on_net, 0);
    let record = office.settled_records().remove(0);
    assert!(rules(&record).contains(&"trunk.off_net"));
}

#[test]
fn a_partner_is_called_by_its_own_numbers_and_not_by_what_it_could_call() {
    let mut office = partners(true, true);
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    let far = office.rung(paris);
    office.answer(paris, far);
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert!(rules(&record).contains(&"trunk.off_net"), "{record:?}");
}
