//! Route sets: their order, loose and strict routers, the next hop (RFC 3261 §12.1, §12.2.1.1).

use super::*;

const TWO: &str = "Record-Route: <sip:p1.example.com;lr>\r\n\
                   Record-Route: <sip:p2.example.com;lr>;x=y, <sip:p3.example.com;lr>\r\n";

fn routes(message: &Message) -> Vec<&str> {
    message.values(Name::Route).collect()
}

// rfc: 3261 §12.1.1
#[test]
fn the_called_side_keeps_the_order_and_the_calling_side_turns_it() {
    let forth = [
        "<sip:p1.example.com;lr>",
        "<sip:p2.example.com;lr>;x=y",
        "<sip:p3.example.com;lr>",
    ];
    let mut back = forth;
    back.reverse();
    let (mut called, mut calling) = (callee(TWO), caller(TWO));
    assert_eq!(called.route_set(), forth);
    assert_eq!(calling.route_set(), back);
    assert_eq!(routes(&next(&mut called, Method::Bye)), forth);
    assert_eq!(routes(&next(&mut calling, Method::Bye)), back);
}

// rfc: 3261 §12.2.1.1
#[test]
fn to_a_loose_router_the_request_uri_is_the_target() {
    let mut dialog = callee(TWO);
    let bye = next(&mut dialog, Method::Bye);
    assert_eq!(
        bye.request_uri().unwrap().as_str(),
        "sip:bob@203.0.113.9:31000;ob"
    );
    assert_eq!(dialog.next_hop(), "sip:p1.example.com;lr");
}

// rfc: 3261 §12.2.1.1
#[test]
fn to_a_strict_router_the_request_uri_is_the_router_and_the_target_comes_last() {
    let strict = "Record-Route: <sip:p1.example.com>, <sip:p2.example.com;lr>\r\n";
    let mut dialog = callee(strict);
    let bye = next(&mut dialog, Method::Bye);
    assert_eq!(bye.request_uri().unwrap().as_str(), "sip:p1.example.com");
    assert_eq!(
        routes(&bye),
        ["<sip:p2.example.com;lr>", "<sip:bob@203.0.113.9:31000;ob>"]
    );
    assert_eq!(dialog.next_hop(), "sip:p1.example.com");
}

#[test]
fn what_looks_like_lr_elsewhere_makes_no_router_loose() {
    for (route, loose) in [
        ("<sip:p1.example.com;lr>", true),
        ("<sip:p1.example.com;LR=true>", true),
        ("<sip:p1.example.com;lr?x=y>", true),
        ("<sip:p1.example.com;lrx>", false),
        ("<sip:p1.example.com>;lr", false),
        ("<sip:lr@p1.example.com>", false),
        ("<sip:p1.example.com;x=lr>", false),
    ] {
        let mut dialog = callee(&format!("Record-Route: {route}\r\n"));
        let bye = next(&mut dialog, Method::Bye);
        let uri = bye.request_uri().unwrap();
        assert_eq!(uri.as_str().starts_with("sip:bob@"), loose, "{route}");
    }
}

#[test]
fn a_refreshed_target_does_not_touch_the_route_set() {
    let mut dialog = callee(TWO);
    let again = format!(
        "Contact: <sip:bob@198.51.100.4>\r\n{}",
        "Record-Route: <sip:evil;lr>\r\n"
    );
    dialog.refresh_target(&inside("INVITE", 315, &again));
    assert_eq!(dialog.route_set().len(), 3);
    assert_eq!(dialog.remote_target(), "sip:bob@198.51.100.4");
}

#[test]
fn thirty_two_routes_are_kept_and_one_more_is_answered_400() {
    assert_eq!(MAX_ROUTES, 32);
    let lines = |count: usize| "Record-Route: <sip:p.example.com;lr>\r\n".repeat(count);
    assert_eq!(callee(&lines(32)).route_set().len(), 32);
    assert_eq!(caller(&lines(32)).route_set().len(), 32);
    let invite = read(&invite(&lines(33)));
    let problem = Dialog::as_callee(&invite, tag(), flow()).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Record-Route"));
    let response = read(&answer(200, ";tag=bob1", &lines(33)));
    let problem = Dialog::as_caller(&response, flow()).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Record-Route"));
}

#[test]
fn the_next_hop_is_an_address_or_must_be_looked_up() {
    let found = |uri| next_hop(uri).map(|address| address.to_string());
    assert_eq!(found("sip:bob@192.0.2.7:5080").unwrap(), "192.0.2.7:5080");
    assert_eq!(found("sip:192.0.2.7;lr").unwrap(), "192.0.2.7:5060");
    assert_eq!(found("sip:[2001:db8::7]").unwrap(), "[2001:db8::7]:5060");
    assert_eq!(found("sip:bob@example.com"), None);
    assert_eq!(found("tel:+15550100"), None);
    assert_eq!(found("nonsense"), None);
}
