//! Measures reading and writing, beside rsipstack in the same run.
//!
//! `cargo run --release -p sip-message --example parse_speed`
//!
//! Figures are messages per second of one thread; each is the best of several rounds.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rsipstack::sip::prelude::*;
use rsipstack::sip::{self as other};
use sip_message::{Builder, Kind, Limits, Message, Name, Problem};

const ROUNDS: u32 = 7;
const ROUND: Duration = Duration::from_millis(150);

/// The best rate of several rounds.
fn rate(mut work: impl FnMut()) -> f64 {
    let mut best = 0.0f64;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let mut count = 0u32;
        while begin.elapsed() < ROUND {
            for _ in 0..200 {
                work();
            }
            count += 200;
        }
        best = best.max(f64::from(count) / begin.elapsed().as_secs_f64());
    }
    best
}

fn parse(bytes: &Bytes) -> Result<Message, Problem> {
    Message::parse(bytes.clone(), &Limits::DEFAULT)
}

/// The routing headers, with the URIs of From, To and Contact.
fn typed(message: &Message) -> Result<usize, Problem> {
    let uri = message.request_uri()?;
    let via = message.top_via()?;
    let (from, to) = (message.from()?, message.to()?);
    let contact = message.contact()?;
    let uris = from.uri()?.as_str().len() + to.uri()?.as_str().len();
    let contact = contact.map(|contact| contact.uri()).transpose()?;
    let sum = uri.as_str().len()
        + via.branch().map_or(0, str::len)
        + from.tag().map_or(0, str::len)
        + to.tag().map_or(0, str::len)
        + contact.map_or(0, |contact| contact.as_str().len())
        + message.call_id()?.len()
        + uris;
    let numbers = u32::from(message.max_forwards()?.unwrap_or(70)) ^ message.cseq()?.number;
    Ok(sum + usize::from(numbers == 0))
}

fn print(message: &Message) -> Bytes {
    let mut builder = match message.kind() {
        Kind::Request { method, uri } => Builder::request(method, uri),
        Kind::Response { status, reason } => Builder::response(status, Some(reason)),
    };
    builder.copy_except(message, &[Name::ContentType]);
    if let Some(kind) = message.header(Name::ContentType) {
        builder.body_shared(kind, message.body_bytes());
    }
    builder.finish()
}

fn other_parse(bytes: &Bytes) -> Option<other::SipMessage> {
    other::SipMessage::try_from(&bytes[..]).ok()
}

fn other_typed(message: &other::SipMessage) -> Option<usize> {
    let via = message.via_header().ok()?.typed().ok()?;
    let from = message.from_header().ok()?.typed().ok()?;
    let to = message.to_header().ok()?.typed().ok()?;
    let cseq = message.cseq_header().ok()?.typed().ok()?;
    let contact = message.contact_header().ok()?.typed().ok()?;
    let call_id = message.call_id_header().ok()?.value().len();
    let sum = via.branch().map_or(0, |branch| branch.value().len())
        + from.tag().map_or(0, |tag| tag.value().len())
        + to.tag().map_or(0, |tag| tag.value().len())
        + contact.params.len()
        + call_id;
    Some(sum + usize::from(cseq.seq == 0))
}

struct Rates {
    parse: f64,
    typed: f64,
    print: f64,
    all: f64,
}

fn ours(bytes: &Bytes) -> Option<Rates> {
    let message = parse(bytes).ok()?;
    message.check_request().ok()?;
    typed(&message).ok()?;
    Some(Rates {
        parse: rate(|| drop(black_box(parse(black_box(bytes))))),
        typed: rate(|| {
            let message = parse(black_box(bytes));
            black_box(message.and_then(|message| typed(&message)).is_ok());
        }),
        print: rate(|| drop(black_box(print(black_box(&message))))),
        all: rate(|| {
            if let Ok(message) = parse(black_box(bytes)) {
                black_box(typed(&message).is_ok());
                drop(black_box(print(&message)));
            }
        }),
    })
}

fn theirs(bytes: &Bytes) -> Option<Rates> {
    let message = other_parse(bytes)?;
    other_typed(&message)?;
    Some(Rates {
        parse: rate(|| drop(black_box(other_parse(black_box(bytes))))),
        typed: rate(|| {
            let message = other_parse(black_box(bytes));
            black_box(message.and_then(|message| other_typed(&message)));
        }),
        print: rate(|| drop(black_box(black_box(&message).to_bytes()))),
        all: rate(|| {
            if let Some(message) = other_parse(black_box(bytes)) {
                black_box(other_typed(&message));
                drop(black_box(message.to_bytes()));
            }
        }),
    })
}

fn row(who: &str, rates: &Rates) {
    let k = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    println!(
        "  {who:<12} parse {:>10}  + typed {:>10}  print {:>10}  all three {:>10}",
        k(rates.parse),
        k(rates.typed),
        k(rates.print),
        k(rates.all)
    );
}

fn compare(title: &str, bytes: &Bytes) {
    println!("{title}, {} bytes", bytes.len());
    let (Some(ours), Some(theirs)) = (ours(bytes), theirs(bytes)) else {
        println!("  one of both refuses the message");
        return;
    };
    row("sip-message", &ours);
    row("rsipstack", &theirs);
    println!(
        "  factor       parse {:>9.1}x  + typed {:>9.1}x  print {:>9.1}x  all three {:>9.1}x",
        ours.parse / theirs.parse,
        ours.typed / theirs.typed,
        ours.print / theirs.print,
        ours.all / theirs.all
    );
}

fn main() {
    compare(
        "INVITE with SDP",
        &Bytes::from_static(include_bytes!("../tests/corpus/invite.sip")),
    );
    compare(
        "REGISTER",
        &Bytes::from_static(include_bytes!("../tests/corpus/register.sip")),
    );
}
