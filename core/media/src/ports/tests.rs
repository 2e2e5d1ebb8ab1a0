//! Tests of the sharing rule.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::pair::LEFT;
use super::*;

fn ports(pairs: u16) -> Ports {
    with(pairs, PortLimits::default())
}

fn with(pairs: u16, limits: PortLimits) -> Ports {
    let v4 = Some(Ipv4Addr::new(192, 0, 2, 1));
    let range = PortRange {
        v4,
        v6: None,
        first: 30_000,
        last: 30_000 + 2 * pairs - 1,
    };
    Ports::new(range, limits).unwrap()
}

fn any_port() -> Ask {
    Ask::family(Family::V4)
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn a_port_takes_one_blind_leg_only() {
    let mut ports = ports(3);
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let (_, local) = ports.open(any_port()).unwrap();
        assert_eq!((local.rtp % 2, local.rtcp), (0, local.rtp + 1));
        assert!(seen.insert(local.rtp));
    }
    assert_eq!(ports.open(any_port()), Err(Exhausted));
    let figures = ports.figures();
    assert_eq!(
        (figures.legs, figures.blind, figures.used, figures.exhausted),
        (3, 3, 3, 1)
    );
}

#[test]
fn a_learnt_or_trusted_leg_frees_its_port_for_another() {
    let mut ports = ports(1);
    let (a, first) = ports.open(any_port()).unwrap();
    assert_eq!(ports.declare(a, at("10.0.0.1:4000"), false), Ok(()));
    assert_eq!(
        ports.open(any_port()),
        Err(Exhausted),
        "an untrusted address is none"
    );
    ports.learnt(a, at("9.9.9.9:1234"));
    let (b, second) = ports.open(any_port()).unwrap();
    assert_eq!(first, second);
    assert_eq!(ports.declare(b, at("8.8.8.8:4000"), true), Ok(()));
    assert!(ports.open(any_port()).is_ok());
    assert_eq!(ports.figures().blind, 1);
}

#[test]
fn thousands_of_silent_calls_with_trusted_addresses_fit() {
    let mut ports = ports(100);
    for n in 0..5000_u16 {
        let [high, low] = n.to_be_bytes();
        let remote = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(8, 8, high, low)), 4000);
        ports.open(any_port().declared(remote)).unwrap();
    }
    assert_eq!(ports.figures().legs, 5000);
}

#[test]
fn ports_without_undecided_legs_are_preferred_while_they_last() {
    let mut ports = ports(4);
    let (a, first) = ports.open(any_port().declared(at("8.8.8.8:4000"))).unwrap();
    let (b, second) = ports.open(any_port().declared(at("8.8.4.4:4000"))).unwrap();
    assert_ne!(first, second);
    ports.learnt(b, at("8.8.4.4:4000"));
    let (_, third) = ports
        .open(any_port().towards(at("7.7.7.7:1").ip()))
        .unwrap();
    assert_eq!(
        third, second,
        "a used port whose peers are known saves a socket"
    );
    let more: BTreeSet<u16> = (0..2)
        .map(|_| ports.open(any_port()).unwrap().1.rtp)
        .collect();
    assert!(!more.contains(&first.rtp) && !more.contains(&second.rtp));
    assert_eq!(
        ports.open(any_port()).unwrap().1,
        first,
        "at last the undecided one"
    );
    assert!(ports.close(a));
}

#[test]
fn legs_with_the_same_peer_ip_are_kept_apart() {
    let mut ports = ports(3);
    let office = at("9.9.9.9:1").ip();
    let mut used = BTreeSet::new();
    for n in 1..=3_u16 {
        let (id, local) = ports.open(any_port().towards(office)).unwrap();
        ports.learnt(id, SocketAddr::new(office, n));
        assert!(used.insert(local.rtp), "a port of its own");
    }
    let (_, elsewhere) = ports
        .open(any_port().towards(at("7.7.7.7:1").ip()))
        .unwrap();
    assert!(used.contains(&elsewhere.rtp));
    assert!(
        ports.open(any_port().towards(office)).is_ok(),
        "together when nothing else is left"
    );
}

#[test]
fn a_peer_that_may_still_send_to_a_former_port_finds_none_of_its_calls_there() {
    let mut ports = ports(3);
    let office = at("9.9.9.9:1").ip();
    let (kept, shared) = ports
        .open(any_port().towards(at("7.7.7.7:1").ip()))
        .unwrap();
    ports.learnt(kept, at("7.7.7.7:4000"));
    let (given_up, former) = ports.open(any_port().towards(office)).unwrap();
    assert_eq!(former, shared, "a used port saves a socket");
    assert!(ports.close(given_up));
    let (again, elsewhere) = ports.open(any_port().towards(office)).unwrap();
    assert_ne!(elsewhere, former);
    assert!(ports.close(again));
    let (_, third) = ports.open(any_port().towards(office)).unwrap();
    assert!(third != former && third != elsewhere);
    assert!(
        ports.open(any_port().towards(office)).is_ok(),
        "on a former port when nothing else is left"
    );
}

