//! Tests: prices by prefix, by time, and by the length of a call.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::kind::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

fn deck(rates: Value) -> CompiledDeck {
    let spec = json!({ "name": "carrier", "currency": "EUR", "rates": rates });
    let mut spec: RateDeck = serde_json::from_value(spec).unwrap();
    spec.normalise();
    spec.validate().unwrap();
    CompiledDeck::new(Resource {
        id: RateDeckId::new(1, 1),
        owner: Owner::PLATFORM,
        revision: 3,
        spec,
        created: WallTime::UNIX_EPOCH,
        updated: WallTime::UNIX_EPOCH,
    })
}

fn per_minute(deck: &CompiledDeck, digits: &str, at: &str) -> Option<u32> {
    let number = E164::of_digits(digits).unwrap();
    let (price, _) = deck.price(&number, at.parse().unwrap())?;
    Some(price.per_minute)
}

const NOON: &str = "2031-06-01T12:00:00.000Z";

#[test]
fn the_longest_prefix_is_the_price_and_the_empty_one_is_for_everything_else() {
    let deck = deck(json!([
        { "prefix": "", "per_minute": 500_000 },
        { "prefix": "49", "per_minute": 9_000 },
        { "prefix": "+4930", "per_minute": 4_000 },
        { "prefix": "4915", "per_minute": 30_000 },
    ]));
    let price = |digits| per_minute(&deck, digits, NOON);
    assert_eq!(price("493055500"), Some(4_000));
    assert_eq!(price("494055500"), Some(9_000));
    assert_eq!(price("4915112345"), Some(30_000));
    assert_eq!(price("33140205050"), Some(500_000));
}

#[test]
fn a_deck_without_a_rate_for_everything_knows_no_price_of_other_numbers() {
    let deck = deck(json!([{ "prefix": "49", "per_minute": 9_000 }]));
    assert_eq!(per_minute(&deck, "33140205050", NOON), None);
}

#[test]
fn a_rate_holds_from_its_beginning_until_before_its_end() {
    let deck = deck(json!([
        { "prefix": "49", "per_minute": 1 },
        { "prefix": "4930", "per_minute": 2, "until": "2031-07-01T00:00:00.000Z" },
        { "prefix": "4930", "per_minute": 3, "from": "2031-07-01T00:00:00.000Z",
          "until": "2031-08-01T00:00:00.000Z" },
    ]));
    let price = |at| per_minute(&deck, "493055500", at);
    assert_eq!(price("2031-06-30T23:59:59.999Z"), Some(2));
    assert_eq!(price("2031-07-01T00:00:00.000Z"), Some(3));
    assert_eq!(price("2031-08-01T00:00:00.000Z"), Some(1));
}

#[test]
fn seconds_are_charged_in_the_steps_that_the_carrier_names() {
    let price = |first_seconds, each_seconds| Price {
        per_minute: 60_000,
        connection: 5_000,
        first_seconds,
        each_seconds,
    };
    let of = |price: Price, seconds| price.of(Duration::from_secs(seconds));
    assert_eq!(of(price(60, 60), 61), 125_000);
    assert_eq!(of(price(60, 1), 61), 66_000);
    assert_eq!(of(price(1, 1), 61), 66_000);
    assert_eq!(of(price(30, 6), 31), 41_000);
    assert_eq!(of(price(30, 6), 1), 35_000);
    assert_eq!(price(1, 1).of(Duration::from_millis(1_001)), 7_000);
    assert_eq!(price(1, 1).per_minute_minor(), 7);
}

#[test]
fn companies_that_are_loaded_at_different_times_hold_the_same_deck() {
    let rates = json!([{ "prefix": "49", "per_minute": 1 }]);
    let mut shelf = DeckShelf::default();
    let mut first = [Arc::new(deck(rates.clone()))];
    let mut second = [Arc::new(deck(rates))];
    shelf.share(&mut first);
    shelf.share(&mut second);
    assert!(Arc::ptr_eq(&first[0], &second[0]));
    let mut changed = [Arc::new(deck(json!([])))];
    shelf.share(&mut changed);
    assert!(!Arc::ptr_eq(&first[0], &changed[0]));
    drop((first, second));
    let mut last = [Arc::new(deck(json!([])))];
    shelf.share(&mut last);
    assert!(Arc::ptr_eq(&changed[0], &last[0]));
}

proptest! {
    #[test]
    fn halving_finds_what_looking_at_every_rate_finds(
        prefixes in prop::collection::btree_set("[1-9][0-3]{0,4}|", 0..40),
        digits in "[1-9][0-3]{3,9}",
    ) {
        let rates: Vec<Value> = (0..).zip(&prefixes)
            .map(|(n, prefix)| json!({ "prefix": prefix, "per_minute": n }))
            .collect();
        let slow = (0..).zip(&prefixes)
            .filter(|(_, prefix)| digits.starts_with(prefix.as_str()))
            .max_by_key(|(_, prefix)| prefix.len())
            .map(|(n, _)| n);
        prop_assert_eq!(per_minute(&deck(json!(rates)), &digits, NOON), slow);
    }
}
