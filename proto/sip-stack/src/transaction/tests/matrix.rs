//! Every state of the four machines × every input: what is sent and told.
//!
//! A line is a state, a column an input; a cell says what is sent, then what is told; `-` nothing.

use super::*;

/// What happens to a transaction.
#[derive(Clone, Copy)]
enum Input {
    /// A response comes, of a fork.
    Response(u16, &'static str),
    /// The request comes again.
    Again,
    /// An ACK on the branch of the request.
    Ack,
    /// A CANCEL on the branch of the request.
    Cancel,
    /// The owner answers.
    Answer(u16),
    /// The transport fails.
    Failure,
    /// So many seconds pass.
    Pass(u64),
}
use Input::{Ack, Again, Answer, Cancel, Failure, Pass, Response};

/// A transaction of one kind in a bench of its own.
struct Subject {
    bench: Bench,
    method: &'static str,
    flow: Flow,
    branch: String,
    /// For a server transaction.
    server: Option<(ServerKey, Message)>,
}

impl Subject {
    fn client(method: &'static str, flow: Flow) -> Self {
        let mut bench = Bench::new();
        let (_, branch) = bench.ask(flow, method);
        Self {
            bench,
            method,
            flow,
            branch,
            server: None,
        }
    }

    fn server(method: &'static str, flow: Flow) -> Self {
        let (mut bench, branch) = (Bench::new(), "z9hG4bKmatrix".to_owned());
        let server = bench.asked(flow, &request(method, &branch, flow));
        Self {
            bench,
            method,
            flow,
            branch,
            server: Some(server),
        }
    }

