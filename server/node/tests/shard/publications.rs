//! PUBLISH: what a telephone says of its user (RFC 3903).

use crate::office::{Office, SECOND};
use sip_message::Name;
use testkit::RawId;

const DOCUMENT: &str = "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"><tuple id=\"t\"><status>\
    <basic>closed</basic></status><note>lunch</note></tuple><meal/></presence>";

/// Publishes from a hand-driven phone that proves to be alpha's 101; its last status.
fn publish(office: &mut Office, raw: RawId, uri: &str, more: &str, body: &str) -> Option<u16> {
    let account = office.world.phones[office.anna.0].account.clone();
    let ends = ("<sip:101@alpha.example>", "<sip:101@alpha.example>");
    let more = format!("Event: presence\r\n{more}");
    office.world.with_raw(raw, |raw| {
        raw.request("PUBLISH", uri, ends, &more, body);
    });
    office.world.run(SECOND);
    let proof = office.world.raws[raw.0].answer(&account, "PUBLISH", uri)?;
    office.world.with_raw(raw, |raw| {
        raw.request("PUBLISH", uri, ends, &format!("{more}{proof}"), body);
    });
    office.world.run(SECOND);
    office.world.raws[raw.0].status()
}

const PIDF: &str = "Content-Type: application/pidf+xml\r\nExpires: 600\r\n";
const ANNA: &str = "sip:101@alpha.example";

// rfc: 3903 §4
// rfc: 3903 §6
#[test]
fn what_a_phone_publishes_is_shown_until_it_is_over() {
    let mut office = Office::open();
    let cleo = office.cleo;
    let id = office.world.with(cleo, |phone, now| {
        phone.watch("101", "presence", 3_600, now)
    });
    office.world.run(SECOND);
    let shown = |office: &Office| office.world.phones[cleo.0].key(id).body.clone();
    assert!(shown(&office).contains("<basic>open</basic>"));
    let raw = office.raw();
    assert_eq!(publish(&mut office, raw, ANNA, PIDF, DOCUMENT), Some(200));
    let body = shown(&office);
    assert!(body.contains("<basic>closed</basic>"), "{body}");
    assert!(
        body.contains("<note>lunch</note>") && body.contains("rpid:meal"),
        "{body}"
    );
    let tag = office.world.raws[raw.0].response().unwrap();
    let tag = tag.header(Name::SipEtag).unwrap().to_owned();
    let remove = format!("SIP-If-Match: {tag}\r\nExpires: 0\r\n");
    assert_eq!(publish(&mut office, raw, ANNA, &remove, ""), Some(200));
    assert!(shown(&office).contains("<note>Available</note>"));
    assert_eq!(publish(&mut office, raw, ANNA, &remove, ""), Some(412));
    assert_eq!(publish(&mut office, raw, ANNA, PIDF, DOCUMENT), Some(200));
    office.world.run(SECOND * 601);
    assert!(
        shown(&office).contains("<note>Available</note>"),
        "it is over"
    );
}

#[test]
fn nobody_publishes_for_another() {
    let mut office = Office::open();
    let raw = office.raw();
    let colleague = "sip:103@alpha.example";
    assert_eq!(
        publish(&mut office, raw, colleague, PIDF, DOCUMENT),
        Some(403)
    );
    let answers = ["sip:102@beta.example", "sip:999@alpha.example"]
        .map(|uri| publish(&mut office, raw, uri, PIDF, DOCUMENT));
    assert_eq!(answers, [Some(404), Some(404)]);
    assert_eq!(publish(&mut office, raw, ANNA, PIDF, "nonsense"), Some(400));
}
