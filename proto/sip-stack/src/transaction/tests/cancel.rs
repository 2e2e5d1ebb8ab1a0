//! CANCEL (RFC 3261 §9): which INVITE it hits, and when it still has an effect.

use super::*;

const BRANCH: &str = "z9hG4bKinvite";

fn cancel(branch: &str) -> String {
    request("CANCEL", branch, udp())
}

// rfc: 3261 §9.2
#[test]
fn a_cancel_of_an_unanswered_invite_is_answered_200_and_told_with_its_owner() {
    for ringing in [false, true] {
        let mut bench = Bench::new();
        let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
        bench.transactions.adopt(key, Owner(42));
        if ringing {
            bench.answer(key, &invite, 180);
        }
        let tag = bench.transactions.server_tag(key).to_string();
        bench.hear(udp(), &cancel(BRANCH));
        let answer = read(&bench.sent.pop().unwrap().1);
        assert_eq!(answer.status(), Some(200));
        assert_eq!(answer.cseq().unwrap().to_string(), "1 CANCEL");
        assert_eq!(
            answer.to().unwrap().tag(),
            Some(tag.as_str()),
            "§9.2: the INVITE's tag"
        );
        let Some(Event::Cancelled {
            invite: hit, owner, ..
        }) = bench.told.pop()
        else {
            panic!("it was not told");
        };
        assert_eq!((hit, owner), (key, Owner(42)));
        bench.sent.clear();
        bench.answer(key, &invite, 487);
        assert_eq!(bench.sent(), ["487"], "the owner answers the INVITE");
    }
}

// rfc: 3261 §9.2
#[test]
fn a_cancel_that_comes_too_late_is_answered_200_and_has_no_effect() {
    for status in [200, 486] {
        let mut bench = Bench::new();
        let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
        bench.answer(key, &invite, status);
        bench.sent.clear();
        bench.hear(udp(), &cancel(BRANCH));
        assert_eq!(bench.sent(), ["200"]);
        assert_eq!(bench.told(), [""; 0]);
    }
}

// rfc: 3261 §9.2
#[test]
fn a_cancel_of_nothing_is_answered_481() {
    let mut bench = Bench::new();
    bench.hear(udp(), &cancel("z9hG4bKnothing"));
    assert_eq!(bench.sent(), ["481"]);
    bench.asked(udp(), &request("OPTIONS", BRANCH, udp()));
    bench.hear(udp(), &cancel(BRANCH));
    assert_eq!(bench.sent(), ["481"], "only an INVITE can be cancelled");
    assert_eq!(bench.told(), [""; 0]);
}

#[test]
fn a_repeated_cancel_is_answered_alike_and_told_once() {
    let mut bench = Bench::new();
    bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    bench.hear(udp(), &cancel(BRANCH));
    bench.hear(udp(), &cancel(BRANCH));
    assert_eq!(bench.sent(), ["200", "200"]);
    assert_eq!(bench.told(), ["cancelled"]);
}

// rfc: 3261 §9.2
#[test]
fn a_cancel_by_another_sender_does_not_hit() {
    let mut bench = Bench::new();
    bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    let forged = cancel(BRANCH).replace("192.0.2.9:5070", "192.0.2.66:5070");
    bench.hear(udp(), &forged);
    assert_eq!(bench.sent(), ["481"]);
    assert_eq!(bench.told(), [""; 0]);
}

// rfc: 3261 §9.1
#[test]
fn our_own_cancel_has_the_branch_of_its_invite_and_a_transaction_of_its_own() {
    let mut bench = Bench::new();
    let (invite, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 180, "a"));
    let sending = Sending {
        flow: udp(),
        branch: crate::token::Branch::parse(&branch).unwrap(),
        method: Method::Cancel,
        bytes: cancel(&branch).into(),
        owner: Owner(7),
    };
    let key = bench.transactions.request(sending, bench.now);
    assert_ne!(key, invite);
    bench.hear(udp(), &response("CANCEL", &branch, 200, "a"));
    bench.hear(udp(), &response("INVITE", &branch, 487, "a"));
    assert_eq!(bench.told(), ["180", "200", "487"]);
    assert_eq!(bench.sent(), ["INVITE", "CANCEL", "ACK"]);
}
