//! Intercom: what the caller's telephone asks for is asked of the callee's in its own words.

use crate::office::{Office, SECOND};
use sip_message::Name;

/// What the INVITE said that reached alpha's 102, whose telephone calls itself `agent`.
fn invite_to(agent: &str, dialled: &str, header: Option<(Name<'static>, &str)>) -> String {
    let mut office = Office::new();
    office.world.phones[office.bert.0].configure(|config| config.agent = Some(agent.to_owned()));
    office.register_all();
    office.world.tap = Some(Vec::new());
    let uri = format!("sip:{dialled}@alpha.example");
    let headers: Vec<_> = header.into_iter().map(|(n, v)| (n, v.to_owned())).collect();
    let anna = office.anna;
    let line = office
        .world
        .with(anna, |phone, now| phone.call_uri(&uri, headers, now));
    office.world.run(SECOND);
    let tapped = office.world.tap.take().unwrap();
    let mut texts = tapped
        .iter()
        .filter(|(phone, _)| *phone == office.bert)
        .map(|(_, packet)| String::from_utf8_lossy(&packet.bytes).into_owned());
    let invite = texts.find(|text| text.starts_with("INVITE ")).unwrap();
    office.hang_up(office.anna, line);
    office.record();
    invite
}

#[test]
fn a_callers_header_is_told_in_the_callees_dialect() {
    let asked = Some((Name::CallInfo, "<sip:192.0.2.9>;answer-after=0"));
    let yealink = invite_to("Yealink SIP-T46U 108.86.0.20", "102", asked);
    assert!(yealink.contains("Alert-Info: <sip:alpha.example>;info=alert-autoanswer;delay=0\r\n"));
    assert!(!yealink.contains("Call-Info"), "{yealink}");
    let poly = invite_to("PolycomVVX-VVX_411-UA/6.4.3", "102", asked);
    assert!(poly.contains("Alert-Info: info=Auto Answer\r\n"), "{poly}");
    let asked = Some((Name::AlertInfo, "<http://192.0.2.9>;info=alert-autoanswer"));
    let cisco = invite_to("Cisco-CP-8841-3PCC/12.0.1", "102", asked);
    assert!(cisco.contains("Call-Info: <sip:alpha.example>;answer-after=0\r\n"));
    assert!(
        !cisco.contains("192.0.2.9>;info"),
        "nothing is passed as it was"
    );
}

#[test]
fn the_prefix_asks_too_and_an_ordinary_call_does_not() {
    let prefixed = invite_to("Fanvil X6U 2.4.10", "*80102", None);
    assert!(prefixed.contains("Answer-Mode: Auto\r\n"), "{prefixed}");
    let plain = invite_to("Fanvil X6U 2.4.10", "102", None);
    for word in ["Alert-Info", "Call-Info", "Answer-Mode"] {
        assert!(!plain.contains(word), "{plain}");
    }
}

#[test]
fn the_prefix_before_nobody_is_a_number_like_any_other() {
    let mut office = Office::open();
    let line = office.call(office.anna, "*80999");
    office.world.run(SECOND);
    assert_eq!(office.line(office.anna, line).refused(), Some(404));
    office.record();
}
