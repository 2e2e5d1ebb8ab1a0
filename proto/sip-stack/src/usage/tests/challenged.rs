//! A callee that asks who is calling: INVITE, ACK, re-INVITE and BYE with credentials
//! (RFC 3261 §22, RFC 7616).

use sip_message::{Builder, Credentials, Message, Name};

use super::pair::*;
use crate::digest::Login;
use crate::usage::Phase;

/// A caller with a login against a hand-written callee, and its first INVITE.
fn calling() -> (Pair, Message) {
    let mut pair = Pair::new(9);
    pair.sides[B].raw = true;
    pair.login = Some(Login::new("alice", "secret"));
    pair.call(Some("a0"));
    pair.run(SECOND / 100);
    let invite = pair.sides[B].inbox[0].clone();
    (pair, invite)
}

fn asks(nonce: &'static str, stale: bool) -> impl FnOnce(&mut Builder) {
    move |builder| {
        let stale = if stale { ", stale=true" } else { "" };
        for algorithm in ["MD5", "SHA-256"] {
            let value = format!(
                "Digest realm=\"carrier\", nonce=\"{nonce}\", algorithm={algorithm}, \
                 qop=\"auth\"{stale}"
            );
            builder.text(Name::ProxyAuthenticate, &value);
        }
    }
}

fn shown(message: &Message, parameter: &str) -> Option<String> {
    let value = message.header(Name::ProxyAuthorization)?;
    let credentials = Credentials::parse(value).unwrap();
    credentials.param(parameter).map(Into::into)
}

// rfc: 3261 §8.1.3.5
#[test]
fn a_challenged_invite_is_sent_again_with_credentials_a_new_number_and_a_new_branch() {
    let (mut pair, first) = calling();
    assert_eq!(shown(&first, "nonce"), None, "nobody asked yet");
    pair.respond(A, &first, 407, "asks", asks("one", false));
    let second = pair.last_sent(A, "INVITE").clone();
    assert_eq!(pair.sent_by(A), ["INVITE", "ACK", "INVITE"]);
    assert_eq!(second.call_id(), first.call_id());
    assert_eq!(second.from().unwrap().tag(), first.from().unwrap().tag());
    assert_eq!(
        second.cseq().unwrap().number,
        first.cseq().unwrap().number + 1
    );
    assert_ne!(second.header(Name::Via), first.header(Name::Via));
    assert_eq!(shown(&second, "algorithm").unwrap(), "SHA-256");
    assert_eq!(shown(&second, "uri").unwrap(), "sip:b@192.0.2.2");
    assert_eq!(shown(&second, "nc").unwrap(), "00000001");
    assert!(
        pair.story(A).is_empty(),
        "the layer above hears nothing of it"
    );
}

// rfc: 3261 §13.2.2.4
#[test]
fn the_ack_of_the_answer_repeats_the_credentials_and_the_bye_counts_on() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 407, "asks", asks("one", false));
    let second = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &second, 200, "one", described("b0"));
    let ack = pair.last_sent(A, "ACK").clone();
    assert_eq!(
        ack.header(Name::ProxyAuthorization),
        second.header(Name::ProxyAuthorization)
    );
    pair.order(A, |usage, step| usage.hang_up(None, step))
        .unwrap();
    let bye = pair.last_sent(A, "BYE").clone();
    assert_eq!(shown(&bye, "nc").unwrap(), "00000002");
    pair.respond(A, &bye, 200, "one", |_| {});
    assert_eq!(pair.phase(A), Phase::Over);
}

#[test]
fn a_bye_with_a_nonce_too_old_is_said_again() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 407, "asks", asks("one", false));
    let second = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &second, 200, "one", described("b0"));
    pair.order(A, |usage, step| usage.hang_up(None, step))
        .unwrap();
    let bye = pair.last_sent(A, "BYE").clone();
    pair.respond(A, &bye, 407, "one", asks("two", true));
    let again = pair.last_sent(A, "BYE").clone();
    assert_eq!(shown(&again, "nonce").unwrap(), "two");
    assert_eq!(shown(&again, "nc").unwrap(), "00000001");
    assert!(again.cseq().unwrap().number > bye.cseq().unwrap().number);
    pair.respond(A, &again, 200, "one", |_| {});
    assert_eq!(pair.story(A).last().unwrap(), "terminated");
}

#[test]
fn a_server_that_asks_again_refuses_the_password() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 407, "asks", asks("one", false));
    let second = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &second, 407, "asks", asks("two", false));
    assert_eq!(pair.all_sent(A, "INVITE").len(), 2);
    assert_eq!(pair.story(A), ["refused 407", "terminated"]);
}

#[test]
fn a_nonce_that_was_only_too_old_is_answered_once_more_and_not_for_ever() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 407, "asks", asks("one", false));
    for nonce in ["two", "three"] {
        let latest = pair.last_sent(A, "INVITE").clone();
        pair.respond(A, &latest, 407, "asks", asks(nonce, true));
    }
    assert_eq!(pair.all_sent(A, "INVITE").len(), 3);
    assert_eq!(pair.story(A), ["refused 407", "terminated"]);
}

#[test]
fn a_challenged_reinvite_is_sent_again() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 200, "one", described("b0"));
    pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step))
        .unwrap();
    let asked = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &asked, 407, "one", asks("one", false));
    pair.run(SECOND / 10);
    let again = pair.last_sent(A, "INVITE").clone();
    assert_eq!(shown(&again, "nonce").unwrap(), "one");
    pair.respond(A, &again, 200, "one", described("b1"));
    assert_eq!(pair.story(A).last().unwrap(), "reoffer answered b1");
}

#[test]
fn a_call_given_up_while_asked_is_not_sent_again() {
    let (mut pair, first) = calling();
    pair.respond(A, &first, 180, "one", contact);
    pair.order(A, |usage, step| usage.cancel(None, step))
        .unwrap();
    pair.respond(A, &first, 407, "asks", asks("one", false));
    assert_eq!(pair.all_sent(A, "INVITE").len(), 1);
    assert_eq!(pair.phase(A), Phase::Over);
}

#[test]
fn without_a_login_a_challenge_is_a_refusal() {
    let mut pair = Pair::new(9);
    pair.sides[B].raw = true;
    pair.call(Some("a0"));
    pair.run(SECOND / 100);
    let invite = pair.sides[B].inbox[0].clone();
    pair.respond(A, &invite, 401, "asks", |_| {});
    assert_eq!(pair.story(A), ["refused 401", "terminated"]);
}

#[test]
fn a_login_shows_no_password_in_its_debug_form() {
    let login = Login::new("alice", "correct horse");
    assert_eq!(format!("{login:?}"), "Login(alice)");
}
