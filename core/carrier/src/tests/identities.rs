//! Which headers carry the number.

use crate::{Bearer, Presentation, Shown};
use sip_message::Name;

fn of(bearer: Bearer, number: Option<&str>, withheld: bool) -> Shown {
    let presentation = Presentation {
        number,
        caller: None,
        display: "Acme \"West\"",
        domain: "carrier.example",
        bearer,
        withheld,
    };
    presentation.shown()
}

const NUMBER: Option<&str> = Some("+4930123456");

// rfc: 3325 §9.1
#[test]
fn a_number_shown_stands_in_from_and_in_the_trunks_header() {
    let address = "\"Acme \\\"West\\\"\" <sip:+4930123456@carrier.example>";
    for (bearer, header) in [
        (Bearer::Asserted, Some(Name::PAssertedIdentity)),
        (Bearer::Preferred, Some(Name::PPreferredIdentity)),
        (Bearer::From, None),
    ] {
        let shown = of(bearer, NUMBER, false);
        assert_eq!(shown.from, address);
        let wanted: Vec<_> = header
            .map(|name| (name, address.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(shown.headers, wanted);
    }
    let old = of(Bearer::RemoteParty, NUMBER, false);
    let value = format!("{address};party=calling;privacy=off;screen=yes");
    assert_eq!(old.headers, [(Name::RemotePartyId, value)]);
}

// rfc: 3323 §4.2
#[test]
fn a_withheld_number_reaches_the_carrier_and_nobody_else() {
    let shown = of(Bearer::Asserted, NUMBER, true);
    assert!(!shown.from.contains("4930123456") && !shown.from.contains("Acme"));
    let asserted = "<sip:+4930123456@carrier.example>".to_owned();
    let privacy = (Name::Privacy, "id".to_owned());
    assert_eq!(
        shown.headers,
        [(Name::PAssertedIdentity, asserted), privacy]
    );
    let alone = of(Bearer::From, NUMBER, true);
    assert!(!format!("{alone:?}").contains("4930123456"));
}

#[test]
fn a_caller_without_a_number_is_anonymous_everywhere() {
    for bearer in [
        Bearer::From,
        Bearer::Asserted,
        Bearer::Preferred,
        Bearer::RemoteParty,
    ] {
        let shown = of(bearer, None, false);
        assert_eq!(
            shown.from,
            "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
        );
        assert_eq!(shown.headers, [(Name::Privacy, "id".to_owned())]);
    }
}

#[test]
fn nothing_can_be_smuggled_in_by_a_number_or_a_name() {
    let presentation = Presentation {
        number: Some("12\r\nX: y@evil>"),
        caller: None,
        display: "a\r\nP-Asserted-Identity: <sip:1@x>",
        domain: "carrier.example",
        bearer: Bearer::Asserted,
        withheld: false,
    };
    let shown = presentation.shown();
    let user = shown.from.rsplit('<').next().unwrap();
    assert!(!user.contains('\n') && !user.contains(' ') && user.ends_with("@carrier.example>"));
}
