//! The parties the exchange plays itself.

use super::*;

fn guest(guest: Guest) -> Scene {
    Scene::begin(vec![DialStep::Guest(guest)])
}

#[test]
fn the_echo_answers_at_once_and_gives_back_what_it_hears() {
    let mut scene = guest(Guest::Echo);
    assert_eq!(scene.orders(), ["0: answer as a guest", "0 hears itself"]);
    assert_eq!(scene.call.summary().state, "talking");
    assert_eq!(
        scene.call.summary().bridge,
        Bridge::Guest(leg(0), Guest::Echo)
    );
    scene.leg(0, LegFact::Ended);
    let end = scene.end();
    assert_eq!((end.sip_status, end.by), (200, Fault::Caller));
}

#[test]
fn the_announcement_is_played() {
    let mut scene = guest(Guest::Announcement);
    assert_eq!(
        scene.orders(),
        ["0: answer as a guest", "0 hears the announcement"]
    );
}

#[test]
fn a_conference_is_attended_until_its_member_hangs_up() {
    let at = ExtensionId::from_u128(800);
    let mut scene = guest(Guest::Conference(at));
    assert_eq!(
        scene.orders(),
        ["0: answer as a guest", "0 attends a conference"]
    );
    scene.leg(0, LegFact::Ended);
    assert_eq!(scene.end().by, Fault::Caller);
}

#[test]
fn a_fax_is_sent_to_an_extension_that_receives_them() {
    let at = ExtensionId::from_u128(900);
    let mut scene = guest(Guest::Fax(at));
    assert_eq!(scene.orders(), ["0: answer as a guest", "0 sends a fax"]);
    scene.leg(0, LegFact::Ended);
    assert_eq!(scene.end().by, Fault::Caller);
}

#[test]
fn a_guest_takes_hold_and_resume_by_itself() {
    let mut scene = guest(Guest::Echo);
    scene.orders.clear();
    scene.leg(0, offered("A", "sendonly"));
    scene.leg(0, offered("A", "sendrecv"));
    scene.leg(0, LegFact::Offered { description: None });
    assert_eq!(scene.orders(), ["0: accept as a guest"; 3]);
}

#[test]
fn a_caller_that_left_the_offer_to_a_guest_is_heard_once_it_says_what_it_understands() {
    let steps = vec![DialStep::Guest(Guest::Announcement)];
    let mut scene = Scene::begin_with(steps, None, Config::default());
    scene.orders.clear();
    scene.leg(
        0,
        LegFact::Confirmed {
            description: Some(speech("A")),
        },
    );
    assert_eq!(scene.orders(), ["0 hears the announcement"]);
}

#[test]
fn a_guest_neither_transfers_nor_is_informed() {
    let mut scene = guest(Guest::Echo);
    scene.orders.clear();
    scene.leg(0, referred("103"));
    scene.leg(
        0,
        LegFact::Informed {
            content_type: "application/dtmf-relay".to_owned(),
            body: Vec::new(),
        },
    );
    assert_eq!(scene.orders(), ["0: decline the transfer 603"]);
}
