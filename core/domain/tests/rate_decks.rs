//! What rate decks, and routes that ask for cost and quality, may say.
#![allow(clippy::unwrap_used)]

use domain::{Kind, OutboundRoute, RATES_MAX, RateDeck, TRUNK_DECKS_MAX, Trunk};
use ids::{RateDeckId, TrunkId};
use serde_json::{Value, json};

/// The field that is refused, if any, in the form in which it would be stored.
fn refused<K: Kind>(mut base: Value, change: &Value) -> Option<String> {
    for (name, value) in change.as_object().unwrap() {
        base[name] = value.clone();
    }
    let mut spec: K = serde_json::from_value(base).unwrap();
    spec.normalise();
    spec.validate().err().map(|invalid| invalid.field)
}

fn deck(change: &Value) -> Option<String> {
    refused::<RateDeck>(json!({ "name": "europe", "currency": "EUR" }), change)
}

fn rates(rates: &Value) -> Option<String> {
    deck(&json!({ "rates": rates }))
}

fn route(change: &Value) -> Option<String> {
    let base = json!({ "name": "world", "patterns": [{}], "trunks": [TrunkId::new(1, 1)] });
    refused::<OutboundRoute>(base, change)
}

#[test]
fn a_deck_names_its_currency_and_the_steps_in_which_it_charges() {
    assert_eq!(deck(&json!({ "currency": " eur " })), None);
    for currency in ["EURO", "E1R", ""] {
        let refused = deck(&json!({ "currency": currency }));
        assert_eq!(refused.as_deref(), Some("/currency"));
    }
    let refused = deck(&json!({ "first_seconds": 0 }));
    assert_eq!(refused.as_deref(), Some("/first_seconds"));
    let refused = deck(&json!({ "each_seconds": 3_601 }));
    assert_eq!(refused.as_deref(), Some("/each_seconds"));
}

#[test]
fn a_rate_is_for_digits_and_has_a_price_within_bounds() {
    let good = json!([{ "prefix": " +49 ", "per_minute": 0 }, { "per_minute": 1_000_000_000 }]);
    assert_eq!(rates(&good), None);
    for (rate, field) in [
        (
            json!({ "prefix": "0049", "per_minute": 1 }),
            "/rates/0/prefix",
        ),
        (
            json!({ "prefix": "49x", "per_minute": 1 }),
            "/rates/0/prefix",
        ),
        (
            json!({ "prefix": "1234567890123456", "per_minute": 1 }),
            "/rates/0/prefix",
        ),
        (
            json!({ "per_minute": 1_000_000_001 }),
            "/rates/0/per_minute",
        ),
        (
            json!({ "per_minute": 1, "connection": 1_000_000_001 }),
            "/rates/0/connection",
        ),
        (
            json!({ "per_minute": 1, "each_seconds": 0 }),
            "/rates/0/each_seconds",
        ),
    ] {
        assert_eq!(rates(&json!([rate])).as_deref(), Some(field), "{rate}");
    }
    let many: Vec<Value> = (1..=RATES_MAX + 1)
        .map(|n| json!({ "prefix": n.to_string(), "per_minute": 1 }))
        .collect();
    assert_eq!(rates(&json!(many[..RATES_MAX])), None);
    assert_eq!(rates(&json!(many)).as_deref(), Some("/rates"));
}

#[test]
fn two_rates_of_one_prefix_are_in_force_one_after_the_other() {
    let (july, august) = ("2031-07-01T00:00:00Z", "2031-08-01T00:00:00Z");
    let rate = |change: Value| {
        let mut rate = json!({ "prefix": "49", "per_minute": 1 });
        let members = rate.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        rate
    };
    let (before, then) = (
        rate(json!({ "until": july })),
        rate(json!({ "from": july })),
    );
    assert_eq!(rates(&json!([then, before])), None);
    let over = rate(json!({ "until": august }));
    let again = rates(&json!([over, then]));
    assert_eq!(again.as_deref(), Some("/rates/1/prefix"));
    let twice = rates(&json!([rate(json!({})), rate(json!({}))]));
    assert_eq!(twice.as_deref(), Some("/rates/1/prefix"));
    let backwards = rates(&json!([rate(json!({ "from": august, "until": july }))]));
    assert_eq!(backwards.as_deref(), Some("/rates/0/until"));
}

#[test]
fn a_trunk_names_each_deck_once_and_so_many_at_most() {
    let trunk = |decks: &[u64]| {
        let decks: Vec<RateDeckId> = decks.iter().map(|n| RateDeckId::new(*n, 1)).collect();
        let base = json!({ "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"] });
        refused::<Trunk>(base, &json!({ "rate_decks": decks }))
    };
    let most: Vec<u64> = (1..).take(TRUNK_DECKS_MAX).collect();
    let more: Vec<u64> = (1..).take(TRUNK_DECKS_MAX + 1).collect();
    assert_eq!(trunk(&most), None);
    assert_eq!(trunk(&more).as_deref(), Some("/rate_decks"));
    assert_eq!(trunk(&[1, 2, 1]).as_deref(), Some("/rate_decks/2"));
}

#[test]
fn a_floor_belongs_to_an_order_that_looks_at_it_and_says_something() {
    let floor = json!({ "answer_percent": 40, "post_dial_seconds": 6, "mos_x100": 350 });
    for order in ["least_cost", "quality"] {
        assert_eq!(route(&json!({ "order": order, "floor": floor })), None);
    }
    assert_eq!(route(&json!({ "order": "least_cost" })), None);
    for (change, field) in [
        (json!({ "floor": floor }), "/floor"),
        (json!({ "order": "quality" }), "/floor"),
        (json!({ "order": "quality", "floor": {} }), "/floor"),
        (
            json!({ "order": "quality", "floor": { "answer_percent": 101 } }),
            "/floor/answer_percent",
        ),
        (
            json!({ "order": "quality", "floor": { "post_dial_seconds": 0 } }),
            "/floor/post_dial_seconds",
        ),
        (
            json!({ "order": "quality", "floor": { "mos_x100": 99 } }),
            "/floor/mos_x100",
        ),
        (
            json!({ "emergency": true, "order": "least_cost" }),
            "/order",
        ),
    ] {
        assert_eq!(route(&change).as_deref(), Some(field), "{change}");
    }
}
