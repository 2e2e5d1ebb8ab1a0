//! Messages that belong to nothing, or say what is not understood.

use crate::office::{Office, SECOND};

fn answer_to(method: &str, uri: &str, to: &str, more: &str) -> Option<u16> {
    let mut office = Office::open();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        raw.request(method, uri, ("<sip:x@alpha.example>", to), more, "");
    });
    office.status(raw)
}

const US: &str = "sip:192.0.2.1";

// rfc: 3261 §11.2
#[test]
fn options_is_answered_with_what_is_served() {
    let mut office = Office::open();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        raw.request(
            "OPTIONS",
            US,
            ("<sip:x@alpha.example>", "<sip:192.0.2.1>"),
            "",
            "",
        );
    });
    assert_eq!(office.status(raw), Some(200));
    let response = office.world.raws[raw.0].response().unwrap();
    assert!(
        response
            .allow()
            .any(|method| method == sip_message::Method::Refer)
    );
    assert!(response.supports("replaces") && response.supports("timer"));
}

#[test]
fn requests_inside_dialogs_that_do_not_exist_are_answered_481() {
    for method in [
        "BYE", "INFO", "UPDATE", "REFER", "NOTIFY", "PRACK", "INVITE", "OPTIONS",
    ] {
        let to = "<sip:y@alpha.example>;tag=nobodys";
        assert_eq!(answer_to(method, US, to, ""), Some(481), "{method}");
    }
    for method in ["BYE", "CANCEL", "INFO", "UPDATE", "REFER"] {
        let to = "<sip:y@alpha.example>";
        assert_eq!(
            answer_to(method, US, to, ""),
            Some(481),
            "{method} without a tag"
        );
    }
}

// rfc: 3261 §8.2.1
#[test]
fn methods_that_nobody_knows_are_answered_501() {
    let to = "<sip:y@alpha.example>";
    assert_eq!(answer_to("ACKNOWLEDGE", US, to, ""), Some(501));
    assert_eq!(answer_to("FROBNICATE", US, to, ""), Some(501));
}

// rfc: 3261 §8.2.2.3
#[test]
fn an_extension_nobody_knows_is_answered_420_with_its_name() {
    let mut office = Office::open();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        let me = ("<sip:x@alpha.example>", "<sip:x@alpha.example>");
        raw.request("REGISTER", US, me, "Require: levitation\r\n", "");
    });
    assert_eq!(office.status(raw), Some(420));
    let response = office.world.raws[raw.0].response().unwrap();
    assert_eq!(
        response.header(sip_message::Name::Unsupported),
        Some("levitation")
    );
}

// rfc: 3261 §16.3
#[test]
fn a_request_that_has_no_hop_left_is_answered_483() {
    let mut office = Office::open();
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        let address = raw.address;
        raw.send(format!(
            "INVITE sip:102@alpha.example SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK9\r\n\
             Max-Forwards: 0\r\nFrom: <sip:101@alpha.example>;tag=1\r\n\
             To: <sip:102@alpha.example>\r\nCall-ID: hops\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:{address}>\r\nContent-Length: 0\r\n\r\n"
        ));
    });
    assert_eq!(office.status(raw), Some(483));
}

// rfc: 3261 §8.2.2.1
#[test]
fn a_scheme_that_is_not_spoken_is_answered_416() {
    let to = "<sip:y@alpha.example>";
    assert_eq!(
        answer_to("OPTIONS", "http://alpha.example/", to, ""),
        Some(416)
    );
}

#[test]
fn garbage_brings_no_answer_and_no_harm() {
    let mut office = Office::open();
    let raw = office.raw();
    let mut random = machine::Random::from_seed(3);
    for length in 0..300 {
        let mut bytes = vec![0; length];
        random.fill(&mut bytes);
        office.world.with_raw(raw, |raw| raw.send(bytes));
    }
    let whole = "REGISTER sip:alpha.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.101:5060\
                 ;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\n\
                 CSeq: 1 REGISTER\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    for cut in 0..whole.len() {
        office
            .world
            .with_raw(raw, |raw| raw.send(whole[..cut].to_owned()));
    }
    office.world.run(SECOND * 40);
    assert_eq!(
        office.register(office.anna),
        Some(200),
        "it goes on serving"
    );
    assert!(office.settled_records().is_empty());
}

#[test]
fn a_cancel_for_nothing_is_answered_481() {
    assert_eq!(
        answer_to("CANCEL", US, "<sip:y@alpha.example>", ""),
        Some(481)
    );
}
