//! Server transactions (RFC 3261 §17.2, RFC 6026 §7.1): timers by letter, repetitions, ACK.

use super::*;

const BRANCH: &str = "z9hG4bKserver";

fn ack(branch: &str) -> String {
    request("ACK", branch, udp())
}

// rfc: 3261 §17.2.1
#[test]
fn an_invite_without_an_answer_gets_100_after_200_milliseconds() {
    let mut bench = Bench::new();
    let begin = bench.now;
    let (_, _) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    bench.pass_ms(199);
    assert_eq!(bench.sent(), [""; 0]);
    bench.pass_ms(1);
    let trying = read(&bench.sent[0].1);
    assert_eq!(
        (trying.status(), trying.to().unwrap().tag()),
        (Some(100), None)
    );
    assert_eq!(bench.sent_at(begin), [200]);
    assert_eq!(bench.transactions.next_deadline(), None);
}

// rfc: 3261 §17.2.1
#[test]
fn no_100_follows_an_answer_of_the_owner() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    bench.answer(key, &invite, 180);
    bench.pass_ms(10_000);
    assert_eq!(bench.sent(), ["180"]);
}

// rfc: 3261 §17.2.1
#[test]
fn a_repeated_invite_is_answered_with_the_last_provisional_response() {
    let mut bench = Bench::new();
    let text = request("INVITE", BRANCH, udp());
    let (key, invite) = bench.asked(udp(), &text);
    bench.hear(udp(), &text);
    assert_eq!(bench.sent(), [""; 0], "there is none yet");
    bench.answer(key, &invite, 180);
    bench.answer(key, &invite, 183);
    bench.hear(udp(), &text);
    assert_eq!(bench.sent(), ["180", "183", "183"]);
    assert_eq!(bench.told(), [""; 0]);
    assert_eq!(bench.transactions.figures().absorbed, 2);
}

// rfc: 3261 §17.2.1
#[test]
fn timer_g_repeats_a_refusal_with_gaps_up_to_four_seconds_until_timer_h() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    let begin = bench.now;
    bench.answer(key, &invite, 486);
    bench.pass_ms(32_000);
    assert_eq!(
        bench.sent_at(begin),
        [
            0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500
        ]
    );
    assert_eq!(bench.told(), ["server timed out"], "timer H");
    let figures = bench.transactions.figures();
    assert_eq!((figures.unacknowledged, figures.servers), (1, 0));
}

// rfc: 3261 §17.2.1
#[test]
fn on_a_stream_timer_g_does_not_run_and_timer_h_does() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(tcp(), &request("INVITE", BRANCH, tcp()));
    bench.answer(key, &invite, 486);
    bench.pass_ms(32_000);
    assert_eq!(bench.sent(), ["486"]);
    assert_eq!(bench.told(), ["server timed out"]);
}

// rfc: 3261 §17.2.1
#[test]
fn the_ack_of_a_refusal_ends_timer_g_and_timer_i_absorbs_more_of_them() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    bench.answer(key, &invite, 486);
    bench.hear(udp(), &ack(BRANCH));
    bench.pass_ms(4_999);
    bench.hear(udp(), &ack(BRANCH));
    assert_eq!(bench.told(), [""; 0]);
    assert_eq!(bench.sent(), ["486"]);
    assert_eq!(bench.transactions.figures().servers, 1);
    bench.pass_ms(1);
    assert_eq!(bench.transactions.figures().servers, 0, "timer I");
}

// rfc: 3261 §17.2.1
#[test]
fn on_a_stream_timers_i_and_j_are_zero() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(tcp(), &request("INVITE", BRANCH, tcp()));
    bench.answer(key, &invite, 486);
    bench.hear(tcp(), &request("ACK", BRANCH, tcp()));
    let (key, options) = bench.asked(tcp(), &request("OPTIONS", BRANCH, tcp()));
    bench.answer(key, &options, 200);
    assert_eq!(bench.transactions.figures().servers, 0);
    assert_eq!(bench.transactions.next_deadline(), None);
    assert_eq!(bench.told(), [""; 0]);
}

// rfc: 3261 §17.2.2
#[test]
fn timer_j_repeats_the_answer_to_a_repeated_request_for_32_seconds() {
    let mut bench = Bench::new();
    let text = request("OPTIONS", BRANCH, udp());
    let (key, options) = bench.asked(udp(), &text);
    bench.hear(udp(), &text);
    assert_eq!(bench.sent(), [""; 0]);
    bench.answer(key, &options, 200);
    bench.pass_ms(31_999);
    bench.hear(udp(), &text);
    assert_eq!(bench.sent(), ["200", "200"]);
    bench.pass_ms(1);
    assert_eq!(bench.transactions.figures().servers, 0);
    bench.hear(udp(), &text);
    assert_eq!(
        bench.told(),
        ["request OPTIONS"],
        "after that it is a new one"
    );
}

