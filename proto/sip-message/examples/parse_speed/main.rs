//! Measures reading and writing messages beside a raw ceiling and two other crates, in one run.
//!
//! `cargo run --release -p sip-message --example parse_speed [-- --json]`
//!
//! Figures are messages per second of one thread, the best of several rounds, in which all
//! contestants take turns. What counts is the thread's own time on a core where the system tells
//! it, so that other work on the machine disturbs little. `--json` prints the same figures as one
//! line of JSON.
//!
//! *Parse* is reading a received message so far that it can be asked; *typed* is parse, then the
//! headers that route it, each understood (Request-URI, top Via, From, To, Contact, Call-ID, CSeq,
//! Max-Forwards); *print* is writing the message again, header by header; *all* is typed and
//! print. The ceiling knows no grammar and no names: it finds the ends of lines and the colons
//! with vector instructions and copies what lies between them.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

mod ceiling;
mod clock;
mod ezk;
mod ours;
mod rsipstack;
mod table;

use bytes::Bytes;

use clock::Clock;
use table::{Rates, Row};

/// How often each contestant has its turn.
const ROUNDS: u32 = 9;
/// How long a turn is, in nanoseconds.
const TURN: u64 = 25_000_000;
/// Messages between two looks at the clock.
const BATCH: u32 = 200;

/// One thing to be measured: what it is called and one message's worth of it.
type Work<'a> = (&'static str, Box<dyn FnMut() + 'a>);

/// What a contestant can do with one message.
struct Contestant<'a> {
    who: &'static str,
    works: Vec<Work<'a>>,
    rates: Rates,
}

impl<'a> Contestant<'a> {
    fn new(who: &'static str, works: Vec<Work<'a>>) -> Self {
        Self {
            who,
            works,
            rates: Rates::default(),
        }
    }

    fn take_turn(&mut self, clock: &Clock) {
        for (what, work) in &mut self.works {
            let (begin, mut count) = (clock.now(), 0_u32);
            let spent = loop {
                for _ in 0..BATCH {
                    work();
                }
                count += BATCH;
                let spent = clock.now().saturating_sub(begin);
                if spent >= TURN {
                    break spent;
                }
            };
            self.rates.note(what, count, spent);
        }
    }
}

/// Lets all contestants take turns over one message.
fn measure(message: &'static str, bytes: &Bytes, clock: &Clock) -> Vec<Row> {
    let contestants = [
        ("ceiling", ceiling::works(bytes)),
        ("sip-message", ours::works(bytes)),
        ("ezk-sip-types", ezk::works(bytes)),
        ("rsipstack", rsipstack::works(bytes)),
    ];
    let mut contestants: Vec<Contestant<'_>> = contestants
        .into_iter()
        .filter_map(|(who, works)| {
            if works.is_none() {
                println!("{who} refuses the {message}");
            }
            Some(Contestant::new(who, works?))
        })
        .collect();
    for _ in 0..ROUNDS {
        for contestant in &mut contestants {
            contestant.take_turn(clock);
        }
    }
    let row = |one: Contestant<'_>| Row {
        message,
        bytes: bytes.len(),
        who: one.who,
        rates: one.rates,
    };
    contestants.into_iter().map(row).collect()
}

fn main() {
    let clock = Clock::new();
    let messages = [
        (
            "INVITE",
            &include_bytes!("../../tests/corpus/invite.sip")[..],
        ),
        (
            "REGISTER",
            &include_bytes!("../../tests/corpus/register.sip")[..],
        ),
    ];
    let mut rows = Vec::new();
    for (name, bytes) in messages {
        rows.push(measure(name, &Bytes::from_static(bytes), &clock));
    }
    if std::env::args().any(|word| word == "--json") {
        println!("{}", table::json(&rows, clock.kind()));
    } else {
        table::print(&rows, clock.kind());
    }
}
