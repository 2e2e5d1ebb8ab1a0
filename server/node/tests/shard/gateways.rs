//! Gateways: what registers at the other end of a trunk, is called there, and calls as a carrier
//! does and not as a phone.

use crate::carriers::{CARRIER, by_hand, outside, requests, respond, trunk_events, trunk_figures};
use crate::office::{Office, SECOND, address};
use ids::TrunkId;
use node::{Answer, Ask};
use serde_json::{Value, json};
use sip_message::{Method, Name};
use testkit::{Account, Company, PhoneId, RawId, Setup, Told};

/// Where the gateway is, and where whoever is not the gateway.
const WORKS: u8 = 70;
const ELSEWHERE: u8 = 71;
const WORD: &str = "the works' own word";

/// The gateway's account with alpha.
fn account() -> Account {
    Account {
        number: "+33140205050".to_owned(),
        username: "alpha-works".to_owned(),
        password: WORD.to_owned(),
        domain: "alpha.example".to_owned(),
        display: "Works".to_owned(),
    }
}

fn gateway(company: &mut Company, change: Value) -> TrunkId {
    let of = company.domain().split('.').next().unwrap();
    let username = format!("{of}-works");
    let mut spec = json!({ "mode": "gateway", "username": username, "identity": "asserted" });
    for (name, value) in change.as_object().unwrap() {
        spec[name] = value.clone();
    }
    company.trunk("works", spec, Some(WORD)).unwrap()
}

/// An open office whose alpha has a gateway, the number +493055501 on 101, and calls abroad by the
/// gateway and then by a carrier.
fn office(change: Value) -> Office {
    let mut office = Office::with(Setup::ordinary(13));
    let works = gateway(&mut office.alpha, change);
    let carrier = json!({
        "mode": "peer", "peers": [format!("sip:198.51.100.{CARRIER}")],
        "sources": [format!("198.51.100.{CARRIER}")],
    });
    let carrier = office.alpha.trunk("carrier", carrier, None).unwrap();
    office.alpha.number("+493055501", "101").unwrap();
    office.alpha.calls_abroad_by(&[works, carrier]).unwrap();
    gateway(&mut office.beta, json!({}));
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
    office.register_all();
    office
}

/// The gateway as a telephone, registered.
fn works(office: &mut Office) -> PhoneId {
    let phone = office.world.phone(&account(), address(WORKS), None);
    assert_eq!(office.register(phone), Some(200));
    phone
}

/// A request of the gateway's written by hand, first without and then with its proof; the status.
fn asks(
    office: &mut Office,
    raw: RawId,
    account: &Account,
    request: (&str, &str, &str),
) -> Option<u16> {
    let (method, uri, more) = request;
    let (from, to) = match method {
        "REGISTER" => (account.address(), account.address()),
        _ => (account.address(), format!("<{uri}>")),
    };
    let mut headers = more.to_owned();
    for _ in 0..2 {
        office.world.with_raw(raw, |raw| {
            raw.request(method, uri, (&from, &to), &headers, "");
        });
        office.world.run(SECOND);
        let proof = office
            .world
            .with_raw(raw, |raw| raw.answer(account, method, uri));
        headers = format!("{more}{}", proof.unwrap_or_default());
    }
    office.status(raw)
}

fn registered(office: &mut Office, of: TrunkId) -> Vec<String> {
    let id = office.alpha.id();
    let Some(Answer::Registrations(_, all)) = office.world.ask(id, Ask::Registrations) else {
        panic!("no list of registrations");
    };
    let of_trunk = all.into_iter().filter(|one| one.trunk == Some(of));
    of_trunk.map(|one| one.source).collect()
}

fn trunk_of(office: &Office) -> TrunkId {
    office.alpha.parts.lines.trunks[0].0.id
}

#[test]
fn a_gateway_registers_is_called_by_its_trunk_and_both_hear_each_other() {
    let mut office = office(json!({}));
    let works = works(&mut office);
    let trunk = trunk_of(&office);
    assert_eq!(
        registered(&mut office, trunk),
        [format!("198.51.100.{WORKS}:5060")]
    );
    let anna = office.call(office.anna, "0033140205050");
    let far = office.rung(works);
    office.answer(works, far);
    assert!(office.both_hear((works, far), (office.anna, anna)));
    office.hang_up(works, far);
    let record = office.record();
    let by = record.legs[1].by_trunk.as_ref().unwrap();
    assert_eq!((by.trunk, &*by.called), (trunk, "+33140205050"));
    assert_eq!(by.shown.as_deref(), Some("+493055501"));
    assert_eq!(record.legs[1].address, format!("198.51.100.{WORKS}:5060"));
    assert_eq!(trunk_figures(&office).calls_out, 1);
}

