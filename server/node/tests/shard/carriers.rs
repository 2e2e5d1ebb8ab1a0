//! Calls to and from carriers: whose they are, what is shown, who is tried next.

use crate::office::{Office, SECOND, address};
use ids::TrunkId;
use sip_message::{Builder, Message, Method, Name, response_to};
use testkit::{Account, Company, PhoneId, RawId, Reaction, Setup, Told};

/// Where the carrier is, where another of its peers would be, and whence strangers call.
pub(crate) const CARRIER: u8 = 60;
pub(crate) const DEAD: u8 = 61;
const STRANGER: u8 = 62;

fn trunk(company: &mut Company, more: &str) -> TrunkId {
    let source = format!("\"sources\": [\"198.51.100.{CARRIER}\"]");
    let spec = format!("{{\"mode\": \"peer\", \"identity\": \"asserted\", {source}{more}}}");
    company
        .trunk(
            "carrier",
            serde_json::from_str(&spec).unwrap(),
            Some("carrier's word"),
        )
        .unwrap()
}

fn peers(hosts: &[u8]) -> String {
    let all: Vec<String> = hosts
        .iter()
        .map(|host| format!("\"sip:198.51.100.{host}\""))
        .collect();
    format!(", \"peers\": [{}]", all.join(", "))
}

/// An open office whose alpha has a trunk, the number +493055501 on 101, and may call abroad.
fn office(hosts: &[u8], more: &str) -> Office {
    office_with(hosts, more, |_| ())
}

/// The same, with something more that alpha has.
pub(crate) fn office_with(hosts: &[u8], more: &str, furnish: impl FnOnce(&mut Company)) -> Office {
    office_by(Setup::ordinary(11), hosts, more, furnish)
}

/// The same on an exchange of this setup.
pub(crate) fn office_by(
    setup: Setup,
    hosts: &[u8],
    more: &str,
    furnish: impl FnOnce(&mut Company),
) -> Office {
    let mut office = Office::with(setup);
    let carrier = trunk(&mut office.alpha, &format!("{}{more}", peers(hosts)));
    office.alpha.number("+493055501", "101").unwrap();
    office.alpha.calls_abroad_by(&[carrier]).unwrap();
    office.alpha.calls_for_help_by(&[carrier]).unwrap();
    furnish(&mut office.alpha);
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
    office.register_all();
    office
}

/// The carrier as a telephone of the world outside.
pub(crate) fn outside(office: &mut Office, host: u8) -> PhoneId {
    let account = Account {
        number: "+33140205050".to_owned(),
        username: "+33140205050".to_owned(),
        password: String::new(),
        domain: "carrier.example".to_owned(),
        display: "Paris".to_owned(),
    };
    let phone = office.world.phone(&account, address(host), None);
    office.manner(phone, |manner| manner.reaction = Reaction::Answer(SECOND));
    phone
}

/// The carrier written by hand.
pub(crate) fn by_hand(office: &mut Office, host: u8) -> RawId {
    office.world.raw(address(host))
}

pub(crate) fn requests(office: &Office, carrier: RawId, method: Method<'_>) -> Vec<Message> {
    let inbox = office.world.raws[carrier.0].inbox.iter();
    inbox
        .filter(|message| message.method() == Some(method))
        .cloned()
        .collect()
}

pub(crate) fn respond(
    office: &mut Office,
    carrier: RawId,
    request: &Message,
    status: u16,
    more: impl FnOnce(&mut Builder),
) {
    let server = office.world.raws[carrier.0].server;
    let mut response = response_to(request, status, Some("carrier"), server);
    response.text(Name::Contact, "<sip:gateway@198.51.100.60>");
    more(&mut response);
    let bytes = response.finish();
    office.world.with_raw(carrier, |raw| raw.send(bytes));
    office.world.run(SECOND / 10);
}

pub(crate) fn trunk_figures(office: &Office) -> node::TrunkFigures {
    office
        .world
        .exchange
        .as_ref()
        .unwrap()
        .shard
        .figures()
        .trunks
}

