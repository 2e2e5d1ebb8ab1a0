//! The bounds of messages as `docs/operations/limits.md` states them: what reaches a bound is
//! read, what passes it by one is answered with the status that belongs to the bound.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use sip_message::{Limits, Message, Method, Name, Parsed, Problem, reason_phrase, response_to};

const LIMITS: Limits = Limits::DEFAULT;

/// A request made of lines, with a body.
struct Draft {
    uri: String,
    lines: Vec<String>,
    body: usize,
}

impl Draft {
    fn new() -> Self {
        let lines = [
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
            "From: <sip:b@example.com>;tag=1",
            "To: <sip:a@example.com>",
            "Call-ID: 1",
            "CSeq: 1 OPTIONS",
            "Max-Forwards: 70",
        ];
        Self {
            uri: "sip:a@example.com".to_owned(),
            lines: lines.map(str::to_owned).to_vec(),
            body: 0,
        }
    }

    fn with(mut self, line: String) -> Self {
        self.lines.push(line);
        self
    }

    fn bytes(&self) -> Bytes {
        let (lines, body) = (self.lines.join("\r\n"), "x".repeat(self.body));
        let uri = &self.uri;
        let text = format!(
            "OPTIONS {uri} SIP/2.0\r\n{lines}\r\nContent-Length: {}\r\n\r\n{body}",
            self.body
        );
        text.into()
    }
}

/// The problem of a request that is too much, after making sure that it is answered.
fn refused(draft: &Draft) -> Problem {
    refused_bytes(draft.bytes())
}

fn refused_bytes(bytes: Bytes) -> Problem {
    let (message, problem) = match Message::parse_answerable(bytes, &LIMITS) {
        Parsed::Whole(message) => {
            let problem = message.check_request().expect_err("passes the bound");
            (message, problem)
        }
        Parsed::Flawed(message, problem) => (message, problem),
        Parsed::Broken(problem) => panic!("cannot be answered: {problem}"),
    };
    assert_answered(&message, problem.status);
    problem
}

/// The answer carries the status, its phrase and what a client needs to match it.
fn assert_answered(message: &Message, status: u16) {
    let source = "192.0.2.1:5060".parse().unwrap();
    let bytes = response_to(message, status, Some("t"), source).finish();
    let line = format!("SIP/2.0 {status} {}\r\n", reason_phrase(status));
    assert!(bytes.starts_with(line.as_bytes()), "{line}");
    let answer = Message::parse(bytes, &LIMITS).unwrap();
    for name in [Name::Via, Name::From, Name::CallId, Name::CSeq] {
        assert_eq!(answer.header(name), message.header(name), "{name}");
    }
}

fn taken(draft: &Draft) -> Message {
    let message = Message::parse(draft.bytes(), &LIMITS).unwrap_or_else(|p| panic!("{p}"));
    message.check_request().unwrap_or_else(|p| panic!("{p}"));
    message
}

#[test]
fn a_message_of_65535_bytes_is_read_and_one_more_byte_is_answered_513() {
    let fill = |length: usize| {
        let mut draft = Draft::new();
        draft.body = LIMITS.body_bytes;
        let missing = length - draft.bytes().len();
        // three lines, none of them too long
        let overhead = 3 * "Z: \r\n".len();
        let each = (missing - overhead) / 3;
        let rest = missing - overhead - 2 * each;
        for length in [each, each, rest] {
            draft = draft.with(format!("Z: {}", "y".repeat(length)));
        }
        assert_eq!(draft.bytes().len(), length);
        draft
    };
    assert_eq!(LIMITS.message_bytes, 65_535);
    assert_eq!(taken(&fill(65_535)).raw().len(), 65_535);
    let problem = refused(&fill(65_536));
    assert_eq!((problem.status, problem.field), (513, "message"));
}

#[test]
fn a_message_of_128_header_lines_is_read_and_one_more_line_is_answered_513() {
    assert_eq!(LIMITS.headers, 128);
    let lines = |count: usize| {
        let mut draft = Draft::new();
        // Content-Length is a line too
        while draft.lines.len() + 1 < count {
            draft = draft.with("Z: y".to_owned());
        }
        draft
    };
    assert_eq!(taken(&lines(128)).fields().count(), 128);
    let problem = refused(&lines(129));
    assert_eq!(
        (problem.status, problem.rule),
        (513, "too many header lines")
    );
}

#[test]
fn a_header_line_of_8192_bytes_is_read_and_one_more_byte_is_answered_513() {
    assert_eq!(LIMITS.header_bytes, 8_192);
    // name, colon, space and the line's end are counted
    let long = |bytes: usize| Draft::new().with(format!("Z: {}", "y".repeat(bytes - 5)));
    let message = taken(&long(8_192));
    assert_eq!(message.header(Name::Other("Z")).unwrap().len(), 8_187);
    let problem = refused(&long(8_193));
    assert_eq!(
        (problem.status, problem.rule),
        (513, "a header line is too long")
    );
    let folded = Draft::new().with(format!(
        "Z: {}\r\n {}",
        "y".repeat(4_096),
        "z".repeat(4_096)
    ));
    assert_eq!(refused(&folded).status, 513);
}

#[test]
fn seventy_hops_are_read_and_one_more_is_answered_483() {
    assert_eq!(LIMITS.vias, 70);
    let hops = |count: usize| {
        let value = "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2";
        // some on lines of their own, some together
        let together = vec![value; count - 21].join(", ");
        let mut draft = Draft::new().with(format!("Via: {together}"));
        for _ in 0..20 {
            draft = draft.with(format!("v: {value}"));
        }
        draft
    };
    assert_eq!(taken(&hops(70)).vias().unwrap().len(), 70);
    let problem = refused(&hops(71));
    assert_eq!((problem.status, problem.field), (483, "Via"));
}