#[test]
fn a_call_from_a_gateway_rings_whose_number_it_is_and_ends_from_either_side() {
    let mut office = office(json!({}));
    let works = works(&mut office);
    let caller = office.call(works, "+493055501");
    let anna = office.rung(office.anna);
    office.answer(office.anna, anna);
    assert!(office.both_hear((works, caller), (office.anna, anna)));
    office.hang_up(works, caller);
    let record = office.record();
    let came = record.legs[0].by_trunk.as_ref().unwrap();
    assert_eq!(
        (came.trunk, &*came.called),
        (trunk_of(&office), "+493055501")
    );
    assert_eq!(record.caller.device, None, "it is nobody of the company's");
    assert_eq!(trunk_figures(&office).calls_in, 1);
}

#[test]
fn what_is_for_phones_is_not_for_a_gateway() {
    let mut office = office(json!({}));
    let works = works(&mut office);
    for called in ["101", "102", "*43", "0033140205051", "+493055502"] {
        let line = office.call(works, called);
        office.world.run(SECOND * 2);
        let told = office.line(works, line).told.last().cloned();
        assert!(
            matches!(told, Some(Told::Refused { status: 404, .. })),
            "{called}: {told:?}"
        );
    }
    assert_eq!(trunk_figures(&office).calls_out, 0, "nobody goes out again");
    let raw = by_hand(&mut office, ELSEWHERE);
    let (watched, event) = (
        "sip:101@alpha.example",
        "Event: presence\r\nExpires: 60\r\n",
    );
    for (method, more) in [("SUBSCRIBE", event), ("PUBLISH", event), ("MESSAGE", "")] {
        let status = asks(&mut office, raw, &account(), (method, watched, more));
        assert_eq!(status, Some(403), "{method}");
    }
}

#[test]
fn a_gateway_that_cannot_prove_itself_is_refused_like_any_stranger_and_counted() {
    let mut office = office(json!({}));
    let raw = by_hand(&mut office, ELSEWHERE);
    let wrong = Account {
        password: "guessed".to_owned(),
        ..account()
    };
    let register = (
        "REGISTER",
        "sip:alpha.example",
        "Contact: <sip:works@198.51.100.71>\r\n",
    );
    assert_eq!(asks(&mut office, raw, &wrong, register), Some(403));
    let invite = ("INVITE", "sip:+493055501@alpha.example", "");
    assert_eq!(asks(&mut office, raw, &wrong, invite), Some(403));
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    assert_eq!(figures.door.refused_credentials, 2);
    let trunk = trunk_of(&office);
    assert_eq!(registered(&mut office, trunk), [""; 0]);
    assert_eq!(trunk_figures(&office).calls_in, 0);
}

#[test]
fn where_a_gateway_has_registered_proves_nothing_of_whoever_else_calls_from_there() {
    let mut office = office(json!({}));
    let raw = by_hand(&mut office, ELSEWHERE);
    let contact = "Contact: <sip:works@198.51.100.71>\r\n";
    let register = ("REGISTER", "sip:alpha.example", contact);
    assert_eq!(asks(&mut office, raw, &account(), register), Some(200));
    office.world.with_raw(raw, |raw| {
        let (from, to) = (
            "<sip:alpha-works@alpha.example>",
            "<sip:+493055501@alpha.example>",
        );
        raw.request("INVITE", "sip:+493055501@alpha.example", (from, to), "", "");
    });
    assert_eq!(office.status(raw), Some(407));
}

#[test]
fn a_gateway_opens_nothing_of_the_neighbours() {
    let mut office = office(json!({}));
    let raw = by_hand(&mut office, ELSEWHERE);
    let contact = "Contact: <sip:works@198.51.100.71>\r\n";
    let theirs = ("REGISTER", "sip:beta.example", contact);
    let stranger = Account {
        domain: "beta.example".to_owned(),
        ..account()
    };
    assert_eq!(asks(&mut office, raw, &stranger, theirs), Some(403));
    let neighbour = Account {
        username: "beta-works".to_owned(),
        ..account()
    };
    let ours = ("REGISTER", "sip:alpha.example", contact);
    assert_eq!(asks(&mut office, raw, &neighbour, ours), Some(403));
    // beta's gateway has no number of alpha's, though it proves itself
    let called = ("INVITE", "sip:+493055501@alpha.example", "");
    let trunk = trunk_of(&office);
    assert_eq!(registered(&mut office, trunk), [""; 0]);
    let status = asks(&mut office, raw, &neighbour, called);
    assert_eq!(status, Some(404), "beta has no such number");
    let rung = office.world.phones[office.anna.0].live().count();
    assert_eq!(rung, 0);
}

