//! The page about plans names everything that a plan can say, with the figures that are in force.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Feature, KindName, Quotas, TOKENS_MAX};
use tenancy::Caps;

const PAGE: &str = include_str!("../../../docs/guide/plans.md");

/// The cells of the row whose first, or second, cell is this word.
fn row(word: &str) -> Vec<&'static str> {
    let quoted = format!("`{word}`");
    let rows = PAGE.lines().filter(|line| line.starts_with('|'));
    let mut rows = rows.map(|line| line.split('|').map(str::trim).skip(1).collect::<Vec<_>>());
    let found = rows.find(|cells| cells.iter().take(2).any(|cell| *cell == quoted));
    found.unwrap_or_else(|| panic!("the page says nothing of {word}"))
}

#[test]
fn every_cap_stands_on_the_page_with_its_default() {
    for (name, default) in Caps::default().each() {
        assert_eq!(row(name)[1], default.to_string(), "{name}");
    }
}

#[test]
fn everything_that_is_counted_stands_on_the_page_with_the_bound_of_everybody() {
    let all: Quotas = serde_json::from_value(serde_json::json!({
        "extensions": 1, "devices": 1, "roles": 1, "users": 1, "keys": 1, "webhooks": 1,
    }))
    .unwrap();
    let words = serde_json::to_value(all).unwrap();
    assert_eq!(row("keys")[2], TOKENS_MAX.to_string());
    let kinds = KindName::ALL.into_iter();
    for kind in kinds.filter(|kind| all.of(*kind).is_some()) {
        assert!(words.get(kind.many()).is_some());
        let bound = kind.most().map(|most| most.to_string());
        assert_eq!(row(kind.many())[2], bound.unwrap_or_default(), "{kind}");
    }
}

#[test]
fn everything_that_a_plan_may_leave_out_stands_on_the_page() {
    for feature in Feature::ALL {
        assert!(!row(feature.as_str())[1].is_empty(), "{feature}");
    }
}
