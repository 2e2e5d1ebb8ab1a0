//! Who has sent a call on, on the wire.

use crate::{Course, Diverted};
use domain::DivertReason;
use sip_message::Name;

fn diverted(number: &str, display: &str, reason: DivertReason) -> Diverted {
    Diverted {
        uri: format!("sip:{number}@acme.example"),
        display: display.to_owned(),
        reason,
    }
}

fn twice() -> [Diverted; 2] {
    [
        diverted("102", "Bert \"B\"", DivertReason::Always),
        diverted("103", "", DivertReason::NoAnswer),
    ]
}

fn course(numbers: &[Diverted], hidden: bool) -> Course<'_> {
    Course {
        numbers,
        earlier: 2,
        target: "sip:104@acme.example",
        hidden,
    }
}

fn values(headers: Vec<(Name<'static>, String)>, name: Name<'_>) -> Vec<String> {
    let of = headers.into_iter().filter(|(one, _)| *one == name);
    of.map(|(_, value)| value).collect()
}

// rfc: 5806 §4
#[test]
fn the_latest_diversion_stands_first_and_the_oldest_counts_what_was_before() {
    let numbers = twice();
    assert_eq!(
        values(course(&numbers, false).diversion(), Name::Diversion),
        [
            "<sip:103@acme.example>;reason=no-answer;counter=1;privacy=off",
            "\"Bert \\\"B\\\"\" <sip:102@acme.example>;reason=unconditional;counter=3;privacy=off",
        ]
    );
}

// rfc: 7044 §5.1
#[test]
fn a_history_begins_with_whom_the_call_was_for_and_ends_with_whom_it_is_for() {
    let numbers = twice();
    assert_eq!(
        values(course(&numbers, false).history(), Name::HistoryInfo),
        [
            "<sip:102@acme.example?Reason=SIP%3Bcause%3D302>;index=1",
            "<sip:103@acme.example;cause=302?Reason=SIP%3Bcause%3D408>;index=1.1;mp=1",
            "<sip:104@acme.example;cause=408>;index=1.1.1;mp=1.1",
        ]
    );
}

// rfc: 7044 §10.1.1
#[test]
fn who_hides_the_history_of_a_call_has_none_told_and_diversion_without_names() {
    let numbers = twice();
    let course = course(&numbers, true);
    assert!(course.history().is_empty());
    for value in values(course.diversion(), Name::Diversion) {
        assert!(value.starts_with("<sip:10"), "{value}");
        assert!(value.ends_with(";privacy=full"), "{value}");
    }
}

#[test]
fn a_call_that_did_not_go_on_tells_nothing() {
    let course = course(&[], false);
    assert!(course.diversion().is_empty() && course.history().is_empty());
}