#[test]
fn while_nobody_has_registered_the_next_trunk_of_the_route_is_taken() {
    let mut office = office(json!({}));
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    office.rung(paris);
    office.world.run(SECOND * 2);
    assert!(office.line(office.anna, anna).is_talking());
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert_eq!(record.legs.len(), 2, "the gateway was not tried");
    let mut why = record.explanation.iter();
    assert!(why.any(|step| step.rule == "trunk.unregistered"));
}

#[test]
fn a_registration_that_ends_is_told_and_calls_go_elsewhere() {
    let mut office = office(json!({}));
    let works = works(&mut office);
    office
        .world
        .with(works, |phone, now| phone.register(0, now));
    office.world.run(SECOND * 2);
    let told = trunk_events(&office);
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["trunk.up", "trunk.down"]);
    assert_eq!(told[1].1, "its gateway is not registered any more");
    let paris = outside(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.rung(paris);
}

#[test]
fn the_number_called_stands_where_the_gateway_looks_for_it() {
    for (place, user) in [("request_uri", "+33140205050"), ("to", "line7")] {
        let mut office = office(json!({ "called_out": place }));
        let raw = by_hand(&mut office, WORKS);
        let contact = "Contact: <sip:line7@198.51.100.70;x=1>\r\n";
        let register = ("REGISTER", "sip:alpha.example", contact);
        assert_eq!(asks(&mut office, raw, &account(), register), Some(200));
        office.call(office.anna, "0033140205050");
        office.world.run(SECOND);
        let invite = requests(&office, raw, Method::Invite).remove(0);
        let uri = invite.request_uri().unwrap();
        assert_eq!(
            (uri.user, uri.params.has("x")),
            (Some(user), true),
            "{place}"
        );
        let to = invite.to().unwrap();
        assert_eq!(to.as_str(), "<sip:+33140205050@alpha.example>");
        let shown = Some("<sip:+493055501@alpha.example>");
        assert_eq!(invite.header(Name::PAssertedIdentity), shown);
        respond(&mut office, raw, &invite, 486, |_| ());
    }
}

#[test]
fn what_a_gateway_has_registered_outlives_the_process() {
    let mut office = office(json!({}));
    let works = works(&mut office);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    let trunk = trunk_of(&office);
    assert_eq!(registered(&mut office, trunk).len(), 1);
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    assert_eq!(figures.live.bindings, 6, "five phones and a gateway");
    let anna = office.call(office.anna, "0033140205050");
    let far = office.rung(works);
    office.answer(works, far);
    assert!(office.both_hear((works, far), (office.anna, anna)));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_gateway_that_answers_no_options_is_down_and_tried_all_the_same() {
    let mut office = office(json!({ "options_seconds": 10 }));
    let raw = by_hand(&mut office, WORKS);
    let contact = "Contact: <sip:line7@198.51.100.70>\r\nExpires: 3600\r\n";
    let register = ("REGISTER", "sip:alpha.example", contact);
    assert_eq!(asks(&mut office, raw, &account(), register), Some(200));
    office.world.run(SECOND * 12);
    let asked = requests(&office, raw, Method::Options);
    let user = |asked: &sip_message::Message| {
        let uri = asked.request_uri().unwrap();
        uri.user.map(str::to_owned)
    };
    assert!(
        asked
            .iter()
            .any(|one| user(one).as_deref() == Some("line7"))
    );
    office.world.run(SECOND * 120);
    let kinds: Vec<&str> = trunk_events(&office)
        .iter()
        .map(|(kind, _)| *kind)
        .collect();
    assert_eq!(kinds, ["trunk.up", "trunk.down"]);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    let paris = by_hand(&mut office, CARRIER);
    // both contacts that it has registered are silent, one after the other
    office.world.run(SECOND * 12);
    assert!(!requests(&office, raw, Method::Invite).is_empty());
    assert!(
        !requests(&office, paris, Method::Invite).is_empty(),
        "then the next trunk"
    );
}
