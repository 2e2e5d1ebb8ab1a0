//! Session timers (RFC 4028).

use sip_message::{Name, Refresher};

use super::pair::*;
use crate::usage::Phase;

fn short(pair: &mut Pair) {
    for side in &mut pair.sides {
        side.configure(|config| config.session.expires = 90);
    }
}

/// A pair with sessions of 90 s.
fn talking() -> Pair {
    let mut pair = Pair::new(8);
    short(&mut pair);
    pair.call(Some("a0"));
    pair.run(SECOND / 10);
    pair.answer(Some("b0"));
    pair.forget();
    pair
}

// rfc: 4028 §10
#[test]
fn the_session_is_refreshed_by_update_at_half_its_time_and_lives_on() {
    let mut pair = talking();
    pair.run(SECOND * 1_000);
    assert_eq!((pair.phase(A), pair.phase(B)), (Phase::Live, Phase::Live));
    let refreshed = pair.story(B);
    assert!(refreshed.len() >= 20, "{refreshed:?}");
    assert!(refreshed.iter().all(|event| event == "refreshed -"));
    let by_b = pair.all_sent(B, "UPDATE");
    assert!(
        by_b.len() >= 20 && pair.all_sent(A, "UPDATE").is_empty(),
        "one side refreshes"
    );
}

// rfc: 4028 §7.4
#[test]
fn a_peer_without_update_is_refreshed_by_repeating_our_description() {
    let mut pair = Pair::new(9);
    short(&mut pair);
    pair.sides[B].raw = true;
    pair.call(Some("a0"));
    pair.run(SECOND / 10);
    let invite = pair.sides[B].inbox[0].clone();
    pair.respond(A, &invite, 200, "x", |builder| {
        described("b0")(builder);
        builder.text(Name::Allow, "INVITE, ACK, BYE");
        builder.text(Name::SessionExpires, "90;refresher=uac");
    });
    pair.forget();
    pair.run(SECOND * 46);
    let refresh = pair.last_sent(A, "INVITE").clone();
    assert_eq!(named(Some(&refresh.body_bytes())), "a0");
    let asked = refresh.session_expires().unwrap().unwrap();
    assert_eq!((asked.seconds, asked.refresher), (90, Some(Refresher::Uac)));
    pair.respond(A, &refresh, 200, "x", |builder| {
        described("b0")(builder);
        builder.text(Name::SessionExpires, "90;refresher=uac");
    });
    assert_eq!(pair.story(A), ["refreshed b0"]);
    assert_eq!(pair.sent_by(A).last().unwrap(), "ACK");
}

// rfc: 4028 §10
#[test]
fn a_session_that_the_peer_does_not_refresh_expires_a_little_early() {
    let mut pair = talking();
    pair.sides[B].deaf = true;
    pair.weather.loss = 1_000;
    pair.run(SECOND * 59);
    assert_eq!(pair.phase(A), Phase::Live);
    pair.run(SECOND * 3);
    assert_eq!(pair.story(A), ["ended SessionExpired -", "terminated"]);
    pair.run(SECOND * 30);
    assert_eq!(pair.story(B), ["ended PeerSilent -", "terminated"]);
}

// rfc: 4028 §10
#[test]
fn a_refused_refresh_is_tried_again_until_the_session_expires() {
    let mut pair = talking();
    pair.sides[A].raw = true;
    for _ in 0..9 {
        pair.run(SECOND * 5);
        for update in std::mem::take(&mut pair.sides[A].inbox) {
            if title(&update) == "UPDATE" {
                pair.respond(B, &update, 500, "x", |_| {});
            }
        }
    }
    pair.run(SECOND);
    assert_eq!(pair.phase(B), Phase::Live);
    pair.run(SECOND * 60);
    assert_eq!(pair.phase(B), Phase::Over);
}

#[test]
fn a_peer_that_does_not_know_update_after_all_is_refreshed_by_invite() {
    let mut pair = talking();
    pair.sides[A].raw = true;
    pair.run(SECOND * 45);
    let update = pair.last_sent(B, "UPDATE").clone();
    pair.respond(B, &update, 501, "x", |_| {});
    pair.run(SECOND);
    let refresh = pair.last_sent(B, "INVITE");
    assert_eq!(named(Some(&refresh.body_bytes())), "b0");
}

#[test]
fn an_interval_the_peer_finds_too_small_is_asked_for_longer() {
    let mut pair = talking();
    pair.sides[A].raw = true;
    pair.run(SECOND * 45);
    let update = pair.last_sent(B, "UPDATE").clone();
    pair.respond(B, &update, 422, "x", |builder| {
        builder.text(Name::MinSe, "120");
    });
    pair.run(SECOND);
    let again = pair.last_sent(B, "UPDATE");
    assert_eq!(again.session_expires().unwrap().unwrap().seconds, 120);
}

#[test]
fn a_refresh_that_asks_for_too_little_is_refused() {
    let mut pair = talking();
    pair.sides[B].raw = true;
    pair.request(A, "UPDATE", 50, |update| {
        contact(update);
        update.text(Name::Supported, "timer");
        update.text(Name::SessionExpires, "30");
    });
    assert_eq!(pair.last_sent(A, "422 UPDATE").min_se(), Ok(Some(90)));
}

#[test]
fn without_session_timers_nothing_is_asked_and_nothing_expires() {
    let mut pair = Pair::new(10);
    for side in &mut pair.sides {
        side.configure(|config| config.session.expires = 0);
    }
    pair.call(Some("a0"));
    pair.run(SECOND / 10);
    pair.answer(Some("b0"));
    assert!(!pair.last_sent(A, "INVITE").has(Name::SessionExpires));
    pair.run(SECOND * 10_000);
    assert_eq!((pair.phase(A), pair.phase(B)), (Phase::Live, Phase::Live));
    assert!(pair.sides[A].usage.as_ref().unwrap().deadline().is_none());
}
