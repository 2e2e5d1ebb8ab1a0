//! Temporary addresses of phones (RFC 5627 §3.1.2).

use super::scene::{HOUR, Scene, contact, device, request, scope_of, tcp};
use crate::{Binding, ContactRequest, GruuKey, Limits, Registrar, Registration};
use machine::Random;
use std::collections::BTreeSet;

const DESK: &str = "sip:101@10.0.0.5:5060;transport=tcp";

fn of(instance: &'static str, call_id: &'static str, cseq: u32) -> Registration<'static> {
    Registration {
        contacts: vec![ContactRequest {
            instance: Some(instance),
            ..contact(DESK)
        }],
        call_id,
        flow: tcp(7),
        ..request(cseq, &[])
    }
}

fn only(scene: &Scene) -> &Binding {
    &scene.registrar.bindings(&scope_of(1), device(1))[0]
}

fn new(scene: &Scene, random: &mut Random) -> String {
    scene.registrar.temporary_user(only(scene), random).unwrap()
}

fn leads(scene: &Scene, tenant: u128, user: &str) -> bool {
    let found = scene.registrar.by_temporary_user(&scope_of(tenant), user);
    found.is_some()
}

// rfc: 5627 §3.1.2
#[test]
fn each_is_another_and_all_lead_to_the_phone_while_it_is_registered() {
    let (mut scene, mut random) = (Scene::new(), Random::from_seed(3));
    scene.ask(&of("urn:uuid:1", "one", 1));
    let mut users: BTreeSet<String> = (0..10).map(|_| new(&scene, &mut random)).collect();
    scene.after(60).ask(&of("urn:uuid:1", "one", 2));
    users.insert(new(&scene, &mut random));
    assert_eq!(users.len(), 11);
    assert!(users.iter().all(|user| leads(&scene, 1, user)));
    scene.after(HOUR + 1);
    assert!(
        !users.iter().any(|user| leads(&scene, 1, user)),
        "it is gone"
    );
    scene.ask(&of("urn:uuid:1", "two", 1));
    let renewed = users.iter().any(|user| leads(&scene, 1, user));
    assert!(!renewed, "another registration of the same phone");
}

#[test]
fn to_another_company_none_of_them_is_anything() {
    let (mut scene, mut random) = (Scene::new(), Random::from_seed(4));
    scene.ask(&of("urn:uuid:1", "one", 1));
    scene.ask_as(&scope_of(2), device(2), &of("urn:uuid:1", "one", 1));
    let user = new(&scene, &mut random);
    assert!(leads(&scene, 1, &user));
    assert!(!leads(&scene, 2, &user));
}

#[test]
fn one_that_was_changed_or_sealed_with_another_key_leads_nowhere() {
    let (mut scene, mut random) = (Scene::new(), Random::from_seed(5));
    scene.ask(&of("urn:uuid:1", "one", 1));
    let user = new(&scene, &mut random);
    for at in "tgruu.".len()..user.len() {
        let mut bent = user.clone().into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        let bent = String::from_utf8(bent).unwrap();
        assert!(!leads(&scene, 1, &bent), "changed at {at}");
    }
    for odd in [
        "tgruu.",
        "tgruu.00",
        "101",
        "",
        "tgruu.\u{e9}",
        &user[..user.len() - 1],
    ] {
        assert!(!leads(&scene, 1, odd), "{odd}");
    }
    let other = Registrar::new(Limits::default(), GruuKey::new([8; 32]));
    let foreign = other.temporary_user(only(&scene), &mut random).unwrap();
    assert!(!leads(&scene, 1, &foreign));
}

#[test]
fn it_says_nothing_of_the_phone_or_its_device() {
    let (mut scene, mut random) = (Scene::new(), Random::from_seed(6));
    scene.ask(&of("urn:uuid:1", "one", 1));
    let (one, two) = (new(&scene, &mut random), new(&scene, &mut random));
    let id = format!("{:032x}", device(1).as_u128());
    assert!(!one.contains(&id[16..]) && !two.contains(&id[16..]));
    let alike = one.bytes().zip(two.bytes()).skip(6).filter(|(a, b)| a == b);
    assert!(
        alike.count() < 30,
        "of 96 digits one in sixteen is alike by chance"
    );
}

// rfc: 5627 §3.3
#[test]
fn a_phone_that_names_no_instance_has_no_address_of_its_own() {
    let (mut scene, mut random) = (Scene::new(), Random::from_seed(7));
    scene.ask(&request(1, &[DESK]));
    assert_eq!(
        scene.registrar.temporary_user(only(&scene), &mut random),
        None
    );
}