#[test]
fn a_request_uri_of_2048_bytes_is_read_and_one_more_byte_is_answered_414() {
    assert_eq!(LIMITS.uri_bytes, 2_048);
    let long = |bytes: usize| {
        let mut draft = Draft::new();
        draft.uri = format!("sip:{}@example.com", "a".repeat(bytes - 16));
        assert_eq!(draft.uri.len(), bytes);
        draft
    };
    assert_eq!(
        taken(&long(2_048)).request_uri().unwrap().as_str().len(),
        2_048
    );
    let problem = refused(&long(2_049));
    assert_eq!((problem.status, problem.field), (414, "Request-URI"));
}

#[test]
fn a_body_of_49152_bytes_is_read_and_one_more_byte_is_answered_413() {
    assert_eq!(LIMITS.body_bytes, 49_152);
    let mut draft = Draft::new();
    draft.body = 49_152;
    assert_eq!(taken(&draft).body().len(), 49_152);
    draft.body += 1;
    let problem = refused(&draft);
    assert_eq!((problem.status, problem.field), (413, "body"));
}

#[test]
fn a_body_announced_beyond_the_bound_is_answered_413_before_it_arrives() {
    let text = String::from_utf8(Draft::new().bytes().to_vec()).unwrap();
    let text = text.replace("Content-Length: 0", "Content-Length: 49153");
    assert_eq!(refused_bytes(text.into()).status, 413);
}

#[test]
fn a_list_of_64_values_is_read_and_one_more_is_answered_400() {
    assert_eq!(LIMITS.values, 64);
    for name in ["Contact", "Route", "Record-Route"] {
        let list = |count: usize| {
            let together = vec!["<sip:c@example.com;lr>"; count - 1].join(",");
            Draft::new()
                .with(format!("{name}: {together}"))
                .with(format!("{name}: <sip:d@example.com>"))
        };
        taken(&list(64));
        let problem = refused(&list(65));
        assert_eq!((problem.status, problem.field), (400, name));
        assert_eq!(problem.rule, "too many values");
    }
}

#[test]
fn a_value_of_64_parameters_is_read_and_one_more_is_answered_400() {
    assert_eq!(LIMITS.params, 64);
    for name in ["Via", "Contact", "Route", "Record-Route"] {
        let value = if name == "Via" {
            "SIP/2.0/UDP 192.0.2.2"
        } else {
            "<sip:c@example.com>"
        };
        let many =
            |count: usize| Draft::new().with(format!("{name}: {value}{}", ";x=y".repeat(count)));
        taken(&many(64));
        let problem = refused(&many(65));
        assert_eq!((problem.status, problem.field), (400, name));
        assert_eq!(problem.rule, "too many parameters");
    }
}

#[test]
fn the_ends_of_a_dialog_too_have_64_parameters_at_most() {
    for (at, name) in [(1, "From"), (2, "To")] {
        let many = |count: usize| {
            let mut draft = Draft::new();
            draft.lines[at] = format!("{name}: <sip:b@example.com>{}", ";x=y".repeat(count));
            draft
        };
        taken(&many(64));
        let problem = refused(&many(65));
        assert_eq!((problem.status, problem.field), (400, name));
    }
}

/// One request for each status that reading and checking can end with.
#[test]
fn every_status_of_a_refusal_is_earned_and_answered() {
    let line = |from: &str, to: &str| {
        let text = String::from_utf8(Draft::new().bytes().to_vec()).unwrap();
        assert!(text.contains(from), "{from}");
        Message::parse_answerable(text.replace(from, to).into(), &LIMITS)
    };
    let judge = |parsed: Parsed| {
        let (message, problem) = match parsed {
            Parsed::Flawed(message, problem) => (message, Some(problem)),
            Parsed::Whole(message) => {
                let problem = message
                    .check_method(&[Method::Options, Method::Invite])
                    .and_then(|()| message.check_request())
                    .and_then(|()| message.check_require(&["100rel"]))
                    .and_then(|()| message.check_body(&["application/sdp"]))
                    .and_then(|()| message.check_hops())
                    .err();
                (message, problem)
            }
            Parsed::Broken(problem) => panic!("cannot be answered: {problem}"),
        };
        let status = problem.map_or(200, |problem| problem.status);
        assert_answered(&message, status);
        status
    };
    let long = format!("sip:{}@example.com", "a".repeat(2_048));
    let uri = "sip:a@example.com SIP";
    let cases = [
        (200, line("OPTIONS sip:", "OPTIONS sip:")),
        (400, line("CSeq: 1 ", "CSeq: x ")),
        (400, line("OPTIONS\r\n", "INVITE\r\n")),
        (405, line("OPTIONS", "PUBLISH")),
        (413, line("Content-Length: 0", "Content-Length: 49153")),
        (414, line("sip:a@example.com SIP", &format!("{long} SIP"))),
        (416, line(uri, "mailto:a@example.com SIP")),
        (
            415,
            line(
                "Content-Length: 0\r\n\r\n",
                "c: text/plain\r\nl: 1\r\n\r\nx",
            ),
        ),
        (420, line("Max-Forwards", "Require: timer\r\nMax-Forwards")),
        (483, line("Max-Forwards: 70", "Max-Forwards: 0")),
        (501, line("OPTIONS", "DANCE")),
        (505, line("SIP/2.0\r\nVia", "SIP/7.0\r\nVia")),
        (
            513,
            line("Call-ID", &format!("Z: {}\r\nCall-ID", "y".repeat(8_192))),
        ),
    ];
    for (status, parsed) in cases {
        assert_eq!(judge(parsed), status);
    }
}
