//! The text form of ids: one text per id, in the ids' own order, refused with the rule it breaks.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use ids::{CallId, DeviceId, PREFIXES, ParseIdError, Problem, TEXT_LENGTH, TenantId};
use proptest::prelude::*;

#[test]
fn the_smallest_and_the_largest_id_have_the_texts_of_the_scheme() {
    assert_eq!(
        TenantId::from_u128(0).to_string(),
        "ten_00000000000000000000000000"
    );
    assert_eq!(
        TenantId::from_u128(u128::MAX).to_string(),
        "ten_7zzzzzzzzzzzzzzzzzzzzzzzzz"
    );
    assert_eq!(
        CallId::from_u128(32).to_string(),
        "cal_00000000000000000000000010"
    );
}

#[test]
fn time_and_randomness_keep_to_their_own_bits() {
    let id = CallId::new(1_763_956_800_000, u128::MAX);
    assert_eq!(id.unix_ms(), 1_763_956_800_000);
    assert_eq!(id.as_u128() & ((1 << 80) - 1), (1 << 80) - 1);
    assert_eq!(CallId::new(7, 1 << 80).as_u128(), 7 << 80);
}

#[test]
fn a_time_beyond_48_bits_counts_as_the_last_one() {
    assert_eq!(CallId::new(u64::MAX, 0).unix_ms(), (1 << 48) - 1);
    assert!(CallId::new(u64::MAX, 0) > CallId::new(5, u128::MAX));
}

#[test]
fn an_id_of_another_kind_is_refused_with_the_prefix_that_was_expected() {
    let text = DeviceId::new(1, 2).to_string();
    let error = text.parse::<TenantId>().unwrap_err();
    assert_eq!(
        error,
        ParseIdError {
            expected: "ten_",
            problem: Problem::Prefix
        }
    );
    assert_eq!(
        error.to_string(),
        "expected an id beginning with \"ten_\": it begins with something else"
    );
}

#[test]
fn every_rule_that_a_text_breaks_is_named() {
    let problem = |text: &str| text.parse::<TenantId>().unwrap_err().problem;
    assert_eq!(problem(""), Problem::Prefix);
    assert_eq!(problem("ten"), Problem::Prefix);
    assert_eq!(problem("TEN_00000000000000000000000000"), Problem::Prefix);
    assert_eq!(problem("ten_"), Problem::Length { bytes: 4 });
    assert_eq!(
        problem("ten_0000000000000000000000000"),
        Problem::Length { bytes: 29 }
    );
    assert_eq!(
        problem("ten_000000000000000000000000000"),
        Problem::Length { bytes: 31 }
    );
    assert_eq!(
        problem("ten_0000000000000000000000000é"),
        Problem::Length { bytes: 31 }
    );
    assert_eq!(
        problem("ten_000000000000000000000000é"),
        Problem::Digit { position: 28 }
    );
    assert_eq!(
        problem("ten_0000000000000000000000000 "),
        Problem::Digit { position: 29 }
    );
    assert_eq!(problem("ten_80000000000000000000000000"), Problem::Range);
    assert_eq!(problem("ten_zzzzzzzzzzzzzzzzzzzzzzzzzz"), Problem::Range);
}

#[test]
fn the_lenient_spellings_of_base32_are_refused_so_that_each_id_has_one_text() {
    for digit in ["A", "o", "O", "i", "l", "u", "-"] {
        let text = format!("ten_{digit:0>26}");
        let error = text.parse::<TenantId>().unwrap_err();
        assert_eq!(error.problem, Problem::Digit { position: 29 }, "{text}");
    }
}

#[test]
fn no_two_kinds_share_a_prefix() {
    assert_eq!(
        PREFIXES.iter().collect::<BTreeSet<_>>().len(),
        PREFIXES.len()
    );
    assert!(PREFIXES.iter().all(|prefix| prefix.ends_with('_')));
}

#[test]
fn an_id_travels_through_json_as_its_text_and_as_a_key_of_a_map() {
    let id = TenantId::new(1_700_000_000_000, 42);
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{id}\""));
    assert_eq!(serde_json::from_str::<TenantId>(&json).unwrap(), id);

    let map = std::collections::BTreeMap::from([(id, 1)]);
    let json = serde_json::to_string(&map).unwrap();
    let back: std::collections::BTreeMap<TenantId, i32> = serde_json::from_str(&json).unwrap();
    assert_eq!(back, map);

    let error = serde_json::from_str::<DeviceId>(&format!("\"{id}\"")).unwrap_err();
    assert!(error.to_string().contains("dev_"), "{error}");
    assert!(
        serde_json::from_str::<DeviceId>("17")
            .unwrap_err()
            .to_string()
            .contains("dev_")
    );
}

#[test]
fn debug_shows_the_text_and_width_is_honoured() {
    let id = CallId::from_u128(1);
    assert_eq!(format!("{id:?}"), id.to_string());
    assert_eq!(format!("[{id:>32}]"), format!("[  {id}]"));
}

proptest! {
    #[test]
    fn text_and_id_convert_both_ways_and_keep_their_order(a: u128, b: u128) {
        let (one, two) = (CallId::from_u128(a), CallId::from_u128(b));
        let (first, second) = (one.to_string(), two.to_string());
        prop_assert_eq!(first.len(), TEXT_LENGTH);
        prop_assert_eq!(first.parse::<CallId>().unwrap(), one);
        prop_assert_eq!(one.cmp(&two), first.cmp(&second));
    }

    #[test]
    fn any_text_that_parses_is_the_very_text_the_id_prints(text in "(cal_)?[0-9a-z]{24,27}") {
        if let Ok(id) = text.parse::<CallId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one(early in 0u64..1 << 47, by in 1u64..1 << 40,
                                             a: u128, b: u128) {
        prop_assert!(CallId::new(early, a) < CallId::new(early + by, b));
    }
}