#[test]
fn a_request_its_owner_never_answers_is_given_up_when_the_client_has() {
    let mut bench = Bench::new();
    bench.asked(udp(), &request("OPTIONS", BRANCH, udp()));
    bench.pass_ms(31_999);
    assert_eq!(bench.told(), [""; 0]);
    bench.pass_ms(1);
    assert_eq!(bench.told(), ["server timed out"]);
}

// rfc: 6026 §8.7
#[test]
fn timer_l_absorbs_an_accepted_invite_and_lets_its_acks_through() {
    for flow in [udp(), tcp()] {
        let mut bench = Bench::new();
        let text = request("INVITE", BRANCH, flow);
        let (key, invite) = bench.asked(flow, &text);
        bench.answer(key, &invite, 200);
        bench.hear(flow, &text);
        assert_eq!(bench.sent(), ["200"], "its repetition is the usage's work");
        bench.hear(flow, &request("ACK", BRANCH, flow));
        bench.hear(flow, &request("ACK", "z9hG4bKanother", flow));
        assert_eq!(bench.told(), ["stray ACK", "stray ACK"]);
        bench.answer(key, &invite, 200);
        assert_eq!(bench.sent(), ["200"], "the usage repeats it");
        bench.answer(key, &invite, 486);
        bench.answer(key, &invite, 180);
        assert_eq!(bench.sent(), [""; 0], "it cannot be taken back");
        bench.pass_ms(31_999);
        assert_eq!(bench.transactions.figures().servers, 1);
        bench.pass_ms(1);
        assert_eq!(bench.transactions.figures().servers, 0);
    }
}

#[test]
fn a_second_final_response_is_dropped() {
    let mut bench = Bench::new();
    let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
    bench.answer(key, &invite, 486);
    bench.answer(key, &invite, 200);
    bench.answer(key, &invite, 180);
    let (key, options) = bench.asked(udp(), &request("OPTIONS", BRANCH, udp()));
    bench.answer(key, &options, 200);
    bench.answer(key, &options, 404);
    assert_eq!(bench.sent(), ["486", "200"]);
}

// rfc: 3261 §8.2.6.2
#[test]
fn every_answer_to_one_request_has_the_same_tag_also_after_a_restart() {
    let tag = |bench: &mut Bench, status| {
        let (key, invite) = bench.asked(udp(), &request("INVITE", BRANCH, udp()));
        bench.answer(key, &invite, status);
        let answer = read(&bench.sent.pop().unwrap().1);
        answer.to().unwrap().tag().unwrap().to_owned()
    };
    let (mut one, mut other) = (Bench::new(), Bench::new());
    assert_eq!(tag(&mut one, 486), tag(&mut other, 200));
}

#[test]
fn a_malformed_request_is_answered_without_state() {
    let mut bench = Bench::new();
    let text = request("INVITE", BRANCH, udp()).replace("CSeq: 1 INVITE", "CSeq: 1 BYE");
    bench.hear(udp(), &text);
    bench.hear(udp(), &text);
    let tags: Vec<_> = bench
        .sent
        .iter()
        .map(|(_, sent)| read(sent).to().unwrap().tag().map(str::to_owned))
        .collect();
    assert_eq!(tags[0], tags[1], "the same request gets the same tag");
    assert_eq!(bench.sent(), ["400", "400"]);
    let figures = bench.transactions.figures();
    assert_eq!((figures.malformed, figures.servers), (2, 0));
    assert_eq!(bench.told(), [""; 0]);
}

// rfc: 3261 §17.2.3
#[test]
fn an_old_client_is_known_without_a_branch_of_its_own() {
    let mut bench = Bench::new();
    let old = request("INVITE", "1", udp()).replace(";branch=1", "");
    let (key, invite) = bench.asked(udp(), &old);
    bench.answer(key, &invite, 486);
    bench.hear(udp(), &old);
    bench.hear(udp(), &old.replace("INVITE", "ACK"));
    assert_eq!(bench.sent(), ["486", "486"]);
    assert_eq!(bench.told(), [""; 0], "the ACK was matched");
    let other = old.replace("CSeq: 1", "CSeq: 2");
    bench.asked(udp(), &other);
}

// rfc: 3261 §17.2.3
#[test]
fn the_same_branch_from_another_sender_or_for_another_method_is_another_request() {
    let mut bench = Bench::new();
    let text = request("OPTIONS", BRANCH, udp());
    bench.asked(udp(), &text);
    bench.asked(udp(), &request("INFO", BRANCH, udp()));
    let stranger = text
        .replace("192.0.2.9:5070", "192.0.2.10:5070")
        .replace("Call-ID: ", "Call-ID: x");
    bench.asked(udp(), &stranger);
    bench.hear(
        udp(),
        &text.replace(BRANCH, &BRANCH.to_uppercase()).replacen(
            &format!("Call-ID: {}", BRANCH.to_uppercase()),
            &format!("Call-ID: {BRANCH}"),
            1,
        ),
    );
    assert_eq!(bench.told(), [""; 0], "a branch is compared without case");
    assert_eq!(bench.transactions.figures().servers, 3);
}