    fn take(&mut self, input: Input) {
        let (flow, branch) = (self.flow, self.branch.as_str());
        match input {
            Response(status, tag) => {
                let text = response(self.method, branch, status, tag);
                self.bench.hear(flow, &text);
            }
            Again => self.bench.hear(flow, &request(self.method, branch, flow)),
            Ack => self.bench.hear(flow, &request("ACK", branch, flow)),
            Cancel => self.bench.hear(flow, &request("CANCEL", branch, flow)),
            Answer(status) => {
                let (key, message) = self.server.as_ref().unwrap();
                self.bench.answer(*key, message, status);
            }
            Failure => {
                let now = self.bench.now;
                self.bench.transactions.failed(flow, now);
                self.bench.collect();
            }
            Pass(seconds) => self.bench.pass_ms(seconds * 1_000),
        }
    }
}

/// The table of one machine.
fn table(
    begin: impl Fn() -> Subject,
    states: &[(&str, &[Input])],
    inputs: &[(&str, Input)],
) -> Vec<String> {
    let cell = |way: &[Input], input: Input| {
        let mut subject = begin();
        way.iter().for_each(|step| subject.take(*step));
        subject.bench.sent.clear();
        subject.bench.told.clear();
        subject.take(input);
        let out = [subject.bench.sent(), subject.bench.told()].concat();
        if out.is_empty() {
            "-".to_owned()
        } else {
            out.join(", ")
        }
    };
    states
        .iter()
        .map(|(state, way)| {
            let cells = inputs
                .iter()
                .map(|(name, input)| format!("{name}: {}", cell(way, *input)));
            format!("{state} | {}", cells.collect::<Vec<_>>().join(" | "))
        })
        .collect()
}

const CLIENT_INPUTS: &[(&str, Input)] = &[
    ("1xx", Response(180, "a")),
    ("2xx", Response(200, "a")),
    ("2xx of a fork", Response(200, "b")),
    ("refusal", Response(486, "a")),
    ("failure", Failure),
    ("33 s", Pass(33)),
];

#[test]
fn an_invite_client_transaction() {
    let states: &[(&str, &[Input])] = &[
        ("Calling", &[]),
        ("Proceeding", &[Response(180, "a")]),
        ("Completed", &[Response(486, "a")]),
        ("Accepted", &[Response(200, "a")]),
        ("Terminated", &[Response(486, "a"), Pass(33)]),
    ];
    assert_eq!(
        table(|| Subject::client("INVITE", udp()), states, CLIENT_INPUTS),
        [
            "Calling | 1xx: 180 | 2xx: 200 | 2xx of a fork: 200 | refusal: ACK, 486 \
             | failure: transport failed | 33 s: INVITE, INVITE, INVITE, INVITE, INVITE, \
             INVITE, timed out",
            "Proceeding | 1xx: 180 | 2xx: 200 | 2xx of a fork: 200 | refusal: ACK, 486 \
             | failure: transport failed | 33 s: -",
            "Completed | 1xx: - | 2xx: - | 2xx of a fork: - | refusal: ACK | failure: - | 33 s: -",
            "Accepted | 1xx: - | 2xx: 200 | 2xx of a fork: 200 | refusal: - | failure: - | 33 s: -",
            "Terminated | 1xx: - | 2xx: - | 2xx of a fork: - | refusal: - | failure: - | 33 s: -",
        ]
    );
}

#[test]
fn a_non_invite_client_transaction() {
    let states: &[(&str, &[Input])] = &[
        ("Trying", &[]),
        ("Proceeding", &[Response(180, "a")]),
        ("Completed", &[Response(486, "a")]),
        ("Terminated", &[Response(486, "a"), Pass(6)]),
    ];
    assert_eq!(
        table(
            || Subject::client("INFO", tcp()),
            &states[..2],
            CLIENT_INPUTS
        ),
        [
            "Trying | 1xx: 180 | 2xx: 200 | 2xx of a fork: 200 | refusal: 486 \
             | failure: transport failed | 33 s: timed out",
            "Proceeding | 1xx: 180 | 2xx: 200 | 2xx of a fork: 200 | refusal: 486 \
             | failure: transport failed | 33 s: timed out",
        ]
    );
    assert_eq!(
        table(
            || Subject::client("INFO", udp()),
            &states[2..],
            CLIENT_INPUTS
        ),
        [
            "Completed | 1xx: - | 2xx: - | 2xx of a fork: - | refusal: - | failure: - | 33 s: -",
            "Terminated | 1xx: - | 2xx: - | 2xx of a fork: - | refusal: - | failure: - | 33 s: -",
        ]
    );
}

const SERVER_INPUTS: &[(&str, Input)] = &[
    ("again", Again),
    ("ACK", Ack),
    ("CANCEL", Cancel),
    ("answer 1xx", Answer(180)),
    ("answer 2xx", Answer(200)),
    ("refuse", Answer(486)),
    ("33 s", Pass(33)),
];

#[test]
fn an_invite_server_transaction() {
    let states: &[(&str, &[Input])] = &[
        ("Fresh", &[]),
        ("Proceeding", &[Answer(183)]),
        ("Completed", &[Answer(404)]),
        ("Confirmed", &[Answer(404), Ack]),
        ("Accepted", &[Answer(200)]),
        ("Terminated", &[Answer(200), Pass(33)]),
    ];
    assert_eq!(
        table(|| Subject::server("INVITE", udp()), states, SERVER_INPUTS),
        [
            "Fresh | again: - | ACK: stray ACK | CANCEL: 200, cancelled | answer 1xx: 180 \
             | answer 2xx: 200 | refuse: 486 | 33 s: 100",
            "Proceeding | again: 183 | ACK: stray ACK | CANCEL: 200, cancelled | answer 1xx: 180 \
             | answer 2xx: 200 | refuse: 486 | 33 s: -",
            "Completed | again: 404 | ACK: - | CANCEL: 200 | answer 1xx: - | answer 2xx: - \
             | refuse: - | 33 s: 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, \
             server timed out",
            "Confirmed | again: - | ACK: - | CANCEL: 200 | answer 1xx: - | answer 2xx: - \
             | refuse: - | 33 s: -",
            "Accepted | again: - | ACK: stray ACK | CANCEL: 200 | answer 1xx: - | answer 2xx: 200 \
             | refuse: - | 33 s: -",
            "Terminated | again: request INVITE | ACK: stray ACK | CANCEL: 481 | answer 1xx: - \
             | answer 2xx: - | refuse: - | 33 s: -",
        ]
    );
}

#[test]
fn a_non_invite_server_transaction() {
    let states: &[(&str, &[Input])] = &[
        ("Trying", &[]),
        ("Proceeding", &[Answer(100)]),
        ("Completed", &[Answer(404)]),
        ("Terminated", &[Answer(404), Pass(33)]),
    ];
    assert_eq!(
        table(|| Subject::server("INFO", udp()), states, SERVER_INPUTS),
        [
            "Trying | again: - | ACK: stray ACK | CANCEL: 481 | answer 1xx: 180 | answer 2xx: 200 \
             | refuse: 486 | 33 s: server timed out",
            "Proceeding | again: 100 | ACK: stray ACK | CANCEL: 481 | answer 1xx: 180 \
             | answer 2xx: 200 | refuse: 486 | 33 s: server timed out",
            "Completed | again: 404 | ACK: stray ACK | CANCEL: 481 | answer 1xx: - \
             | answer 2xx: - | refuse: - | 33 s: -",
            "Terminated | again: request INFO | ACK: stray ACK | CANCEL: 481 | answer 1xx: - \
             | answer 2xx: - | refuse: - | 33 s: -",
        ]
    );
}
