//! Calls for help: by which ways they go, what carriers get with them, and who is told.

use crate::carriers::{CARRIER, DEAD, by_hand, outside, requests, respond};
use crate::office::{Office, SECOND};
use domain::Event;
use ids::TrunkId;
use serde_json::{Value, json};
use sip_message::{Method, Name};
use testkit::{PhoneId, Reaction, Setup, Told};

fn trunk(office: &mut Office, (name, host): (&str, u8), more: Value) -> TrunkId {
    let mut spec = json!({
        "mode": "peer", "identity": "asserted",
        "peers": [format!("sip:198.51.100.{host}")],
        "sources": [format!("198.51.100.{host}")],
    });
    let more = more.as_object().unwrap().clone();
    spec.as_object_mut().unwrap().extend(more);
    office.alpha.trunk(name, spec, None).unwrap()
}

/// Alpha with two trunks for help, a number on 101, and its place in Berlin, whose desk is 103.
fn office(more: &Value) -> Office {
    let mut office = Office::with(Setup::ordinary(13));
    let first = trunk(&mut office, ("carrier", CARRIER), more.clone());
    let second = trunk(&mut office, ("second", DEAD), json!({}));
    office.alpha.number("+493055501", "103").unwrap();
    let desk = office.alpha.extension("103", domain::Destination::Devices);
    let place = json!({
        "label": "Berlin, third floor", "default": true, "callback": "+493055501", "desk": desk,
        "civic": {"country": "DE", "a3": "Berlin", "rd": "A & B Road", "hno": "12", "flr": "3"},
        "point": "52.5163 13.3777", "mail_to": ["desk@alpha.example"],
    });
    office.alpha.location("berlin", place).unwrap();
    let help = json!({
        "name": "help", "emergency": true, "trunks": [first, second], "ring_seconds": 30,
    });
    office.alpha.calls_out(help).unwrap();
    tell(&mut office);
    office.register_all();
    office
}

fn tell(office: &mut Office) {
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
}

/// Somebody at the carrier who answers when told to.
fn patient(office: &mut Office) -> PhoneId {
    let phone = outside(office, CARRIER);
    office.manner(phone, |manner| manner.reaction = Reaction::Manual);
    phone
}

fn told(office: &Office) -> Vec<Event> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let told = events.filter(|event| event.kind.as_str() == "emergency.called");
    told.cloned().collect()
}

#[test]
fn a_call_for_help_shows_the_number_of_its_place_and_is_told_of_at_once() {
    let mut office = office(&json!({}));
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "112");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(invite.request_uri().unwrap().user, Some("112"));
    let shown = Some("<sip:+493055501@198.51.100.60>");
    assert_eq!(invite.header(Name::PAssertedIdentity), shown);
    assert!(!invite.has(Name::Privacy) && !invite.has(Name::Geolocation));
    let told = told(&office);
    assert_eq!(told.len(), 1, "before anybody has answered");
    assert_eq!(told[0].tenant, office.alpha.id());
    let data = &told[0].data;
    assert_eq!(data["number"], "112");
    assert_eq!(data["caller"]["number"], "101");
    assert_eq!(data["callback"], "+493055501");
    assert_eq!(
        data["location"]["address"],
        "A & B Road 12, floor 3, Berlin, DE"
    );
    assert_eq!(data["mail_to"], json!(["desk@alpha.example"]));
    assert_eq!(data["desk"], "103");
    assert_eq!(data["test"], false);
}

// rfc: 6442 §4.1
#[test]
fn a_carrier_that_takes_it_is_told_where_the_caller_is_and_asked_for_the_service() {
    let mut office = office(&json!({"location": "pidf_lo", "emergency_uri": "urn"}));
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "112");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(invite.request_uri().unwrap().as_str(), "urn:service:sos");
    let cid = "<cid:location@198.51.100.60>";
    assert_eq!(invite.header(Name::Geolocation), Some(cid));
    assert_eq!(invite.header(Name::GeolocationRouting), Some("yes"));
    let kind = invite.header(Name::ContentType).unwrap();
    assert!(kind.starts_with("multipart/mixed;boundary="), "{kind}");
    let body = String::from_utf8_lossy(invite.body()).into_owned();
    for part in [
        "Content-Type: application/sdp\r\n\r\nv=0",
        "Content-ID: <location@198.51.100.60>",
        "<ca:RD>A &amp; B Road</ca:RD><ca:HNO>12</ca:HNO><ca:FLR>3</ca:FLR>",
        "<gml:pos>52.5163 13.3777</gml:pos>",
        "entity=\"sip:+493055501@198.51.100.60\"",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let secret = "198.51.100.11";
    assert!(!body.contains(secret), "nothing of the phone");
}

#[test]
fn what_is_no_call_for_help_tells_no_carrier_where_the_caller_is() {
    let mut office = office(&json!({"location": "pidf_lo", "emergency_uri": "urn"}));
    let trunk = office.alpha.parts.lines.trunks[0].0.id;
    office.alpha.calls_abroad_by(&[trunk]).unwrap();
    tell(&mut office);
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert!(!invite.has(Name::Geolocation));
    assert_eq!(invite.header(Name::ContentType), Some("application/sdp"));
    assert!(told(&office).is_empty());
}

