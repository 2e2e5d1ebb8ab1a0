//! Whom a message would reach, asked beforehand.

use super::*;
use crate::transaction::Sought;

const BRANCH: &str = "z9hG4bKinvite";

fn seek(bench: &Bench, text: &str) -> Sought {
    let message = Message::parse(text.to_owned().into(), &MessageLimits::DEFAULT).unwrap();
    bench.transactions.seek(&message)
}

#[test]
fn a_request_its_ack_and_its_cancel_find_the_owner_of_the_invite() {
    let mut bench = Bench::new();
    let invite = request("INVITE", BRANCH, udp());
    assert_eq!(seek(&bench, &invite), Sought::Nothing);
    let (key, _) = bench.asked(udp(), &invite);
    assert_eq!(seek(&bench, &invite), Sought::Transaction);
    bench.transactions.adopt(key, Owner(42));
    for method in ["INVITE", "ACK", "CANCEL"] {
        let sought = seek(&bench, &request(method, BRANCH, udp()));
        assert_eq!(sought, Sought::Owned(Owner(42)), "{method}");
    }
    for method in ["BYE", "REGISTER"] {
        let sought = seek(&bench, &request(method, BRANCH, udp()));
        assert_eq!(sought, Sought::Nothing, "{method}");
    }
}

#[test]
fn a_response_finds_the_owner_of_the_request_and_a_stray_one_nobody() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(udp(), "INVITE");
    let answer = response("INVITE", &branch, 180, "a");
    assert_eq!(seek(&bench, &answer), Sought::Owned(Owner(7)));
    let stray = response("INVITE", BRANCH, 180, "a");
    assert_eq!(seek(&bench, &stray), Sought::Nothing);
}
