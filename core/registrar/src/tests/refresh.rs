//! Adding, refreshing and removing bindings (RFC 3261 §10.2, §10.3).

use super::scene::{HOUR, Scene, bound, contact, request, scope_of, star, udp};
use crate::{ContactRequest, Outcome, Registration};

const DESK: &str = "sip:101@198.51.100.7:5060";
const CELL: &str = "sip:101@203.0.113.9:5062";

// rfc: 3261 §10.3
#[test]
fn a_contact_is_added_and_told_back_with_the_time_it_has_left() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask(&request(1, &[DESK])), bound(&[(DESK, HOUR)]));
    assert!(scene.changed());
    assert_eq!(scene.reached(), [DESK]);
}

// rfc: 3261 §10.2.3
#[test]
fn a_request_without_contacts_asks_what_is_registered_and_changes_nothing() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask(&request(1, &[])), bound(&[]));
    scene.ask(&request(2, &[DESK]));
    scene.after(600);
    assert_eq!(scene.ask(&request(3, &[])), bound(&[(DESK, HOUR - 600)]));
    assert_eq!(scene.out, []);
}

// rfc: 3261 §10.2.4
#[test]
fn a_refresh_keeps_the_binding_its_id_and_its_place_and_is_no_change() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK]));
    let first = scene.registrar.all(&scope_of(1))[0].clone();
    scene.after(1_800);
    assert_eq!(scene.ask(&request(2, &[DESK])), bound(&[(DESK, HOUR)]));
    assert!(!scene.changed());
    let again = scene.registrar.all(&scope_of(1))[0].clone();
    assert_eq!(again.id, first.id);
    assert!(again.expires_at > first.expires_at);
    assert_eq!(again.cseq, 2);
    assert_eq!(scene.registrar.len(), 1);
}

#[test]
fn a_phone_behind_a_translator_that_moved_is_reached_at_its_new_flow() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK]));
    let moved = Registration {
        flow: udp(61_000),
        ..request(2, &[DESK])
    };
    scene.ask(&moved);
    assert_eq!(scene.reached(), [DESK], "still one binding");
    let binding = scene.registrar.all(&scope_of(1))[0];
    assert_eq!(binding.flow, udp(61_000));
}

// rfc: 3261 §19.1.4
#[test]
fn contacts_are_equal_when_their_addresses_are_however_they_are_written() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &["sip:%3101@Phone.Example;transport=udp;ob"]));
    let same = "sip:101@phone.EXAMPLE;Transport=UDP;ob";
    assert_eq!(scene.ask(&request(2, &[same])), bound(&[(same, HOUR)]));
    scene.ask(&request(3, &["sip:101@phone.example:5061;transport=udp"]));
    assert_eq!(scene.registrar.len(), 2, "another port is another contact");
}

#[test]
fn several_contacts_of_one_request_are_all_bound() {
    let mut scene = Scene::new();
    let outcome = scene.ask(&request(1, &[DESK, CELL]));
    assert_eq!(outcome, bound(&[(CELL, HOUR), (DESK, HOUR)]));
}

// rfc: 3261 §10.2.1.2
#[test]
fn the_preferred_contact_stands_first_and_the_newest_among_equals() {
    let mut scene = Scene::new();
    let with_q = |uri, q| ContactRequest { q, ..contact(uri) };
    let all = Registration {
        contacts: vec![
            with_q("sip:low@h", Some(200)),
            with_q("sip:unsaid@h", None),
            with_q("sip:beyond@h", Some(u16::MAX)),
            with_q("sip:half@h", Some(500)),
            with_q("sip:half-too@h", Some(500)),
        ],
        ..request(1, &[])
    };
    scene.ask(&all);
    let expected = [
        "sip:beyond@h",
        "sip:unsaid@h",
        "sip:half-too@h",
        "sip:half@h",
        "sip:low@h",
    ];
    assert_eq!(scene.reached(), expected);
    let better = Registration {
        contacts: vec![with_q("sip:low@h", Some(1_000))],
        ..request(2, &[])
    };
    scene.ask(&better);
    assert_eq!(scene.reached()[0], "sip:low@h", "a refresh may prefer anew");
}

