//! What the rules of a trunk for headers do to calls of phones and of its carrier.

use crate::carriers::{CARRIER, by_hand, office_with, outside, requests, respond};
use crate::office::{Office, SECOND};
use sip_message::{Message, Method, Name};
use testkit::PhoneId;

const RULES: &str = r#", "username": "acme-7", "headers": [
    {"direction": "out", "action": "add", "name": "X-Account", "value": "{username}/{caller}"},
    {"direction": "out", "action": "add", "name": "X-For", "value": "{called} at {domain}"},
    {"direction": "out", "action": "relay", "name": "X-Ticket"},
    {"direction": "out", "action": "remove", "name": "User-Agent"},
    {"direction": "in", "action": "add", "name": "X-Line", "value": "{called} by {caller}"},
    {"direction": "in", "action": "relay", "name": "X-Queue"}
]"#;

/// Calls with headers that the phone adds by itself.
fn call_with(
    office: &mut Office,
    phone: PhoneId,
    uri: &str,
    headers: &[(&'static str, &str)],
) -> testkit::LineId {
    let headers = headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (Name::Other(name), (*value).to_owned()))
        .collect();
    let line = office
        .world
        .with(phone, |phone, now| phone.call_uri(uri, headers, now));
    office.world.run(SECOND);
    line
}

fn said<'a>(message: &'a Message, name: &'static str) -> Vec<&'a str> {
    message.headers(Name::Other(name)).collect()
}

const MINE: [(&str, &str); 3] = [
    ("X-Ticket", "4711"),
    ("X-Secret", "inside"),
    ("User-To-User", "00;encoding=hex"),
];

#[test]
fn a_carrier_gets_what_rules_add_and_hand_on_and_nothing_else_of_the_phone() {
    let mut office = office_with(&[CARRIER], RULES, |_| ());
    let carrier = by_hand(&mut office, CARRIER);
    let anna = office.anna;
    call_with(&mut office, anna, "sip:0033140205050@alpha.example", &MINE);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(said(&invite, "X-Account"), ["acme-7/+493055501"]);
    assert_eq!(said(&invite, "X-For"), ["+33140205050 at alpha.example"]);
    assert_eq!(said(&invite, "X-Ticket"), ["4711"]);
    assert_eq!(said(&invite, "User-Agent"), [""; 0]);
    let text = String::from_utf8_lossy(invite.raw()).into_owned();
    for kept in ["inside", "User-To-User", "X-Line", "sip:101"] {
        assert!(!text.contains(kept), "{kept} in {text}");
    }
}

#[test]
fn the_invite_that_is_sent_again_with_proof_has_them_too() {
    let mut office = office_with(&[CARRIER], RULES, |_| ());
    let carrier = by_hand(&mut office, CARRIER);
    let anna = office.anna;
    call_with(&mut office, anna, "sip:0033140205050@alpha.example", &MINE);
    let first = requests(&office, carrier, Method::Invite).remove(0);
    respond(&mut office, carrier, &first, 407, crate::carriers::asks);
    let second = requests(&office, carrier, Method::Invite).pop().unwrap();
    assert!(second.has(Name::ProxyAuthorization));
    assert_eq!(said(&second, "X-Ticket"), ["4711"]);
    assert_eq!(said(&second, "User-Agent"), [""; 0]);
}

#[test]
fn a_phone_gets_what_rules_hand_on_from_the_carrier_and_the_carriers_other_headers_stay() {
    let mut office = office_with(&[CARRIER], RULES, |_| ());
    let paris = outside(&mut office, CARRIER);
    office.world.tap = Some(Vec::new());
    let theirs = [
        ("X-Queue", "sales"),
        ("X-Ticket", "1"),
        ("X-Carrier", "sbc7"),
    ];
    call_with(&mut office, paris, "sip:+493055501@198.51.100.1", &theirs);
    let tapped = office.world.tap.take().unwrap();
    let mut texts = tapped
        .iter()
        .filter(|(phone, _)| *phone == office.anna)
        .map(|(_, packet)| String::from_utf8_lossy(&packet.bytes).into_owned());
    let invite = texts.find(|text| text.starts_with("INVITE ")).unwrap();
    assert!(
        invite.contains("X-Line: +493055501 by +33140205050\r\n"),
        "{invite}"
    );
    assert!(invite.contains("X-Queue: sales\r\n"), "{invite}");
    for kept in ["X-Ticket", "sbc7", "X-Account", "acme-7"] {
        assert!(!invite.contains(kept), "{kept} in {invite}");
    }
}

#[test]
fn a_call_inside_the_company_has_nothing_of_a_trunks_rules() {
    let mut office = office_with(&[CARRIER], RULES, |_| ());
    office.world.tap = Some(Vec::new());
    let anna = office.anna;
    call_with(&mut office, anna, "sip:102@alpha.example", &MINE);
    let tapped = office.world.tap.take().unwrap();
    let mut to_bert = tapped.iter().filter(|(phone, _)| *phone == office.bert);
    let rung = |bytes: &[u8]| String::from_utf8_lossy(bytes).starts_with("INVITE ");
    let (_, packet) = to_bert.find(|(_, packet)| rung(&packet.bytes)).unwrap();
    let invite = String::from_utf8_lossy(&packet.bytes).into_owned();
    for kept in ["X-Ticket", "X-Line", "X-Account", "inside"] {
        assert!(!invite.contains(kept), "{kept} in {invite}");
    }
}
