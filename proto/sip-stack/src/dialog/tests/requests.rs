//! Requests inside a dialog: what ours carry, and the order of the peer's (RFC 3261 §12.2).

use super::*;

// rfc: 3261 §12.2.1.1
#[test]
fn a_request_of_the_called_side_names_the_peer_as_it_named_itself() {
    let bye = next(&mut callee(""), Method::Bye);
    assert_eq!(bye.method(), Some(Method::Bye));
    assert_eq!(
        bye.request_uri().unwrap().as_str(),
        "sip:bob@203.0.113.9:31000;ob"
    );
    assert_eq!(
        bye.header(Name::From),
        Some("<sip:alice@example.com>;tag=0123456789abcdef")
    );
    assert_eq!(
        bye.header(Name::To),
        Some("\"Bob\" <sip:bob@example.com>;tag=bob1")
    );
    assert_eq!(bye.call_id().unwrap(), "call1");
    assert_eq!(bye.max_forwards().unwrap(), Some(70));
    assert_eq!(
        bye.header(Name::Via),
        Some("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0123456789abcdef;rport")
    );
    assert!(!bye.has(Name::Route));
}

// rfc: 3261 §12.2.1.1
#[test]
fn our_numbers_rise_by_one_and_begin_after_the_invite() {
    let mut dialog = caller("");
    for number in 8..12 {
        let request = next(&mut dialog, Method::Info);
        assert_eq!(request.cseq().unwrap().number, number);
    }
    let first = next(&mut callee(""), Method::Info);
    assert_eq!(first.cseq().unwrap().number, 1);
}

// rfc: 3261 §8.1.1.5
#[test]
fn our_numbers_stay_below_two_to_the_31() {
    let text = answer(200, ";tag=bob1", "").replace("CSeq: 7", "CSeq: 2147483646");
    let mut dialog = Dialog::as_caller(&read(&text), flow()).unwrap();
    let last = next(&mut dialog, Method::Info);
    assert_eq!(last.cseq().unwrap().number, 2_147_483_647);
    assert_eq!(next(&mut dialog, Method::Info).cseq().unwrap().number, 0);
}

#[test]
fn an_ack_and_a_cancel_have_the_number_of_their_invite() {
    let mut dialog = caller("");
    next(&mut dialog, Method::Info);
    let ack = dialog.ack(7, origin()).finish();
    let ack = Message::parse(ack, &Limits::DEFAULT).unwrap();
    assert_eq!(ack.cseq().unwrap().to_string(), "7 ACK");
    let cancel = dialog.cancel(8, origin()).finish();
    let cancel = Message::parse(cancel, &Limits::DEFAULT).unwrap();
    assert_eq!(cancel.cseq().unwrap().to_string(), "8 CANCEL");
    assert_eq!(next(&mut dialog, Method::Info).cseq().unwrap().number, 9);
}

// rfc: 3261 §12.2.2
#[test]
fn the_numbers_of_the_peer_may_leap_and_repeat_but_never_go_back() {
    let mut dialog = callee("");
    dialog.accept(&inside("INFO", 315, ""), flow()).unwrap();
    dialog.accept(&inside("INFO", 400, ""), flow()).unwrap();
    dialog.accept(&inside("ACK", 400, ""), flow()).unwrap();
    let problem = dialog.accept(&inside("BYE", 399, ""), flow()).unwrap_err();
    assert_eq!((problem.status, problem.field), (500, "CSeq"));
    dialog.accept(&inside("BYE", 400, ""), flow()).unwrap();
}

#[test]
fn the_first_number_of_a_called_peer_may_be_any() {
    let mut dialog = caller("");
    dialog.accept(&inside("BYE", 0, ""), flow()).unwrap();
}

#[test]
fn the_numbers_of_both_sides_do_not_touch_each_other() {
    let mut dialog = callee("");
    dialog.accept(&inside("INFO", 1_000, ""), flow()).unwrap();
    assert_eq!(next(&mut dialog, Method::Info).cseq().unwrap().number, 1);
}

#[test]
fn we_answer_on_the_flow_the_peer_last_spoke_on() {
    let mut dialog = callee("");
    dialog
        .accept(&inside("INFO", 315, ""), elsewhere())
        .unwrap();
    assert_eq!(dialog.flow(), elsewhere());
    let bye = next(&mut dialog, Method::Bye);
    assert_eq!(bye.top_via().unwrap().transport, "TCP");
    // a request out of order moves nothing
    let old = inside("INFO", 1, "");
    assert!(dialog.accept(&old, flow()).is_err());
    assert_eq!(dialog.flow(), elsewhere());
}

// rfc: 3261 §12.2.1.2
#[test]
fn a_new_contact_is_the_new_target_and_none_leaves_the_old_one() {
    let mut dialog = callee("");
    dialog.refresh_target(&inside(
        "UPDATE",
        315,
        "Contact: <sip:bob@198.51.100.4>\r\n",
    ));
    assert_eq!(dialog.remote_target(), "sip:bob@198.51.100.4");
    dialog.refresh_target(&inside("UPDATE", 316, ""));
    dialog.refresh_target(&inside("UPDATE", 317, "Contact: \"broken\r\n"));
    assert_eq!(dialog.remote_target(), "sip:bob@198.51.100.4");
    assert_eq!(
        next(&mut dialog, Method::Bye)
            .request_uri()
            .unwrap()
            .as_str(),
        "sip:bob@198.51.100.4"
    );
}