#[test]
fn whatever_one_trunk_answers_the_next_is_asked_and_at_last_the_desk_rings() {
    for status in [404, 486, 503, 603] {
        let mut office = office(&json!({}));
        let (first, second) = (by_hand(&mut office, CARRIER), by_hand(&mut office, DEAD));
        let anna = office.call(office.anna, "112");
        office.world.run(SECOND / 2);
        let invite = requests(&office, first, Method::Invite).remove(0);
        respond(&mut office, first, &invite, status, |_| {});
        let invite = requests(&office, second, Method::Invite).remove(0);
        respond(&mut office, second, &invite, status, |_| {});
        let desk = office.rung(office.cleo);
        office.answer(office.cleo, desk);
        assert!(
            office.both_hear((office.anna, anna), (office.cleo, desk)),
            "{status}"
        );
        office.hang_up(office.anna, anna);
        assert_eq!(told(&office).len(), 1, "told once");
    }
}

#[test]
fn neither_caps_nor_a_company_out_of_use_hold_back_a_call_for_help() {
    let mut office = office(&json!({"caps": {"concurrent_calls": 1, "calls_per_second": 1}}));
    let paris = patient(&mut office);
    office.alpha.caps().concurrent_calls = Some(1);
    office.alpha.caps().calls_per_second = Some(1);
    office.alpha.parts.tenant.spec.enabled = false;
    tell(&mut office);
    let mut lines = Vec::new();
    for phone in [office.anna, office.bert, office.cleo] {
        let line = office.call(phone, "112");
        let far = office.rung(paris);
        office.answer(paris, far);
        assert!(office.line(phone, line).is_talking());
        lines.push((phone, line));
    }
    let other = office.call(office.bert_two, "101");
    office.world.run(SECOND);
    let told = office.line(office.bert_two, other).told.last().cloned();
    let refused = Some(Told::Refused {
        status: 403,
        retry_after: None,
    });
    assert_eq!(told, refused, "for help alone");
    for (phone, line) in lines {
        office.hang_up(phone, line);
    }
}

#[test]
fn an_extension_out_of_use_calls_for_help_and_nobody_else_and_a_device_out_of_use_nobody() {
    let mut office = office(&json!({}));
    let paris = patient(&mut office);
    for extension in &mut office.alpha.parts.extensions {
        extension.spec.enabled = extension.spec.number != "101";
    }
    let bert = office.members[1].device;
    office.alpha.device(bert).unwrap().enabled = false;
    tell(&mut office);
    let anna = office.call(office.anna, "112");
    let far = office.rung(paris);
    office.answer(paris, far);
    assert!(office.line(office.anna, anna).is_talking());
    office.hang_up(office.anna, anna);
    for (phone, dialled) in [(office.anna, "103"), (office.bert, "112")] {
        let line = office.call(phone, dialled);
        office.world.run(SECOND * 2);
        let refused = office.line(phone, line).refused();
        assert_eq!(refused, Some(403), "{dialled}");
    }
}

#[test]
fn whoever_helps_and_calls_back_reaches_the_phone_that_called() {
    let mut office = office(&json!({}));
    let paris = patient(&mut office);
    let anna = office.call(office.anna, "112");
    let far = office.rung(paris);
    office.answer(paris, far);
    office.hang_up(office.anna, anna);
    let back = office.call(paris, "+493055501");
    let rung = office.rung(office.anna);
    office.answer(office.anna, rung);
    assert!(office.line(paris, back).is_talking(), "101 and not 103");
    office.hang_up(paris, back);
    office.world.run(SECOND * 60 * 31);
    office.register_all();
    let late = office.call(paris, "+493055501");
    let rung = office.rung(office.cleo);
    office.answer(office.cleo, rung);
    assert!(
        office.line(paris, late).is_talking(),
        "103 again, by the route"
    );
}

#[test]
fn a_neighbours_documents_have_no_say_in_a_call_for_help() {
    let mut office = office(&json!({}));
    let carrier = by_hand(&mut office, CARRIER);
    let dora = office.call(office.dora, "112");
    office.world.run(SECOND);
    assert_eq!(
        office.line(office.dora, dora).refused(),
        Some(503),
        "beta has no trunk"
    );
    assert!(requests(&office, carrier, Method::Invite).is_empty());
    let told = told(&office);
    assert_eq!(told[0].tenant, office.beta.id());
    assert_eq!(told[0].data["location"], Value::Null);
}

#[test]
fn phones_that_are_told_of_a_call_for_help_ring_beside_and_show_who_calls_and_where() {
    let mut office = office(&json!({}));
    let patient = patient(&mut office);
    let alert = office.alpha.extension("102", domain::Destination::Devices);
    office.alpha.parts.lines.locations[0].spec.alert = Some(alert);
    tell(&mut office);
    let anna = office.call(office.anna, "112");
    let (bert, far) = (office.rung(office.bert), office.rung(patient));
    assert_eq!(
        office.line(office.bert, bert).peer,
        "101",
        "whom to call back"
    );
    office.answer(office.bert, bert);
    office.answer(patient, far);
    assert!(office.both_hear((office.anna, anna), (patient, far)));
    office.hang_up(office.bert, bert);
    assert!(
        office.line(office.anna, anna).is_talking(),
        "help is still there"
    );
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert_eq!(record.destination.unwrap().number, "112");
    let rules = record.explanation.iter().map(|step| &*step.rule);
    assert!(rules.clone().any(|rule| rule == "emergency.alert"));
    let beside = record.legs.iter().filter(|leg| leg.party.number == "102");
    assert_eq!(beside.count(), 1);
}