/// What alpha was told of its trunk, and why.
pub(crate) fn trunk_events(office: &Office) -> Vec<(&'static str, String)> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let events = events.filter(|event| event.kind.family() == "trunk");
    events
        .inspect(|event| assert_eq!(event.tenant, office.alpha.id()))
        .map(|event| {
            let reason = event.data["reason"].as_str().unwrap_or_default();
            (event.kind.as_str(), reason.to_owned())
        })
        .collect()
}

pub(crate) fn asks(response: &mut Builder) {
    let challenge = "Digest realm=\"carrier\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"";
    response.text(Name::ProxyAuthenticate, challenge);
    response.text(Name::WwwAuthenticate, challenge);
}

#[test]
fn a_call_from_outside_rings_whose_number_it_is_and_both_hear_each_other() {
    let mut office = office(&[CARRIER], "");
    let paris = outside(&mut office, CARRIER);
    let caller = office.call(paris, "+493055501");
    let anna = office.rung(office.anna);
    office.answer(office.anna, anna);
    assert!(office.both_hear((paris, caller), (office.anna, anna)));
    office.hang_up(paris, caller);
    let record = office.record();
    assert_eq!(record.caller.number, "+33140205050");
    assert_eq!(record.dialled, "+493055501");
    assert_eq!((record.end.cause, record.end.sip_status), (16, 200));
    assert_eq!(trunk_figures(&office).calls_in, 1);
    let came = record.legs[0].by_trunk.as_ref().unwrap();
    assert_eq!(came.called, "+493055501");
    assert_eq!(came.shown.as_deref(), Some("+33140205050"));
    assert_eq!(
        record.legs[1].by_trunk, None,
        "her phone is the company's own"
    );
}

#[test]
fn numbers_that_nobody_has_and_what_is_for_phones_are_the_same_to_a_carrier() {
    let mut office = office(&[CARRIER], "");
    let paris = outside(&mut office, CARRIER);
    for called in ["+493055502", "101", "*43", "0033140205050", "+33140205051"] {
        let line = office.call(paris, called);
        office.world.run(SECOND * 2);
        let told = office.line(paris, line).told.last().cloned();
        assert!(
            matches!(told, Some(Told::Refused { status: 404, .. })),
            "{called}: {told:?}"
        );
    }
    let figures = trunk_figures(&office);
    assert_eq!(figures.calls_out, 0, "nobody comes in and goes out again");
}

#[test]
fn a_stranger_who_calls_a_number_is_asked_who_it_is() {
    let mut office = office(&[CARRIER], "");
    let stranger = by_hand(&mut office, STRANGER);
    office.world.with_raw(stranger, |raw| {
        let (from, to) = ("<sip:+33140205050@carrier.example>", "<sip:+493055501@x>");
        raw.request("INVITE", "sip:+493055501@alpha.example", (from, to), "", "");
    });
    assert_eq!(office.status(stranger), Some(407));
    assert_eq!(trunk_figures(&office).calls_in, 0);
}

