//! Client transactions (RFC 3261 §17.1, RFC 6026 §7.2): timers by letter, ACK, forks.

use super::*;

const LIFE_MS: u64 = 32_000;

// rfc: 3261 §17.1.1.2
#[test]
fn timer_a_repeats_an_invite_with_doubling_gaps_until_timer_b() {
    let mut bench = Bench::new();
    let begin = bench.now;
    bench.ask(udp(), "INVITE");
    bench.pass_ms(LIFE_MS - 1);
    assert_eq!(
        bench.sent_at(begin),
        [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]
    );
    assert_eq!(bench.told(), [""; 0]);
    bench.pass_ms(1);
    assert_eq!(bench.told(), ["timed out"], "timer B");
    let figures = bench.transactions.figures();
    assert_eq!((figures.timed_out, figures.clients), (1, 0));
    assert_eq!(figures.repeated, 6);
    assert_eq!(bench.transactions.next_deadline(), None);
}

// rfc: 3261 §17.1.1.2
#[test]
fn on_a_stream_nothing_is_repeated_and_timer_b_still_ends_the_wait() {
    for method in ["INVITE", "OPTIONS"] {
        let mut bench = Bench::new();
        let begin = bench.now;
        bench.ask(tcp(), method);
        bench.pass_ms(LIFE_MS);
        assert_eq!(bench.sent_at(begin), [0], "{method}");
        assert_eq!(bench.told(), ["timed out"], "{method}");
    }
}

// rfc: 3261 §17.1.2.2
#[test]
fn timer_e_repeats_another_request_with_gaps_up_to_four_seconds_until_timer_f() {
    let mut bench = Bench::new();
    let begin = bench.now;
    bench.ask(udp(), "OPTIONS");
    bench.pass_ms(LIFE_MS);
    assert_eq!(
        bench.sent_at(begin),
        [
            0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500
        ]
    );
    assert_eq!(bench.told(), ["timed out"], "timer F");
}

// rfc: 3261 §17.1.2.2
#[test]
fn after_a_provisional_response_timer_e_waits_t2_and_timer_f_keeps_its_time() {
    let mut bench = Bench::new();
    let begin = bench.now;
    let (_, branch) = bench.ask(udp(), "OPTIONS");
    bench.pass_ms(600);
    bench.hear(udp(), &response("OPTIONS", &branch, 100, "a"));
    bench.pass_ms(10_000);
    assert_eq!(bench.sent_at(begin), [0, 500, 4_600, 8_600]);
    bench.pass_ms(LIFE_MS);
    assert_eq!(bench.told(), ["100", "timed out"]);
}

// rfc: 3261 §17.1.1.2
#[test]
fn a_provisional_response_ends_the_repetition_of_an_invite_and_its_time_limit() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 180, "a"));
    assert_eq!(bench.transactions.next_deadline(), None);
    bench.pass_ms(600_000);
    bench.hear(udp(), &response("INVITE", &branch, 200, "a"));
    assert_eq!(bench.told(), ["180", "200"]);
    assert_eq!(bench.sent(), ["INVITE"]);
}

// rfc: 3261 §17.1.1.3
#[test]
fn a_refusal_is_acknowledged_hop_by_hop_and_again_until_timer_d() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 486, "busy"));
    let ack = read(&bench.sent.pop().unwrap().1);
    assert_eq!(ack.method(), Some(Method::Ack));
    assert_eq!(ack.top_via().unwrap().branch(), Some(branch.as_str()));
    assert_eq!(ack.vias().unwrap().len(), 1);
    assert_eq!(ack.to().unwrap().tag(), Some("busy"));
    assert_eq!(ack.cseq().unwrap().to_string(), "1 ACK");
    assert_eq!(ack.request_uri().unwrap().as_str(), "sip:a@example.com");
    bench.sent.clear();
    bench.pass_ms(31_000);
    bench.hear(udp(), &response("INVITE", &branch, 486, "busy"));
    assert_eq!(bench.sent(), ["ACK"], "the refusal came again");
    assert_eq!(bench.told(), ["486"], "and is told once");
    bench.pass_ms(1_000);
    assert_eq!(bench.transactions.figures().clients, 0, "timer D");
    bench.hear(udp(), &response("INVITE", &branch, 486, "busy"));
    assert_eq!(bench.sent(), [""; 0]);
    assert_eq!(bench.transactions.figures().stray_responses, 1);
}

// rfc: 3261 §17.1.1.2
#[test]
fn on_a_stream_timers_d_and_k_are_zero() {
    for (method, status, sent) in [("INVITE", 486, 2), ("OPTIONS", 200, 1)] {
        let mut bench = Bench::new();
        let (_, branch) = bench.ask(tcp(), method);
        bench.hear(tcp(), &response(method, &branch, status, "a"));
        assert_eq!(bench.sent().len(), sent, "{method}");
        assert_eq!(bench.transactions.figures().clients, 0, "{method}");
        assert_eq!(bench.transactions.next_deadline(), None, "{method}");
    }
}

