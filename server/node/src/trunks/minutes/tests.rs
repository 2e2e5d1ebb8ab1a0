//! Days of trunks: what is used, told, and taken over.
#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::{Value, json};

fn at(text: &str) -> WallTime {
    format!("2031-06-10T{text}.000Z").parse().unwrap()
}

fn trunk(caps: Value) -> (TrunkId, Trunk) {
    let spec = json!({
        "name": "carrier", "mode": "peer", "peers": ["sip:a.example"], "caps": caps,
    });
    (TrunkId::from_u128(1), serde_json::from_value(spec).unwrap())
}

fn tenant(n: u128) -> TenantId {
    TenantId::from_u128(n)
}

/// One company talks by a trunk.
fn talks(minutes: &mut Minutes, of: &(TrunkId, Trunk), who: u128, from: &str, until: &str) {
    let talk = minutes.begins((of.0, &of.1), tenant(who), at(from), at(from));
    minutes.ends(&talk, at(until));
}

#[test]
fn when_all_minutes_are_used_nobody_begins_another_call_until_the_next_day() {
    let of = trunk(json!({"minutes_per_day": 10}));
    let mut minutes = Minutes::default();
    talks(&mut minutes, &of, 1, "08:00:00", "08:06:00");
    talks(&mut minutes, &of, 2, "08:00:00", "08:03:59");
    let mut full = |who, when| minutes.full((of.0, &of.1), tenant(who), when);
    assert_eq!(full(1, at("09:00:00")), None);
    talks(&mut minutes, &of, 2, "09:00:00", "09:00:01");
    let mut full = |who, when| minutes.full((of.0, &of.1), tenant(who), when);
    let met = full(3, at("09:00:02")).unwrap();
    assert_eq!(met.rule(), "trunk.minutes_per_day");
    assert_eq!(met.limit, 10);
    let tomorrow = "2031-06-11T00:00:00.000Z".parse().unwrap();
    assert_eq!(full(3, tomorrow), None);
}

#[test]
fn one_company_that_has_its_share_leaves_the_others_theirs() {
    let of = trunk(json!({"each": {"minutes_per_day": 5}}));
    let mut minutes = Minutes::default();
    talks(&mut minutes, &of, 1, "08:00:00", "08:05:00");
    let mut rule = |who| {
        let full = minutes.full((of.0, &of.1), tenant(who), at("09:00:00"));
        full.map(Full::rule)
    };
    assert_eq!(rule(1), Some("trunk.each.minutes_per_day"));
    assert_eq!(rule(2), None);
}

#[test]
fn eighty_and_a_hundred_percent_are_told_once_each_and_again_the_next_day() {
    let of = trunk(json!({"minutes_per_day": 10, "each": {"minutes_per_day": 20}}));
    let mut minutes = Minutes::default();
    let talk = minutes.begins((of.0, &of.1), tenant(1), at("08:00:00"), at("08:00:00"));
    let mut told = |when: WallTime| {
        let marks = minutes.marks((of.0, &of.1), when).into_iter();
        let marks = marks.map(|mark| (mark.of.is_some(), mark.percent));
        marks.collect::<Vec<_>>()
    };
    assert_eq!(told(at("08:07:59")), []);
    assert_eq!(told(at("08:08:00")), [(false, 80)]);
    assert_eq!(told(at("08:09:00")), []);
    assert_eq!(told(at("08:10:00")), [(false, 100)]);
    assert_eq!(told(at("08:16:00")), [(true, 80)]);
    let tomorrow = "2031-06-11T00:08:30.000Z".parse().unwrap();
    assert_eq!(told(tomorrow), [(false, 80)]);
    minutes.ends(&talk, tomorrow);
    let (_, used) = minutes.used((of.0, &of.1), tomorrow);
    assert_eq!(used, Duration::from_secs(510));
}

#[test]
fn what_was_talked_outlives_the_process_with_and_without_its_calls() {
    let of = trunk(json!({"minutes_per_day": 10}));
    let mut minutes = Minutes::default();
    talks(&mut minutes, &of, 1, "08:00:00", "08:02:00");
    let talk = |minutes: &mut Minutes, from, now| {
        minutes.begins((of.0, &of.1), tenant(1), at(from), at(now))
    };
    talk(&mut minutes, "08:01:00", "08:01:00");
    let row = minutes.row(of.0, tenant(1), at("08:03:00")).unwrap();
    let used = |minutes: &mut Minutes, when| minutes.used((of.0, &of.1), at(when)).1.as_secs();
    assert_eq!(used(&mut minutes, "08:03:00"), 240);
    // its call was not taken back: what it had talked is used all the same
    let mut without = Minutes::default();
    assert!(without.restore((of.0, tenant(1)), &row, at("08:04:00")));
    without.restored(at("08:04:00"));
    assert_eq!(used(&mut without, "08:04:00"), 240);
    // and one that goes on counts from its answer, once
    let mut with = Minutes::default();
    assert!(with.restore((of.0, tenant(1)), &row, at("08:04:00")));
    talk(&mut with, "08:01:00", "08:04:00");
    with.restored(at("08:04:00"));
    assert_eq!(used(&mut with, "08:04:00"), 300);
    assert_eq!(with.used_by(of.0, tenant(1), at("08:04:00")).as_secs(), 300);
}

#[test]
fn what_was_written_down_yesterday_or_is_no_such_thing_is_not_taken_back() {
    let of = trunk(json!({"minutes_per_day": 10}));
    let mut minutes = Minutes::default();
    talks(&mut minutes, &of, 1, "08:00:00", "08:02:00");
    let row = minutes.row(of.0, tenant(1), at("08:03:00")).unwrap();
    let tomorrow = "2031-06-11T00:00:00.000Z".parse().unwrap();
    let mut after = Minutes::default();
    assert!(!after.restore((of.0, tenant(1)), &row, tomorrow));
    assert!(!after.restore((of.0, tenant(1)), b"{}", at("09:00:00")));
    assert_eq!(after.used((of.0, &of.1), tomorrow).1, Duration::ZERO);
}
