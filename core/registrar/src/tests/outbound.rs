//! Several flows of one phone (RFC 5626 §6).

use super::scene::{Scene, contact, device, request, scope_of, tcp, udp};
use crate::{ContactRequest, Limits, Outcome, Output, Registration};
use sip_message::Flow;

const DESK: &str = "sip:101@10.0.0.5:5060;transport=tcp;ob";
const PHONE: &str = "urn:uuid:0-1";

/// A registration of one flow of a phone.
fn flow_of(instance: &'static str, reg_id: u32, flow: Flow, cseq: u32) -> Registration<'static> {
    Registration {
        contacts: vec![ContactRequest {
            instance: Some(instance),
            reg_id: Some(reg_id),
            ..contact(DESK)
        }],
        flow,
        ..request(cseq, &[])
    }
}

/// The flow by which each phone is called first, and then all others to it.
fn phones(scene: &Scene) -> Vec<Vec<Flow>> {
    let (scope, device) = (scope_of(1), device(1));
    let phones = scene.registrar.phones(&scope, device);
    let flows = phones.map(|phone| scene.registrar.flows(&scope, phone).map(|one| one.flow));
    flows.map(Iterator::collect).collect()
}

// rfc: 5626 §6
#[test]
fn a_phone_with_two_flows_is_one_phone_whose_newest_flow_is_best() {
    let mut scene = Scene::new();
    scene.ask(&flow_of(PHONE, 1, tcp(7), 1));
    scene.after(1).ask(&flow_of(PHONE, 2, udp(5060), 2));
    scene.ask(&flow_of("urn:uuid:0-2", 1, tcp(9), 3));
    assert_eq!(phones(&scene), [vec![tcp(9)], vec![udp(5060), tcp(7)]]);
    scene.after(1).ask(&flow_of(PHONE, 1, tcp(7), 4));
    assert_eq!(phones(&scene), [vec![tcp(7), udp(5060)], vec![tcp(9)]]);
    assert_eq!(scene.registrar.len(), 3);
}

// rfc: 5626 §6
#[test]
fn a_flow_with_the_same_number_takes_the_place_of_the_one_before_and_says_where_it_went() {
    let mut scene = Scene::new();
    scene.ask(&flow_of(PHONE, 1, tcp(7), 1));
    scene.ask(&flow_of(PHONE, 1, tcp(8), 2));
    assert_eq!(phones(&scene), [vec![tcp(8)]]);
    let moved = Output::Moved {
        tenant: scope_of(1).tenant(),
        who: device(1),
        from: tcp(7),
        to: tcp(8),
    };
    assert!(scene.out.contains(&moved), "{:?}", scene.out);
    assert!(!scene.changed(), "it is where it was, for whoever calls it");
    scene.ask(&flow_of(PHONE, 1, tcp(8), 3));
    assert!(!scene.out.contains(&moved), "a refresh moves nothing");
}

#[test]
fn when_a_flow_is_gone_the_phone_is_called_by_the_other_until_that_is_gone_too() {
    let mut scene = Scene::new();
    scene.ask(&flow_of(PHONE, 1, tcp(7), 1));
    scene.ask(&flow_of(PHONE, 2, tcp(8), 2));
    let (registrar, out) = (&mut scene.registrar, &mut scene.out);
    registrar.flow_closed(tcp(8), out);
    assert_eq!(phones(&scene), [vec![tcp(7)]]);
    let (registrar, out) = (&mut scene.registrar, &mut scene.out);
    registrar.flow_closed(tcp(7), out);
    assert_eq!(phones(&scene), Vec::<Vec<Flow>>::new());
}

// rfc: 5626 §6
#[test]
fn a_request_with_a_flow_number_and_two_contacts_that_live_is_a_bad_one() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &["sip:old@h"]));
    let flow = flow_of(PHONE, 1, tcp(7), 2);
    let with = |expires| {
        let mut flow = flow.clone();
        flow.contacts.push(ContactRequest {
            expires,
            ..contact("sip:old@h")
        });
        flow
    };
    let two = scene.ask(&with(None));
    assert!(matches!(two, Outcome::Bad(_)), "{two:?}");
    let other_goes = scene.ask(&with(Some(0)));
    assert!(matches!(other_goes, Outcome::Bound(list) if list.len() == 1));
}

#[test]
fn a_phone_has_no_more_flows_than_the_bound_and_takes_none_of_another_phone() {
    let mut scene = Scene::with(Limits {
        flows_per_instance: 2,
        ..Limits::default()
    });
    scene.ask(&flow_of("urn:uuid:0-2", 1, tcp(1), 1));
    for n in 1..=5 {
        scene.after(1);
        scene.ask(&flow_of(PHONE, n, tcp(10 + u64::from(n)), n + 1));
    }
    assert_eq!(phones(&scene), [vec![tcp(15), tcp(14)], vec![tcp(1)]]);
}

#[test]
fn phones_that_say_no_instance_are_each_called() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &["sip:a@h", "sip:b@h"]));
    assert_eq!(phones(&scene).len(), 2);
}

// rfc: 3327 §5.3
#[test]
fn a_phone_behind_a_proxy_is_bound_beyond_the_proxys_connection() {
    let mut scene = Scene::new();
    let by_proxy = Registration {
        path: vec!["<sip:edge.example;lr;ob>"],
        ..flow_of(PHONE, 1, tcp(7), 1)
    };
    scene.ask(&by_proxy);
    scene.registrar.flow_closed(tcp(7), &mut scene.out);
    assert_eq!(phones(&scene).len(), 1);
}