#[test]
fn a_port_forgets_peers_that_many_others_have_followed() {
    let mut ports = ports(1);
    for n in 0..=LEFT {
        let peer = IpAddr::V4(Ipv4Addr::new(8, 8, 8, u8::try_from(n).unwrap()));
        let (id, _) = ports.open(any_port().towards(peer)).unwrap();
        assert!(ports.close(id) && ports.knows_peer(0, peer));
    }
    assert!(!ports.knows_peer(0, at("8.8.8.0:1").ip()));
    assert!(ports.knows_peer(0, at("8.8.8.1:1").ip()));
}

#[test]
fn the_same_address_is_never_twice_on_a_port() {
    let mut ports = ports(2);
    let remote = at("8.8.8.8:6000");
    let (_, first) = ports.open(any_port().declared(remote)).unwrap();
    let (_, second) = ports.open(any_port().declared(remote)).unwrap();
    assert_ne!(first, second);
    assert_eq!(ports.open(any_port().declared(remote)), Err(Exhausted));
    let (late, _) = ports.open(any_port()).unwrap();
    assert_eq!(
        ports.declare(late, remote, true),
        Err(DeclareProblem::AddressTaken)
    );
    assert_eq!(ports.declare(late, at("8.8.8.8:6002"), true), Ok(()));
}

#[test]
fn a_moved_peer_frees_its_former_address() {
    let mut ports = ports(1);
    let (a, _) = ports.open(any_port().declared(at("8.8.8.8:1"))).unwrap();
    ports.learnt(a, at("8.8.8.8:1"));
    assert_eq!(ports.declare(a, at("8.8.8.8:2"), true), Ok(()));
    assert!(ports.open(any_port().declared(at("8.8.8.8:1"))).is_ok());
    assert_eq!(
        ports.open(any_port().declared(at("8.8.8.8:2"))),
        Err(Exhausted)
    );
}

#[test]
fn stale_endpoints_change_nothing() {
    let mut ports = ports(1);
    let (a, _) = ports.open(any_port()).unwrap();
    assert!(ports.close(a));
    assert!(!ports.close(a));
    ports.learnt(a, at("8.8.8.8:1"));
    assert_eq!(
        ports.declare(a, at("8.8.8.8:1"), true),
        Err(DeclareProblem::Unknown)
    );
    assert_eq!(ports.local(a), None);
    let foreign = EndpointId::new(9, 0, 0, 0);
    assert!(!ports.close(foreign));
    assert_eq!(ports.figures().legs, 0);
    let (b, _) = ports.open(any_port()).unwrap();
    assert_ne!(a, b);
}

#[test]
fn a_place_is_used_again_with_another_generation() {
    let limits = PortLimits {
        endpoints_per_worker: 1,
        ..PortLimits::default()
    };
    let mut ports = with(4, limits);
    let (a, _) = ports.open(any_port()).unwrap();
    assert_eq!(ports.open(any_port()), Err(Exhausted), "no more endpoints");
    ports.close(a);
    let (b, _) = ports.open(any_port()).unwrap();
    assert_eq!((a.index(), a.generation() + 1), (b.index(), b.generation()));
}

#[test]
fn both_ends_of_a_call_get_the_same_worker() {
    let mut ports = with(
        8,
        PortLimits {
            workers: 4,
            ..PortLimits::default()
        },
    );
    let mut calls = BTreeMap::new();
    for _ in 0..4 {
        let (a, _) = ports.open(any_port()).unwrap();
        let (b, _) = ports.open(any_port().near(a)).unwrap();
        assert_eq!(a.worker(), b.worker());
        *calls.entry(a.worker()).or_insert(0) += 1;
    }
    assert_eq!(calls.into_values().collect::<Vec<_>>(), [1; 4], "evenly");
    let (full, _) = (ports.open(any_port()), ());
    assert_eq!(full, Err(Exhausted));
}

#[test]
fn a_spoiled_port_takes_no_more_legs() {
    let mut ports = ports(2);
    let (a, bad) = ports.open(any_port()).unwrap();
    ports.spoil(a);
    ports.close(a);
    let (_, good) = ports.open(any_port()).unwrap();
    assert_ne!(bad, good);
    assert_eq!(ports.open(any_port()), Err(Exhausted));
    assert_eq!(ports.figures().spoiled, 1);
}

