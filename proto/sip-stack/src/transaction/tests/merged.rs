//! Merged requests (RFC 3261 §8.2.2.2): one request that a proxy sent by two ways.

use super::*;

/// The request as it comes by its second way.
fn by_another_way(text: &str) -> String {
    text.replacen("branch=z9hG4bKone", "branch=z9hG4bKtwo", 1)
}

// rfc: 3261 §8.2.2.2
#[test]
fn a_request_that_is_being_served_and_comes_by_a_second_way_is_answered_482() {
    for method in ["INVITE", "MESSAGE"] {
        let mut bench = Bench::new();
        let first = request(method, "z9hG4bKone", udp());
        bench.asked(udp(), &first);
        bench.hear(udp(), &by_another_way(&first));
        assert_eq!(bench.sent(), ["482"], "{method}");
        assert_eq!(bench.told(), [""; 0], "{method}");
        let figures = bench.transactions.figures();
        assert_eq!((figures.merged, figures.servers), (1, 1));
    }
}

// rfc: 3261 §8.2.2.2
#[test]
fn an_invite_that_was_answered_with_a_call_is_not_served_twice_either() {
    let mut bench = Bench::new();
    let first = request("INVITE", "z9hG4bKone", udp());
    let (key, invite) = bench.asked(udp(), &first);
    bench.answer(key, &invite, 200);
    bench.hear(udp(), &by_another_way(&first));
    assert_eq!(bench.sent(), ["200", "482"]);
    bench.pass_ms(32_000);
    bench.asked(udp(), &by_another_way(&first));
}

#[test]
fn a_request_that_was_refused_may_come_again() {
    for method in ["INVITE", "MESSAGE"] {
        let mut bench = Bench::new();
        let first = request(method, "z9hG4bKone", udp());
        let (key, message) = bench.asked(udp(), &first);
        bench.answer(key, &message, 401);
        bench.asked(udp(), &by_another_way(&first));
        assert_eq!(bench.transactions.figures().merged, 0, "{method}");
    }
}

#[test]
fn another_number_another_sender_or_a_dialog_makes_it_another_request() {
    let first = request("INVITE", "z9hG4bKone", udp());
    let other = by_another_way(&first);
    for other in [
        other.replace("CSeq: 1", "CSeq: 2"),
        other.replace("tag=b", "tag=c"),
        other.replace("Call-ID: ", "Call-ID: 9"),
        other.replace("To: <sip:a@example.com>", "To: <sip:a@example.com>;tag=a"),
        other.replace("INVITE", "OPTIONS"),
    ] {
        let mut bench = Bench::new();
        bench.asked(udp(), &first);
        bench.asked(udp(), &other);
    }
}

// rfc: 3261 §8.2.2.2
#[test]
fn a_retransmission_is_no_merged_request() {
    let mut bench = Bench::new();
    let first = request("INVITE", "z9hG4bKone", udp());
    let (key, invite) = bench.asked(udp(), &first);
    bench.answer(key, &invite, 180);
    bench.hear(udp(), &first);
    assert_eq!(bench.sent(), ["180", "180"]);
}