// rfc: 3261 §10.2.2
#[test]
fn an_expiry_of_zero_removes_that_contact_only() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK, CELL]));
    let leave = Registration {
        contacts: vec![ContactRequest {
            expires: Some(0),
            ..contact(DESK)
        }],
        ..request(2, &[])
    };
    assert_eq!(scene.ask(&leave), bound(&[(CELL, HOUR)]));
    assert!(scene.changed());
}

#[test]
fn the_header_may_say_zero_for_all_contacts_named() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK, CELL]));
    let leave = Registration {
        expires: Some(0),
        ..request(2, &[DESK, CELL])
    };
    assert_eq!(scene.ask(&leave), bound(&[]));
    assert!(scene.registrar.is_empty());
}

#[test]
fn removing_what_is_not_there_is_no_mistake() {
    let mut scene = Scene::new();
    let leave = Registration {
        expires: Some(0),
        ..request(1, &[DESK])
    };
    assert_eq!(scene.ask(&leave), bound(&[]));
    assert_eq!(scene.out, []);
}

// rfc: 3261 §10.2.2
#[test]
fn a_star_removes_everything_the_device_has() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK, CELL]));
    assert_eq!(scene.ask(&star(2)), bound(&[]));
    assert!(scene.registrar.is_empty());
    assert_eq!(scene.registrar.deadline(), None, "no timer is left");
}

// rfc: 3261 §10.3
#[test]
fn a_star_stands_alone_and_with_an_expiry_of_zero() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK]));
    let with_contact = Registration {
        contacts: vec![contact(CELL)],
        ..star(2)
    };
    let with_time = Registration {
        expires: Some(60),
        ..star(2)
    };
    let without = Registration {
        expires: None,
        ..star(2)
    };
    for bad in [with_contact, with_time, without] {
        let outcome = scene.ask(&bad);
        assert!(matches!(outcome, Outcome::Bad(_)), "{outcome:?}");
        assert_eq!(scene.reached(), [DESK]);
    }
}

// rfc: 5626 §6
#[test]
fn a_phone_that_numbers_its_flows_replaces_the_one_of_the_same_number() {
    let mut scene = Scene::new();
    let outbound = |uri, reg_id| ContactRequest {
        instance: Some("<urn:uuid:1>"),
        reg_id: Some(reg_id),
        ..contact(uri)
    };
    let ask = |cseq, contact| Registration {
        contacts: vec![contact],
        ..request(cseq, &[])
    };
    scene.ask(&ask(1, outbound("sip:101@10.0.0.7:1111;ob", 1)));
    scene.ask(&ask(2, outbound("sip:101@10.0.0.7:2222;ob", 2)));
    assert_eq!(scene.registrar.len(), 2, "two flows of one phone");
    scene.ask(&ask(3, outbound("sip:101@10.0.0.7:3333;ob", 1)));
    assert_eq!(
        scene.reached(),
        ["sip:101@10.0.0.7:3333;ob", "sip:101@10.0.0.7:2222;ob"],
        "the first came back from another port (RFC 5626 §6)"
    );
}

// rfc: 5627 §3.1
#[test]
fn contacts_with_globally_routable_parts_are_kept_as_they_were_written() {
    let mut scene = Scene::new();
    let gruu = "sip:101@acme.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    assert_eq!(scene.ask(&request(1, &[gruu])), bound(&[(gruu, HOUR)]));
    scene.ask(&request(2, &[gruu]));
    assert_eq!(scene.registrar.len(), 1);
    scene.ask(&request(3, &["sip:101@acme.example;gr=urn:uuid:0"]));
    assert_eq!(scene.registrar.len(), 2, "another instance's address");
}

// rfc: 3327 §5.3
#[test]
fn the_path_back_is_kept_nearest_first_and_renewed_with_the_binding() {
    let mut scene = Scene::new();
    let path = |cseq, path: &[&'static str]| Registration {
        path: path.to_vec(),
        ..request(cseq, &[DESK])
    };
    scene.ask(&path(1, &["<sip:edge;lr>", "<sip:core;lr>"]));
    let kept = |scene: &Scene| {
        let path = &scene.registrar.all(&scope_of(1))[0].path;
        path.iter().map(|hop| hop.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(kept(&scene), ["<sip:edge;lr>", "<sip:core;lr>"]);
    scene.ask(&path(2, &[]));
    assert!(kept(&scene).is_empty());
}
