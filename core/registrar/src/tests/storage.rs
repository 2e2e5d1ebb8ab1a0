//! Outliving the process: stored forms out, and back in.

use super::scene::{HOUR, Scene, bound, contact, device, request, scope_of, star, tcp, udp};
use crate::{
    Binding, Bound, ContactRequest, DamagedBinding, Limits, Outcome, Output, Registration,
};
use ids::DeviceId;
use std::collections::BTreeMap;

const DESK: &str = "sip:101@198.51.100.7:5060";

/// Carries out outputs on what would be the bus.
fn keep(bus: &mut BTreeMap<u128, Vec<u8>>, outputs: &[Output]) {
    for output in outputs {
        match output {
            Output::Put { key, bytes, .. } => {
                bus.insert(*key, bytes.clone());
            }
            Output::Removed { key, .. } => {
                bus.remove(key);
            }
            Output::Moved { .. } | Output::Changed { .. } => {}
        }
    }
}

fn full() -> Registration<'static> {
    Registration {
        contacts: vec![ContactRequest {
            instance: Some("<urn:uuid:1>"),
            reg_id: Some(1),
            q: Some(700),
            ..contact(DESK)
        }],
        path: vec!["<sip:edge;lr>"],
        ..request(1, &[])
    }
}

#[test]
fn every_put_is_the_binding_as_it_is_now() {
    let mut scene = Scene::new();
    let mut bus = BTreeMap::new();
    scene.ask(&full());
    keep(&mut bus, &scene.out);
    scene.after(60).ask(&request(2, &["sip:other@h"]));
    keep(&mut bus, &scene.out);
    let kept: Vec<Binding> = bus
        .values()
        .map(|bytes| Binding::from_bytes(bytes).unwrap())
        .collect();
    let held: Vec<Binding> = scene
        .registrar
        .all(&scope_of(1))
        .into_iter()
        .cloned()
        .collect();
    assert_eq!(kept, held);
    assert!(bus.values().all(|bytes| bytes.len() < 1_000), "small");
    scene.ask(&star(3));
    keep(&mut bus, &scene.out);
    assert!(bus.is_empty());
}

#[test]
fn after_a_restart_bindings_have_the_time_they_had_left() {
    let mut before = Scene::new();
    let mut bus = BTreeMap::new();
    before.ask(&full());
    keep(&mut bus, &before.out);
    let mut after = Scene::new();
    after.after(600);
    for bytes in bus.values() {
        let binding = Binding::from_bytes(bytes).unwrap();
        let (now, wall) = (after.now(), after.wall());
        assert!(after.registrar.restore(binding, now, wall));
    }
    assert_eq!(
        after.registrar.all(&scope_of(1)),
        before.registrar.all(&scope_of(1))
    );
    let of_phone = Bound {
        contact: DESK.into(),
        seconds: HOUR - 600,
        instance: Some("<urn:uuid:1>".into()),
        reg_id: Some(1),
    };
    let told = after.ask(&request(2, &[]));
    assert_eq!(told, Outcome::Bound(vec![of_phone]));
    after.after(HOUR - 600 + 1);
    assert!(after.registrar.is_empty(), "and they end");
}

#[test]
fn a_restored_binding_knows_which_request_was_its_last() {
    let mut before = Scene::new();
    before.ask(&request(9, &[DESK]));
    let binding = before.registrar.all(&scope_of(1))[0].clone();
    let mut after = Scene::new();
    let (now, wall) = (after.now(), after.wall());
    assert!(after.registrar.restore(binding, now, wall));
    let outcome = after.ask(&request(9, &[DESK]));
    assert_eq!(outcome, Outcome::OutOfOrder);
    assert_eq!(after.ask(&request(10, &[DESK])), bound(&[(DESK, HOUR)]));
    assert_eq!(after.registrar.len(), 1);
}

#[test]
fn what_has_ended_meanwhile_or_came_on_a_connection_does_not_come_back() {
    let mut before = Scene::new();
    before.ask(&request(1, &[DESK]));
    let over_tcp = Registration {
        flow: tcp(7),
        ..request(1, &[DESK])
    };
    before.ask_as(&scope_of(1), device(2), &over_tcp);
    let bindings: Vec<Binding> = before
        .registrar
        .all(&scope_of(1))
        .into_iter()
        .cloned()
        .collect();
    let mut after = Scene::new();
    after.after(60);
    let (now, wall) = (after.now(), after.wall());
    let restored: Vec<_> = bindings
        .iter()
        .filter(|binding| after.registrar.restore((*binding).clone(), now, wall))
        .map(|binding| binding.flow)
        .collect();
    assert_eq!(restored, [udp(5060)]);
    let mut late = Scene::new();
    late.after(HOUR);
    let (now, wall) = (late.now(), late.wall());
    for binding in bindings {
        assert!(!late.registrar.restore(binding, now, wall));
    }
    assert!(late.registrar.is_empty());
}

#[test]
fn no_more_come_back_than_the_exchange_may_hold() {
    let mut before = Scene::new();
    for n in 0..3 {
        before.ask_as(&scope_of(1), device(n), &request(1, &[DESK]));
    }
    let bindings: Vec<Binding> = before
        .registrar
        .all(&scope_of(1))
        .into_iter()
        .cloned()
        .collect();
    let mut after = Scene::with(Limits {
        bindings: 2,
        ..Limits::default()
    });
    let (now, wall) = (after.now(), after.wall());
    let came = bindings
        .into_iter()
        .filter(|binding| after.registrar.restore(binding.clone(), now, wall))
        .count();
    assert_eq!((came, after.registrar.len()), (2, 2));
}

#[test]
fn damaged_bytes_and_those_of_other_versions_are_no_binding() {
    let mut scene = Scene::new();
    scene.ask(&full());
    let bytes = scene.registrar.all(&scope_of(1))[0].to_bytes();
    assert!(Binding::<DeviceId>::from_bytes(&bytes).is_ok());
    for cut in 0..bytes.len() {
        assert_eq!(
            Binding::<DeviceId>::from_bytes(&bytes[..cut]),
            Err(DamagedBinding),
            "{cut}"
        );
    }
    let mut other = bytes;
    other[0] += 1;
    assert_eq!(Binding::<DeviceId>::from_bytes(&other), Err(DamagedBinding));
}
