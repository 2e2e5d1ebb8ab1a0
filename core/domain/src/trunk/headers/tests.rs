//! What rules for headers may say, and what they write.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::Kind;
use serde_json::{Value, json};

fn trunk(rules: Value) -> Trunk {
    serde_json::from_value(json!({
        "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"],
        "username": "acme-7", "headers": rules,
    }))
    .unwrap()
}

/// The field and the rule that it breaks, of a list whose fourth rule is this.
fn refusal(rule: Value) -> Option<(String, String)> {
    let good = json!({ "direction": "out", "action": "add", "name": "X-A", "value": "1" });
    let rules = json!([good, good, good, rule]);
    let invalid = trunk(rules).validate().err()?;
    Some((invalid.field, invalid.rule))
}

fn named(action: &str, name: &str) -> Value {
    let value = (action == "add").then_some("1");
    json!({ "direction": "out", "action": action, "name": name, "value": value })
}

fn added(value: &str) -> Value {
    json!({ "direction": "out", "action": "add", "name": "X-A", "value": value })
}

const FACTS: HeaderFacts<'static> = HeaderFacts {
    called: "+33140205050",
    caller: Some("+493055501"),
    domain: "acme.example",
    brought: &[],
};

fn out(rules: Value, facts: &HeaderFacts<'_>) -> Vec<(String, String)> {
    let trunk = trunk(rules);
    trunk.validate().unwrap();
    trunk.headers_for(HeaderDirection::Out, facts)
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn no_rule_touches_what_the_exchange_needs_for_itself() {
    for name in [
        "Via",
        "From",
        "To",
        "Call-ID",
        "CSeq",
        "Contact",
        "Route",
        "Record-Route",
        "Max-Forwards",
        "Content-Type",
        "Content-Length",
        "Content-Anything",
        "Authorization",
        "Proxy-Authorization",
        "Proxy-Require",
        "WWW-Authenticate",
        "P-Asserted-Identity",
        "P-Preferred-Identity",
        "Remote-Party-ID",
        "Identity",
        "Identity-Info",
        "Diversion",
        "History-Info",
        "Privacy",
        "Require",
        "Supported",
        "Geolocation",
        "Geolocation-Routing",
        "Session-Expires",
        "Min-SE",
        "RAck",
        "RSeq",
        "Replaces",
        "Refer-To",
        "Refer-Sub",
        "Referred-By",
        "Event",
        "Alert-Info",
        "Answer-Mode",
        "Allow",
        "Date",
        "Path",
        "pRIVacy",
        "p-asserted-identity",
    ] {
        for action in ["add", "remove"] {
            let (field, rule) = refusal(named(action, name)).unwrap();
            assert_eq!(field, "/headers/3/name", "{action} {name}");
            assert!(
                rule.starts_with("must be none that the exchange needs"),
                "{rule}"
            );
        }
    }
    // compact forms are names of those, too
    for letter in ["v", "f", "t", "i", "m", "y", "x", "k"] {
        let (field, rule) = refusal(named("remove", letter)).unwrap();
        assert_eq!(field, "/headers/3/name");
        assert!(rule.starts_with("must be a header's full name"), "{rule}");
    }
}

#[test]
fn what_is_handed_on_begins_with_x_and_everything_else_may_be_added_or_removed() {
    let (field, rule) = refusal(named("relay", "User-To-User")).unwrap();
    assert_eq!(field, "/headers/3/name");
    assert_eq!(rule, "must begin with X- to be handed on");
    assert_eq!(refusal(named("relay", "x-ticket")), None);
    for name in [
        "User-Agent",
        "User-To-User",
        "P-Charge-Info",
        "X-Account",
        "Organization",
    ] {
        assert_eq!(refusal(named("add", name)), None, "{name}");
        assert_eq!(refusal(named("remove", name)), None, "{name}");
    }
}

#[test]
fn a_name_and_a_value_have_their_bounds_and_no_line_ends() {
    let long = "X".repeat(65);
    for name in ["", "X", "X A", "X:A", "X\r\nVia", "Ü-X", &long] {
        let refusal = refusal(named("add", name)).unwrap();
        assert_eq!(refusal.0, "/headers/3/name", "{name:?}");
    }
    let long = "1".repeat(257);
    for value in ["", " a", "a ", "a\r\nVia: x", "a\nb", "\u{0}", "ü", &long] {
        let (field, rule) = refusal(added(value)).unwrap();
        assert_eq!(field, "/headers/3/value", "{value:?}");
        assert!(rule.starts_with("must be 1 to 256 printable"), "{rule}");
    }
    let rules = vec![added("1"); HEADER_RULES_MAX + 1];
    let invalid = trunk(json!(rules)).validate().unwrap_err();
    assert_eq!(invalid.to_string(), "/headers: must have at most 16 rules");
}

#[test]
fn placeholders_are_four_and_braces_are_for_nothing_else() {
    for value in ["{number}", "{", "}", "a}b", "{called", "{}", "{{called}}"] {
        let (field, rule) = refusal(added(value)).unwrap();
        assert_eq!(field, "/headers/3/value", "{value}");
        assert!(rule.starts_with("must have no braces"), "{value}: {rule}");
    }
    let rule = json!({
        "direction": "in", "action": "add", "name": "X-A", "value": "{username}"
    });
    let (_, told) = refusal(rule).unwrap();
    assert_eq!(told, "must not tell {username} to phones");
    let mut nameless = trunk(json!([added("{username}")]));
    nameless.username = None;
    let told = nameless.validate().unwrap_err().to_string();
    let wanted = "/headers/0/value: must not have {username} of a trunk that has none";
    assert_eq!(told, wanted);
}

#[test]
fn only_what_is_added_has_a_value() {
    let without = json!({ "direction": "out", "action": "add", "name": "X-A" });
    let (field, rule) = refusal(without).unwrap();
    assert_eq!(
        (field.as_str(), rule.as_str()),
        ("/headers/3/value", "must be said where a header is added")
    );
    for action in ["remove", "relay"] {
        let rule = json!({ "direction": "out", "action": action, "name": "X-A", "value": "1" });
        let (field, _) = refusal(rule).unwrap();
        assert_eq!(field, "/headers/3/value", "{action}");
    }
}

#[test]
fn placeholders_are_filled_in_and_a_header_with_nothing_to_say_is_left_out() {
    let rules = json!([
        added("{username};to={called};by={caller}@{domain}"),
        { "direction": "in", "action": "add", "name": "X-In", "value": "1" },
    ]);
    let wanted = "acme-7;to=+33140205050;by=+493055501@acme.example";
    assert_eq!(out(rules.clone(), &FACTS), [pair("X-A", wanted)]);
    let withheld = HeaderFacts {
        caller: None,
        ..FACTS
    };
    assert_eq!(out(rules, &withheld), []);
}

#[test]
fn what_was_dialled_never_changes_how_a_value_is_read() {
    for called in ["1\r\nVia: x", "1>;a=b", "\"", "1,2", "1 2", ""] {
        let facts = HeaderFacts { called, ..FACTS };
        assert_eq!(
            out(json!([added("<sip:{called}@a>")]), &facts),
            [],
            "{called:?}"
        );
    }
    let facts = HeaderFacts {
        called: "*43#",
        ..FACTS
    };
    assert_eq!(
        out(json!([added("{called}")]), &facts),
        [pair("X-A", "*43#")]
    );
}

#[test]
fn rules_are_followed_in_their_order() {
    let brought = [
        pair("x-ticket", "7"),
        pair("X-Other", "8"),
        pair("X-TICKET", "9"),
    ];
    let facts = HeaderFacts {
        brought: &brought,
        ..FACTS
    };
    let rules = json!([
        named("relay", "X-Ticket"),
        added("1"),
        named("remove", "x-a"),
        added("2"),
    ]);
    let wanted = [
        pair("X-Ticket", "7"),
        pair("X-Ticket", "9"),
        pair("X-A", "2"),
    ];
    assert_eq!(out(rules, &facts), wanted);
}

#[test]
fn the_exchanges_own_name_is_left_out_or_another_takes_its_place() {
    let removed = out(json!([named("remove", "user-agent")]), &FACTS);
    assert_eq!(removed, [pair("User-Agent", "")]);
    let rules = json!([named("remove", "User-Agent"), named("add", "User-Agent")]);
    assert_eq!(out(rules, &FACTS), [pair("User-Agent", "1")]);
}