#[test]
fn a_restored_endpoint_has_its_place_and_port_again() {
    let mut before = with(
        4,
        PortLimits {
            workers: 2,
            ..PortLimits::default()
        },
    );
    let opened: Vec<_> = (0..4).map(|_| before.open(any_port()).unwrap()).collect();
    let mut after = with(
        4,
        PortLimits {
            workers: 2,
            ..PortLimits::default()
        },
    );
    for (id, local) in opened.iter().rev() {
        let text = serde_json::to_string(&(id, local)).unwrap();
        let (id, local) = serde_json::from_str(&text).unwrap();
        assert_eq!(after.restore(id, local), Ok(()));
        assert_eq!(after.local(id), Some(local));
        assert_eq!(after.restore(id, local), Err(RestoreProblem::PlaceTaken));
    }
    assert_eq!(after.open(any_port()), Err(Exhausted), "all are blind");
    let (id, local) = opened[0];
    after.learnt(id, at("8.8.8.8:1"));
    let (fresh, _) = after.open(any_port().near(id)).unwrap();
    assert!(opened.iter().all(|(other, _)| *other != fresh));
    let elsewhere = LocalMedia {
        rtp: 40_000,
        rtcp: 40_001,
        ..local
    };
    assert_eq!(
        after.restore(id, elsewhere),
        Err(RestoreProblem::ForeignPort)
    );
    let foreign = EndpointId::new(1, id.worker(), 9, 0);
    assert_eq!(
        after.restore(foreign, local),
        Err(RestoreProblem::ForeignPort)
    );
}

#[test]
fn families_have_their_own_ports() {
    let (v4, v6) = (Some(Ipv4Addr::LOCALHOST), Some("::1".parse().unwrap()));
    let range = PortRange {
        v4,
        v6,
        first: 30_000,
        last: 30_001,
    };
    let mut ports = Ports::new(range, PortLimits::default()).unwrap();
    let (_, a) = ports.open(any_port()).unwrap();
    let (_, b) = ports.open(Ask::family(Family::V6)).unwrap();
    assert!(a.ip.is_ipv4() && b.ip.is_ipv6() && a.rtp == b.rtp);
    assert_eq!(ports.open(Ask::family(Family::V6)), Err(Exhausted));
    let mut only_v4 = self::ports(1);
    assert_eq!(only_v4.open(Ask::family(Family::V6)), Err(Exhausted));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Opening, declaring, learning and closing in any order keeps the rule for what was opened:
    /// one blind leg per port, and no address twice among those given at opening.
    #[test]
    fn no_port_is_given_while_a_blind_leg_is_on_it(
        steps in prop::collection::vec((0..5_u8, 0..20_usize, 0..4_u8), 1..200)
    ) {
        let mut ports = ports(5);
        let mut open: Vec<(EndpointId, LocalMedia, Option<SocketAddr>)> = Vec::new();
        for (act, which, ip) in steps {
            let remote = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(8, 8, 8, ip)), 4000);
            let which = which.checked_rem(open.len());
            match (act, which) {
                (0, _) => {
                    if let Ok((id, local)) = ports.open(any_port()) {
                        prop_assert!(!open.iter().any(|leg| leg.1 == local && leg.2.is_none()));
                        open.push((id, local, None));
                    }
                }
                (1, _) => {
                    if let Ok((id, local)) = ports.open(any_port().declared(remote)) {
                        let on_port = || open.iter().filter(|leg| leg.1 == local);
                        prop_assert!(!on_port().any(|leg| leg.2.is_none()));
                        prop_assert!(!on_port().any(|leg| leg.2 == Some(remote)));
                        open.push((id, local, Some(remote)));
                    }
                }
                (2, Some(which)) => {
                    let (id, local, before) = open[which];
                    let taken = open.iter().enumerate().any(|(other, leg)| {
                        other != which && leg.1 == local && leg.2 == Some(remote)
                    });
                    let result = ports.declare(id, remote, true);
                    prop_assert_eq!(result.is_err(), taken && before != Some(remote));
                    if result.is_ok() {
                        open[which].2 = Some(remote);
                    }
                }
                (3, Some(which)) if open[which].2.is_some() => {
                    ports.learnt(open[which].0, open[which].2.unwrap());
                }
                (4, Some(which)) => {
                    prop_assert!(ports.close(open.swap_remove(which).0));
                }
                _ => {}
            }
            let blind = open.iter().filter(|leg| leg.2.is_none()).count();
            prop_assert_eq!((ports.figures().legs, ports.figures().blind), (open.len(), blind));
        }
    }
}
