//! Whether each preset makes a good trunk, and says where it comes from.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Kind, Trunk};
use serde_json::json;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// What a customer could say who has all that is asked.
fn answers(preset: &TrunkPreset) -> Map<String, Value> {
    let mut said = object(json!({ "name": "carrier" }));
    for ask in preset.asks {
        let value = match ask.name {
            "host" => json!("sbc.carrier.example"),
            "account" => json!("acme"),
            "username" => json!("acme-7"),
            "sources" => json!(["192.0.2.0/28"]),
            other => panic!("nobody knows how {other} is asked"),
        };
        said.insert(ask.name.to_owned(), value);
    }
    said
}

fn made(members: Map<String, Value>) -> Trunk {
    let mut trunk: Trunk = serde_json::from_value(Value::Object(members)).unwrap();
    trunk.normalise();
    trunk.validate().unwrap();
    trunk
}

#[test]
fn each_preset_makes_a_good_trunk_of_what_it_asks() {
    for preset in TrunkPreset::ALL {
        let trunk = made(preset.fill(answers(preset)).unwrap());
        assert_eq!(trunk.mode, preset.mode, "{}", preset.name);
        assert_eq!(trunk.understood_peers().count(), preset.peers.len());
        let text = serde_json::to_string(&trunk).unwrap();
        assert!(
            !text.contains("{host}") && !text.contains("{account}"),
            "{text}"
        );
    }
}

#[test]
fn each_preset_says_where_it_comes_from_and_has_a_name_of_its_own() {
    let names: Vec<&str> = TrunkPreset::ALL.iter().map(|preset| preset.name).collect();
    assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    for preset in TrunkPreset::ALL {
        assert!(!preset.pages.is_empty(), "{}", preset.name);
        assert!(preset.pages.iter().all(|page| page.starts_with("https://")));
        assert_eq!(TrunkPreset::named(preset.name), Some(preset));
    }
    assert_eq!(TrunkPreset::named("nobody"), None);
}

#[test]
fn what_is_needed_and_not_said_is_named_with_where_it_is_found() {
    for preset in TrunkPreset::ALL {
        for ask in preset.asks.iter().filter(|ask| ask.needed) {
            let mut said = answers(preset);
            said.remove(ask.name);
            let invalid = preset.fill(said).unwrap_err();
            assert_eq!(invalid.field, format!("/{}", ask.name));
            assert!(invalid.rule.contains(ask.what), "{invalid}");
        }
    }
}

#[test]
fn what_is_said_wins_over_what_a_preset_fills_in() {
    let twilio = TrunkPreset::named("twilio").unwrap();
    let said = object(json!({
        "name": "carrier", "peers": ["sip:acme.pstn.ashburn.twilio.com"], "sources": [],
        "identity": "asserted",
    }));
    let trunk = made(twilio.fill(said).unwrap());
    assert_eq!(trunk.peers, ["sip:acme.pstn.ashburn.twilio.com"]);
    assert_eq!(trunk.sources, [""; 0]);
    assert_eq!(trunk.identity, TrunkIdentity::Asserted);
}

#[test]
fn an_answer_for_a_placeholder_goes_into_the_peer_and_nowhere_else() {
    let twilio = TrunkPreset::named("twilio").unwrap();
    let said = object(json!({ "name": "carrier", "account": "acme" }));
    let trunk = made(twilio.fill(said).unwrap());
    assert_eq!(trunk.peers, ["sip:acme.pstn.twilio.com"]);
    let said = object(json!({ "name": "carrier", "account": "acme/.." }));
    let members = twilio.fill(said).unwrap();
    let trunk: Trunk = serde_json::from_value(Value::Object(members)).unwrap();
    assert_eq!(trunk.validate().unwrap_err().field, "/peers/0");
}