#[test]
fn a_call_to_outside_shows_a_number_of_the_companys_own_and_nothing_of_the_phone() {
    let mut office = office(&[CARRIER], "");
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    let uri = invite.request_uri().unwrap();
    assert_eq!(uri.user, Some("+33140205050"));
    let shown = Some("<sip:+493055501@198.51.100.60>");
    assert_eq!(invite.header(Name::PAssertedIdentity), shown);
    assert!(invite.from().unwrap().as_str().contains("+493055501@"));
    let text = String::from_utf8_lossy(invite.raw()).into_owned();
    for secret in ["alpha", "sip:101", "198.51.100.11"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_call_to_outside_is_answered_and_both_hear_each_other() {
    let mut office = office(&[CARRIER], "");
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    let far = office.rung(paris);
    office.world.run(SECOND * 3);
    assert!(office.line(office.anna, anna).is_talking());
    assert!(office.both_hear((paris, far), (office.anna, anna)));
    office.hang_up(office.anna, anna);
    let record = office.record();
    assert_eq!(record.legs.len(), 2);
    assert!(
        record
            .explanation
            .iter()
            .any(|step| step.rule == "trunk.attempt")
    );
}

#[test]
fn a_dead_peer_is_followed_by_a_living_one_within_seconds_and_the_record_has_both() {
    let mut office = office(&[DEAD, CARRIER], "");
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    let rings = office.world.run_until(SECOND * 6, |world| {
        world.phones[paris.0].live().any(|line| line.incoming)
    });
    assert!(rings, "the second peer is called");
    office.world.run(SECOND * 3);
    assert!(office.line(office.anna, anna).is_talking());
    // The dead one is known now: the next call goes to the living one at once.
    office.hang_up(office.anna, anna);
    let again = office.call(office.anna, "0033140205050");
    office.world.run(SECOND * 2);
    assert!(office.line(office.anna, again).is_talking());
    assert_eq!(trunk_figures(&office).calls_out, 3);
    office.hang_up(office.anna, again);
    let records = office.settled_records();
    let legs = &records[0].legs;
    assert_eq!(legs.len(), 3);
    assert_eq!(legs[1].status, Some(408));
    for (attempt, host) in [(&legs[1], DEAD), (&legs[2], CARRIER)] {
        let by = attempt.by_trunk.as_ref().unwrap();
        assert_eq!(
            (&*by.called, by.shown.as_deref()),
            ("+33140205050", Some("+493055501"))
        );
        assert_eq!(attempt.address, format!("198.51.100.{host}:5060"));
    }
}

#[test]
fn a_carrier_that_asks_for_a_password_gets_proof_and_never_the_password() {
    let more = ", \"username\": \"acme\"";
    let mut office = office(&[CARRIER], more);
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let first = requests(&office, carrier, Method::Invite).remove(0);
    respond(&mut office, carrier, &first, 407, asks);
    let second = requests(&office, carrier, Method::Invite).pop().unwrap();
    assert_eq!(
        second.cseq().unwrap().number,
        first.cseq().unwrap().number + 1
    );
    let proof = second.proxy_authorization().next().unwrap();
    assert_eq!(proof.param("username").unwrap(), "acme");
    assert_eq!(proof.param("nonce").unwrap(), "n1");
    let text = String::from_utf8_lossy(second.raw()).into_owned();
    assert!(!text.contains("carrier's word"));
}

const REGISTERS: &str =
    ", \"mode\": \"register\", \"username\": \"acme\", \"expires_seconds\": 300";

/// An office whose trunk registers, and its carrier by hand, which has granted it.
fn registered() -> (Office, RawId) {
    let mut office = Office::with(Setup::ordinary(12));
    let carrier = by_hand(&mut office, CARRIER);
    let spec = format!("{{\"peers\": [\"sip:198.51.100.{CARRIER}\"]{REGISTERS}}}");
    let spec = serde_json::from_str(&spec).unwrap();
    office
        .alpha
        .trunk("carrier", spec, Some("carrier's word"))
        .unwrap();
    office.alpha.number("+493055501", "101").unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.register_all();
    let first = requests(&office, carrier, Method::Register).remove(0);
    respond(&mut office, carrier, &first, 401, asks);
    let second = requests(&office, carrier, Method::Register).pop().unwrap();
    assert_eq!(
        second
            .authorization()
            .next()
            .unwrap()
            .param("username")
            .unwrap(),
        "acme"
    );
    respond(&mut office, carrier, &second, 200, |response| {
        response.text(Name::Expires, "300");
    });
    (office, carrier)
}

#[test]
fn a_trunk_registers_at_its_carrier_and_refreshes_in_time() {
    let (mut office, carrier) = registered();
    let live = office.world.exchange.as_ref().unwrap().shard.figures().live;
    assert_eq!((live.trunks.all(), live.trunks.registered), (1, 1));
    assert_eq!(live.trunks.up, 1);
    assert_eq!(
        trunk_events(&office),
        [("trunk.up", "registered at its carrier".to_owned())]
    );
    let before = requests(&office, carrier, Method::Register).len();
    office.world.run(SECOND * 200);
    assert_eq!(requests(&office, carrier, Method::Register).len(), before);
    office.world.run(SECOND * 60);
    assert!(requests(&office, carrier, Method::Register).len() > before);
}

#[test]
fn a_company_is_told_once_when_its_trunk_is_not_registered_any_more() {
    let (mut office, carrier) = registered();
    office.world.run(SECOND * 290);
    for request in requests(&office, carrier, Method::Register).split_off(2) {
        respond(&mut office, carrier, &request, 403, |_| {});
    }
    let told = trunk_events(&office);
    assert_eq!(
        told[1],
        ("trunk.down", "its carrier answered 403".to_owned())
    );
    assert_eq!(told.len(), 2);
    let live = office.world.exchange.as_ref().unwrap().shard.figures().live;
    assert_eq!((live.trunks.down, live.trunks.registered), (1, 0));
}

#[test]
fn a_call_to_the_registered_contact_is_taken_without_a_source() {
    let (mut office, carrier) = registered();
    let register = requests(&office, carrier, Method::Register).pop().unwrap();
    let contact = register
        .contacts()
        .unwrap()
        .first()
        .unwrap()
        .uri_text
        .to_owned();
    office.world.with_raw(carrier, |raw| {
        let from = "<sip:+33140205050@carrier.example>";
        raw.request(
            "INVITE",
            &contact,
            (from, "<sip:+493055501@carrier.example>"),
            "",
            "",
        );
    });
    office.rung(office.anna);
    let stranger = by_hand(&mut office, STRANGER);
    office.world.with_raw(stranger, |raw| {
        let from = "<sip:+33140205050@carrier.example>";
        raw.request(
            "INVITE",
            &contact,
            (from, "<sip:+493055501@carrier.example>"),
            "",
            "",
        );
    });
    assert_eq!(
        office.status(stranger),
        Some(407),
        "whoever has seen the contact"
    );
}

#[test]
fn a_trunk_that_is_taken_away_takes_its_registration_back() {
    let (mut office, carrier) = registered();
    office.alpha.parts.lines.trunks.clear();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.world.run(SECOND);
    let last = requests(&office, carrier, Method::Register).pop().unwrap();
    assert_eq!(last.expires(), Ok(Some(0)));
    let live = office.world.exchange.as_ref().unwrap().shard.figures().live;
    assert_eq!((live.trunks.all(), live.trunks.registered), (0, 0));
}

#[test]
fn a_trunk_takes_no_more_calls_than_it_may() {
    let mut office = office(&[CARRIER], ", \"caps\": {\"concurrent_calls\": 1}");
    let paris = outside(&mut office, CARRIER);
    let first = office.call(office.anna, "0033140205050");
    office.rung(paris);
    office.world.run(SECOND * 2);
    assert!(office.line(office.anna, first).is_talking());
    let second = office.call(office.cleo, "0033140205050");
    office.world.run(SECOND * 2);
    assert!(office.line(office.cleo, second).is_over());
    assert_eq!(trunk_figures(&office).caps.refused, 1);
    office.hang_up(office.anna, first);
    let third = office.call(office.cleo, "0033140205050");
    office.world.run(SECOND * 3);
    assert!(office.line(office.cleo, third).is_talking());
}

#[test]
fn a_trunk_that_has_its_share_takes_a_call_for_help() {
    let mut office = office(&[CARRIER], ", \"caps\": {\"concurrent_calls\": 1}");
    let paris = outside(&mut office, CARRIER);
    let first = office.call(office.anna, "0033140205050");
    office.rung(paris);
    office.world.run(SECOND * 2);
    let help = office.call(office.cleo, "112");
    office.world.run(SECOND * 3);
    for (phone, call) in [(office.anna, first), (office.cleo, help)] {
        assert!(office.line(phone, call).is_talking());
    }
    office.hang_up(office.cleo, help);
    office.hang_up(office.anna, first);
    let next = office.call(office.anna, "0033140205050");
    office.world.run(SECOND * 3);
    assert!(
        office.line(office.anna, next).is_talking(),
        "all is given back"
    );
}

#[test]
fn a_peer_that_does_not_answer_its_probes_is_tried_last() {
    let mut office = office(&[DEAD, CARRIER], ", \"options_seconds\": 5");
    let carrier = by_hand(&mut office, CARRIER);
    for _ in 0..120 {
        office.world.run(SECOND);
        let asked = requests(&office, carrier, Method::Options);
        for request in asked {
            respond(&mut office, carrier, &request, 200, |_| {});
        }
        office.world.raws[carrier.0].inbox.clear();
    }
    assert_eq!(trunk_figures(&office).peers_changed, 1);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    assert_eq!(requests(&office, carrier, Method::Invite).len(), 1);
}
