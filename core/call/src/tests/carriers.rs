//! Calls by trunks: peers in order, failover, last words, and what a party outside may not do.

use super::*;
use crate::{Full, TrunkCall, TrunkCap, TrunkPeer};
use ids::TrunkId;

fn peer(slot: &u8) -> TrunkPeer {
    TrunkPeer {
        slot: *slot,
        address: format!("192.0.2.{slot}:5060"),
    }
}

pub(super) fn trunk(n: u64, peers: &[u8]) -> DialStep {
    DialStep::Trunk(by_trunk(n, peers))
}

/// A trunk that says itself after which answers the next one is tried.
fn with_rules(n: u64, peers: &[u8], next_on: &[u16], stop_on: &[u16]) -> DialStep {
    let failover = routing::Failover {
        next_on: next_on.to_vec(),
        stop_on: stop_on.to_vec(),
    };
    DialStep::Trunk(TrunkCall {
        failover,
        ..by_trunk(n, peers)
    })
}

pub(super) fn by_trunk(n: u64, peers: &[u8]) -> TrunkCall {
    TrunkCall {
        trunk: TrunkId::new(n, 1),
        called: format!("+4930{n}"),
        vouched: None,
        caller: None,
        failover: routing::Failover::default(),
        identity: Some("493055501".to_owned()),
        display: "Acme".to_owned(),
        peers: peers.iter().map(peer).collect(),
        tells_who_answers: false,
        timeout: Duration::from_secs(60),
    }
}

#[test]
fn a_call_by_a_trunk_shows_the_number_the_plan_names() {
    let mut scene = Scene::begin(vec![trunk(1, &[0])]);
    assert_eq!(
        scene.orders(),
        ["1: call +49301 by peer 0 showing 493055501"]
    );
    let (party, _) = scene.call.leg(leg(1)).unwrap();
    let by = party.trunk.clone().unwrap();
    assert_eq!(by.trunk, TrunkId::new(1, 1));
    assert_eq!(
        (&*by.called, by.shown.as_deref()),
        ("+49301", Some("+493055501"))
    );
    assert_eq!(party.number, "+49301");
    assert!(scene.is_because("trunk.attempt"));
}

#[test]
fn a_dead_peer_is_followed_by_the_next_and_the_last_by_the_next_trunk() {
    let mut scene = Scene::begin(vec![trunk(1, &[2, 0]), trunk(2, &[0])]);
    scene.orders();
    scene.leg(1, LegFact::Unreachable(Unreachable::Timeout));
    assert_eq!(
        scene.orders(),
        ["2: call +49301 by peer 0 showing 493055501"]
    );
    scene.leg(2, refused(503));
    assert_eq!(
        scene.orders(),
        ["3: call +49302 by peer 0 showing 493055501"]
    );
    scene.leg(3, answered("Z"));
    assert_eq!(scene.stage(3), LegStage::Up);
    let legs = scene.call.summary().legs;
    assert_eq!(legs.len(), 4, "every attempt is a leg of the record");
}

#[test]
fn when_every_way_has_failed_the_caller_is_told() {
    let mut scene = Scene::begin(vec![trunk(1, &[0, 1])]);
    scene.leg(1, refused(503));
    scene.leg(2, LegFact::Unreachable(Unreachable::Timeout));
    assert_eq!(scene.end().by, Fault::Callee);
}

#[test]
fn a_busy_number_is_busy_by_every_way() {
    for status in [486, 404, 603, 600] {
        let mut scene = Scene::begin(vec![trunk(1, &[0, 1]), trunk(2, &[0])]);
        scene.leg(1, refused(status));
        assert_eq!(scene.end().sip_status, status, "{status}");
    }
}

#[test]
fn a_trunks_own_rule_lets_the_next_trunk_be_tried_and_not_its_own_next_address() {
    for status in [404, 480, 603] {
        let first = with_rules(1, &[0, 1], &[404, 480, 603], &[]);
        let mut scene = Scene::begin(vec![first, trunk(2, &[0])]);
        scene.orders();
        scene.leg(1, refused(status));
        let next = ["2: call +49302 by peer 0 showing 493055501"];
        assert_eq!(scene.orders(), next, "{status}");
        assert!(scene.is_because("trunk.next_on"));
        scene.leg(2, refused(486));
        assert_eq!(
            scene.end().sip_status,
            486,
            "the next one's rules are its own"
        );
    }
}

#[test]
fn a_trunks_own_rule_ends_the_call_after_what_is_a_carriers_failure_elsewhere() {
    let first = with_rules(1, &[0, 1], &[], &[500]);
    let mut scene = Scene::begin(vec![first, trunk(2, &[0])]);
    scene.leg(1, refused(500));
    assert_eq!(scene.end().sip_status, 500);
    assert!(scene.is_because("trunk.stop_on"));
}

#[test]
fn silence_and_a_full_trunk_are_no_answers_that_a_rule_could_stop_at() {
    for unreached in [
        Unreachable::Timeout,
        Unreachable::Transport,
        Unreachable::NoCodec,
        Unreachable::Full(Full {
            of: TrunkCap::MinutesPerDay,
            share: false,
            limit: 60,
        }),
    ] {
        let first = with_rules(1, &[0], &[], &[408, 480, 503]);
        let mut scene = Scene::begin(vec![first, trunk(2, &[0])]);
        scene.orders();
        scene.leg(1, LegFact::Unreachable(unreached));
        let next = ["2: call +49302 by peer 0 showing 493055501"];
        assert_eq!(scene.orders(), next, "{unreached:?}");
    }
}

#[test]
fn a_trunk_that_rings_too_long_is_given_up() {
    let mut scene = Scene::begin(vec![trunk(1, &[0])]);
    scene.leg(1, LegFact::Ringing);
    scene.orders();
    scene.pass(Duration::from_secs(61));
    assert_eq!(scene.end().sip_status, 480);
}

#[test]
fn without_a_peer_the_next_step_is_tried() {
    let mut scene = Scene::begin(vec![trunk(1, &[]), ring(&[1])]);
    assert!(scene.is_because("trunk.no_peer"));
    assert_eq!(scene.orders(), ["1: dial with A from 101"]);
}

#[test]
fn where_a_party_outside_sends_the_other_is_asked_as_of_a_call_by_its_trunk() {
    let mut scene = Scene::begin(vec![trunk(1, &[0])]);
    scene.leg(1, answered("Z"));
    scene.orders.clear();
    scene.leg(1, referred("900123"));
    let asked = scene.orders.iter().find_map(|order| match order {
        Output::Route { request, .. } => Some(request),
        Output::Leg(..) | Output::Media(_) | Output::Event(_) | Output::Over => None,
    });
    let asked = asked.expect("routing is asked");
    assert!(asked.caller.trunk.is_some());
    assert_eq!(asked.purpose, routing::Purpose::Transfer);
    scene.routed(vec![DialStep::Refuse(Refusal::FORBIDDEN)]);
    let orders = scene.orders();
    assert!(
        orders.contains(&"1: the transfer is at 403, done".to_owned()),
        "{orders:?}"
    );
    assert_eq!(scene.call.bridge(), Bridge::Legs(leg(0), leg(1)));
}

#[test]
fn nobody_is_sent_on_to_a_number_outside() {
    let mut scene = Scene::talking();
    scene.leg(0, referred("0049301"));
    scene.routed(vec![trunk(1, &[0])]);
    assert!(scene.is_because("transfer.to_carrier"));
    assert_eq!(scene.stage(1), LegStage::Up, "they talk on");
}
