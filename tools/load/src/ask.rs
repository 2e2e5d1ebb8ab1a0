//! Requests to the API over some connections, each with a pace of its own.

use crate::clock::{Clock, Pace, whole};
use crate::http::{Line, get};
use crate::tally::{Outcome, Tally};
use machine::Instant;
use std::io;
use std::net::SocketAddrV4;
use std::thread;
use std::time::Duration;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// Where the API is.
    pub(crate) api: SocketAddrV4,
    /// The path, with its query.
    pub(crate) path: String,
    /// The key.
    pub(crate) key: String,
    /// How many connections.
    pub(crate) connections: u32,
    /// Requests per second, over all of them.
    pub(crate) rate: f64,
    /// For how long, seconds.
    pub(crate) seconds: f64,
}

/// Asks.
///
/// # Errors
/// The API is no address of this machine, or does not take the connections.
pub(crate) fn run(asking: &Asking) -> io::Result<Outcome> {
    let clock = Clock::start();
    let connections = asking.connections.max(1);
    let gap = Duration::from_secs_f64(1.0 / asking.rate.max(0.001));
    let mut askers = Vec::new();
    for number in 0..connections {
        let asking = asking.clone();
        // one after the other: a rate is offered, not bursts of as many as there are connections
        let first = clock.now() + gap * number;
        // a thread each: a slow answer delays its own connection only
        askers.push(thread::Builder::new().spawn(move || one(&asking, clock, first))?);
    }
    let mut tally = Tally::new();
    for asker in askers {
        let broken = || io::Error::other("a connection's thread ended early");
        tally.join(&asker.join().map_err(|_| broken())??);
    }
    Ok(tally.outcome(asking.rate, Duration::ZERO, None))
}

/// One connection, which asks from `first` on. What is due while an answer is awaited is asked
/// right after it, and its time counts from when it was due.
fn one(asking: &Asking, clock: Clock, first: Instant) -> io::Result<Tally> {
    let rate = asking.rate / f64::from(asking.connections.max(1));
    let mut pace = Pace::starting(first, whole(rate * asking.seconds), rate);
    let mut tally = Tally::new();
    let mut line = Line::open(asking.api)?;
    let request = get(asking.api, &asking.path, &asking.key);
    while !pace.is_over() {
        let due = pace.due().unwrap_or(first);
        if !pace.take(clock.now()) {
            // until then: whoever looks often takes the processor from those who measure
            thread::park_timeout(due.saturating_since(clock.now()));
            continue;
        }
        tally.begins(due);
        match line.ask(&request) {
            Ok((200..=299, _)) => {
                tally.times.add(clock.now().saturating_since(due));
                tally.succeeds(clock.now());
            }
            Ok((status, _)) => tally.is_refused(status),
            Err(_) => {
                tally.hears_nothing();
                line = Line::open(asking.api)?;
            }
        }
    }
    Ok(tally)
}