// rfc: 3261 §17.1.2.2
#[test]
fn timer_k_absorbs_repeated_answers_for_five_seconds() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(udp(), "OPTIONS");
    bench.hear(udp(), &response("OPTIONS", &branch, 200, "a"));
    bench.pass_ms(4_999);
    bench.hear(udp(), &response("OPTIONS", &branch, 200, "a"));
    assert_eq!(bench.told(), ["200"]);
    assert_eq!(bench.transactions.figures().absorbed, 1);
    bench.pass_ms(1);
    assert_eq!(bench.transactions.figures().clients, 0);
    assert_eq!(bench.sent(), ["OPTIONS"], "nothing was repeated");
}

// rfc: 6026 §8.4
#[test]
fn an_accepted_invite_waits_for_forks_until_timer_m() {
    let mut bench = Bench::new();
    let (key, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 200, "one"));
    let ack = bytes::Bytes::from(request("ACK", "z9hG4bKack", udp()));
    bench.transactions.acknowledge(key, "one", udp(), ack);
    bench.collect();
    bench.hear(udp(), &response("INVITE", &branch, 200, "two"));
    assert_eq!(bench.told(), ["200", "200"], "each fork is told");
    assert_eq!(bench.sent(), ["INVITE", "ACK"]);
    bench.pass_ms(20_000);
    bench.hear(udp(), &response("INVITE", &branch, 200, "one"));
    assert_eq!(
        bench.sent(),
        ["ACK"],
        "an acknowledged one is answered here"
    );
    assert_eq!(bench.told(), [""; 0]);
    bench.hear(udp(), &response("INVITE", &branch, 200, "two"));
    assert_eq!(bench.told(), ["200"], "one without ACK is told again");
    bench.pass_ms(12_000);
    assert_eq!(bench.transactions.figures().clients, 0, "timer M");
}

// rfc: 6026 §8.4
#[test]
fn timer_m_runs_on_streams_too() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(tcp(), "INVITE");
    bench.hear(tcp(), &response("INVITE", &branch, 200, "a"));
    assert_eq!(
        bench.transactions.next_deadline(),
        Some(bench.now + Duration::from_secs(32))
    );
}

// rfc: 3261 §17.1.4
#[test]
fn a_broken_connection_is_told_to_those_who_wait_on_it_and_to_nobody_else() {
    let mut bench = Bench::new();
    bench.ask(tcp(), "INVITE");
    bench.ask(tcp(), "OPTIONS");
    let other = Flow {
        connection: 4,
        ..tcp()
    };
    bench.ask(other, "OPTIONS");
    bench.ask(udp(), "OPTIONS");
    let (_, answered) = bench.ask(tcp(), "INVITE");
    bench.hear(tcp(), &response("INVITE", &answered, 200, "a"));
    assert_eq!(bench.told(), ["200"]);
    let now = bench.now;
    bench.transactions.failed(tcp(), now);
    bench.collect();
    assert_eq!(bench.told(), ["transport failed", "transport failed"]);
    assert_eq!(bench.transactions.figures().clients, 3);
    assert_eq!(bench.transactions.figures().transport_failed, 2);
}

// rfc: 3261 §17.1.3
#[test]
fn a_response_belongs_by_branch_and_method_and_must_be_in_order() {
    let mut bench = Bench::new();
    let (_, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("OPTIONS", &branch, 200, "a"));
    bench.hear(udp(), &response("CANCEL", &branch, 200, "a"));
    bench.hear(udp(), &response("INVITE", "z9hG4bKforeign", 200, "a"));
    bench.hear(udp(), &response("INVITE", &branch.to_uppercase(), 200, "a"));
    assert_eq!(bench.transactions.figures().stray_responses, 4);
    let two_hops = response("INVITE", &branch, 200, "a").replace(
        "From:",
        "Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKnext\r\nFrom:",
    );
    bench.hear(udp(), &two_hops);
    let broken = response("INVITE", &branch, 200, "a").replace("CSeq: 1", "CSeq: x");
    bench.hear(udp(), &broken);
    assert_eq!(bench.transactions.figures().malformed, 2);
    assert_eq!(bench.told(), [""; 0]);
}

#[test]
fn an_invite_that_nobody_waits_for_ends_although_it_was_proceeding() {
    let mut bench = Bench::new();
    let (key, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 180, "a"));
    let now = bench.now;
    bench.transactions.forsake(key, now);
    bench.pass_ms(LIFE_MS);
    assert_eq!(bench.transactions.figures().clients, 0);
    let (key, branch) = bench.ask(udp(), "INVITE");
    bench.hear(udp(), &response("INVITE", &branch, 180, "a"));
    let now = bench.now;
    bench.transactions.forsake(key, now);
    bench.hear(udp(), &response("INVITE", &branch, 487, "a"));
    assert_eq!(
        bench.sent().last().unwrap(),
        "ACK",
        "a refusal is acknowledged"
    );
}

#[test]
fn an_abandoned_request_is_forgotten_with_its_timers() {
    let mut bench = Bench::new();
    let (key, _) = bench.ask(tcp(), "OPTIONS");
    bench.transactions.abandon(key);
    assert_eq!(bench.transactions.figures().clients, 0);
    assert_eq!(bench.transactions.next_deadline(), None);
    let now = bench.now;
    bench.transactions.failed(tcp(), now);
    bench.collect();
    assert_eq!(bench.told(), [""; 0]);
}
