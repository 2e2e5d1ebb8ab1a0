//! NOTIFYs that are refused, or not answered at all (RFC 6665 §4.2.2).

use super::*;

// rfc: 5057 §5.1
#[test]
fn a_peer_that_knows_nothing_of_it_ends_it() {
    for status in [404, 408, 410, 481, 489, 501] {
        let mut bench = Bench::subscribed();
        assert!(bench.tell("second"));
        assert_eq!(bench.answer(status), Heard::Over, "{status}");
    }
}

#[test]
fn a_peer_that_never_answers_ends_it_after_32_seconds() {
    let mut bench = Bench::subscribed();
    assert!(bench.tell("second"));
    for _ in 0..40 {
        if bench.pass(Duration::from_secs(1)) == Heard::Over {
            assert_eq!(bench.now, Instant::from_secs(1_032));
            return;
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn a_peer_that_cannot_take_it_now_is_told_again_when_it_asks_for() {
    let mut bench = Bench::subscribed();
    assert!(bench.tell("second"));
    assert_eq!(
        bench.answer_with(503, "Retry-After: 20\r\n"),
        Heard::Nothing
    );
    assert!(!bench.tell("third"), "it waits");
    let wanted = bench.one.as_ref().unwrap().deadline();
    assert_eq!(wanted, Some(bench.now + Duration::from_secs(20)));
    bench.pass(Duration::from_secs(20));
    let heard = bench.one.as_mut().unwrap().expire(bench.now);
    assert_eq!(heard, Heard::TellAgain);
    assert!(bench.tell("third"));
    assert_eq!(bench.answer(200), Heard::Nothing);
}

#[test]
fn a_peer_that_refuses_again_and_again_is_given_up() {
    let mut bench = Bench::subscribed();
    for _ in 0..4 {
        assert!(bench.tell("second"));
        assert_eq!(bench.answer(500), Heard::Nothing);
        bench.pass(Duration::from_secs(5));
        bench.one.as_mut().unwrap().expire(bench.now);
    }
    assert!(bench.tell("second"));
    assert_eq!(bench.answer(500), Heard::Over);
}
