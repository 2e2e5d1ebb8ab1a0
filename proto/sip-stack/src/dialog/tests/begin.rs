//! How a dialog begins, on either side (RFC 3261 §12.1).

use super::*;

// rfc: 3261 §12.1.1
#[test]
fn the_called_side_takes_its_state_from_the_invite() {
    let dialog = callee("");
    assert_eq!(dialog.call_id(), "call1");
    assert_eq!(dialog.local_tag(), "0123456789abcdef");
    assert_eq!(dialog.remote_tag(), "bob1");
    assert_eq!(dialog.remote_target(), "sip:bob@203.0.113.9:31000;ob");
    assert_eq!(
        dialog.local_address(),
        "<sip:alice@example.com>;tag=0123456789abcdef"
    );
    assert_eq!(
        dialog.remote_address(),
        "\"Bob\" <sip:bob@example.com>;tag=bob1"
    );
    assert_eq!(dialog.flow(), flow());
}

// rfc: 3261 §12.1.2
#[test]
fn the_calling_side_takes_its_state_from_the_response() {
    let dialog = caller("");
    assert_eq!(dialog.local_tag(), "ours");
    assert_eq!(dialog.remote_tag(), "bob1");
    assert_eq!(dialog.local_address(), "<sip:alice@example.com>;tag=ours");
    assert_eq!(dialog.remote_target(), "sip:bob@203.0.113.9:31000");
}

// rfc: 3261 §12.1.2
#[test]
fn forks_make_dialogs_that_differ_in_the_tag_of_the_peer_alone() {
    let fork = |tag: &str| Dialog::as_caller(&read(&answer(180, tag, "")), flow()).unwrap();
    let (one, other) = (fork(";tag=one"), fork(";tag=two"));
    let (one, other) = (one.name(), other.name());
    assert_eq!(
        (&one.call_id, &one.local_tag),
        (&other.call_id, &other.local_tag)
    );
    assert_ne!(one.remote_tag, other.remote_tag);
}

#[test]
fn an_old_peer_may_have_no_tag() {
    let dialog = Dialog::as_caller(&read(&answer(200, "", "")), flow()).unwrap();
    assert_eq!(dialog.remote_tag(), "");
    let old = invite("").replace(";tag=bob1", "");
    let dialog = Dialog::as_callee(&read(&old), tag(), flow()).unwrap();
    assert_eq!(dialog.remote_tag(), "");
    assert!(dialog.is_from_peer(&read(&old)));
}

#[test]
fn without_a_contact_there_is_no_target_and_no_dialog() {
    let text = invite("").replace("Contact: <sip:bob@203.0.113.9:31000;ob>\r\n", "");
    let problem = Dialog::as_callee(&read(&text), tag(), flow()).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Contact"));
    let text = answer(200, ";tag=bob1", "").replace("Contact:", "X-Contact:");
    let problem = Dialog::as_caller(&read(&text), flow()).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Contact"));
}

#[test]
fn the_name_of_a_dialog_is_that_of_the_requests_inside_it() {
    let dialog = callee("");
    let bye = inside("BYE", 315, "");
    assert_eq!(DialogName::of_request(&bye), Some(dialog.name()));
    assert_eq!(DialogName::of_request(&read(&invite(""))), None);
    assert!(dialog.is_from_peer(&bye));
    let stranger = read(&invite("").replace("tag=bob1", "tag=mallory"));
    assert!(!dialog.is_from_peer(&stranger));
}

#[test]
fn a_dialog_at_rest_goes_on_as_if_it_had_not_rested() {
    let routes = "Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n";
    for mut dialog in [callee(routes), caller(routes)] {
        next(&mut dialog, Method::Info);
        let rested = serde_json::to_string(&dialog).unwrap();
        let mut woken: Dialog = serde_json::from_str(&rested).unwrap();
        assert_eq!(woken, dialog);
        let (one, other) = (
            next(&mut dialog, Method::Bye),
            next(&mut woken, Method::Bye),
        );
        assert_eq!(one.raw(), other.raw());
    }
}
