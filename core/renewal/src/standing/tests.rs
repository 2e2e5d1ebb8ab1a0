//! Every state of a name against everything that happens to it.

use super::*;

const HERE: &str = "https://ca.example/directory";
const DAY: Duration = Duration::from_secs(86_400);

fn at(seconds: u64) -> WallTime {
    WallTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn facts(seconds: u64) -> Facts {
    Facts {
        names: vec!["sip.example".to_owned()],
        issuer: "CN=an authority".to_owned(),
        from: at(0),
        until: at(seconds),
        identifier: None,
    }
}

fn given(seconds: u64) -> Standing {
    let mut standing = Standing::new("sip.example");
    standing.given(facts(seconds), HERE, at(0));
    standing
}

#[test]
fn a_name_without_a_certificate_is_asked_for_at_once() {
    assert!(Standing::new("sip.example").is_due(HERE, at(0)));
}

#[test]
fn a_certificate_is_renewed_once_two_thirds_of_its_lifetime_are_over() {
    let standing = given(90);
    assert!(!standing.is_due(HERE, at(59)));
    assert!(standing.is_due(HERE, at(60)));
}

#[test]
fn a_certificate_of_another_authority_is_replaced_at_once() {
    assert!(given(90).is_due("https://other.example/directory", at(1)));
}

#[test]
fn pauses_double_from_five_minutes_to_a_day() {
    let mut standing = Standing::new("sip.example");
    let mut pauses = Vec::new();
    for _ in 0..12 {
        standing.refused("it is away", None, at(0));
        pauses.push(standing.next(HERE).saturating_since(at(0)).as_secs() / 60);
    }
    let expected = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440, 1_440];
    assert_eq!(pauses, expected);
    standing.failures = u32::MAX;
    standing.refused("it is away", None, at(0));
    assert_eq!(standing.next(HERE), at(0) + LONGEST_PAUSE);
}

#[test]
fn pauses_are_shorter_where_the_certificate_is_short_lived() {
    let mut standing = given(60);
    standing.refused("it is away", None, at(40));
    assert_eq!(standing.next(HERE), at(42));
    standing.refused("it is away", None, at(42));
    assert_eq!(standing.next(HERE), at(46));
}

#[test]
fn an_authority_that_asks_for_a_pause_gets_it_up_to_a_day() {
    for (asked, pause) in [(1, 300), (3_600, 3_600), (7 * 86_400, 86_400)] {
        let mut standing = Standing::new("sip.example");
        standing.refused("too many", Some(Duration::from_secs(asked)), at(0));
        assert_eq!(standing.next(HERE), at(pause));
    }
}

#[test]
fn a_failure_leaves_the_certificate_and_says_why() {
    let mut standing = given(90);
    standing.refused(&"x".repeat(PROBLEM_MAX + 1), None, at(60));
    assert_eq!(standing.facts, Some(facts(90)));
    assert_eq!(standing.tried, Some(at(60)));
    assert_eq!(standing.problem.map(|text| text.len()), Some(PROBLEM_MAX));
}

#[test]
fn a_success_forgets_failures_advice_and_warnings() {
    let mut standing = given(90);
    standing.refused("it is away", None, at(60));
    standing.advise((at(1), at(2)), 7);
    assert!(standing.warns(at(89)));
    standing.given(facts(90), HERE, at(89));
    assert_eq!(
        standing,
        Standing {
            tried: Some(at(89)),
            ..given(90)
        }
    );
}

// rfc: 9773 §4.2 a moment within the window that the authority suggests
#[test]
fn advice_is_followed_within_its_window_and_before_the_last_sixth() {
    let mut standing = given(600);
    standing.advise((at(100), at(110)), 12_345);
    assert_eq!(standing.next(HERE), at(100) + Duration::from_millis(2_345));
    standing.advise((at(100), at(100)), 12_345);
    assert_eq!(standing.next(HERE), at(100));
    standing.advise((at(590), at(599)), 0);
    assert_eq!(standing.next(HERE), at(500));
}

#[test]
fn advice_of_the_past_is_followed_after_a_pause_and_not_without_end() {
    let mut standing = given(1_440 * 60);
    standing.advise((WallTime::MIN, WallTime::MIN), 0);
    assert_eq!(standing.next(HERE), at(60));
}

#[test]
fn advice_is_asked_for_again_once_it_holds_no_more() {
    let mut standing = given(600);
    assert!(
        !standing.wants_advice(HERE, at(1)),
        "nothing names the certificate"
    );
    let named = Some(("a".to_owned(), "b".to_owned()));
    standing.facts = Some(Facts {
        identifier: named,
        ..facts(600)
    });
    assert!(standing.wants_advice(HERE, at(1)));
    assert!(!standing.wants_advice("https://other.example/directory", at(1)));
    standing.advice_until = Some(at(60));
    assert!(!standing.wants_advice(HERE, at(59)));
    assert!(standing.wants_advice(HERE, at(60)));
}

#[test]
fn whoever_asks_is_heard_at_once_whatever_has_failed() {
    let mut standing = given(90);
    standing.refused("it is away", Some(DAY), at(60));
    standing.ask(at(61));
    assert!(standing.is_due(HERE, at(61)));
    standing.refused("it is away", None, at(61));
    assert_eq!(standing.failures, 1);
}

#[test]
fn it_is_told_once_that_little_is_left() {
    let mut standing = given(60);
    assert!(!standing.warns(at(50)));
    assert!(standing.warns(at(51)));
    assert!(!standing.warns(at(52)));
    assert!(!Standing::new("sip.example").warns(at(0)));
}

#[test]
fn what_is_kept_of_a_name_is_read_again() {
    let mut standing = given(90);
    standing.refused("it is away", None, at(60));
    let text = serde_json::to_string(&standing).unwrap_or_default();
    assert_eq!(serde_json::from_str::<Standing>(&text).ok(), Some(standing));
}
