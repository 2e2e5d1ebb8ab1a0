//! Requests to the API over some connections, each with a pace of its own.

use crate::clock::{Clock, Pace, whole};
use crate::tally::{Outcome, Tally};
use machine::Instant;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::thread;
use std::time::Duration;

/// A request whose answer took longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// Octets of an answer's body at most.
const BODY: usize = 1 << 20;

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
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        asking.path, asking.api, asking.key
    );
    while !pace.is_over() {
        let due = pace.due().unwrap_or(first);
        if !pace.take(clock.now()) {
            // until then: whoever looks often takes the processor from those who measure
            thread::park_timeout(due.saturating_since(clock.now()));
            continue;
        }
        tally.begins(due);
        match line.ask(&request) {
            Ok(200..=299) => {
                tally.times.add(clock.now().saturating_since(due));
                tally.succeeds(clock.now());
            }
            Ok(status) => tally.is_refused(status),
            Err(_) => {
                tally.hears_nothing();
                line = Line::open(asking.api)?;
            }
        }
    }
    Ok(tally)
}

/// A connection that is kept.
struct Line {
    reader: BufReader<TcpStream>,
}

impl Line {
    fn open(api: SocketAddrV4) -> io::Result<Line> {
        let stream = TcpStream::connect(api)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Line {
            reader: BufReader::new(stream),
        })
    }

    /// Sends a request and reads its answer; gives the status.
    fn ask(&mut self, request: &str) -> io::Result<u16> {
        self.reader.get_mut().write_all(request.as_bytes())?;
        answer(&mut self.reader)
    }
}

/// Reads one answer.
fn answer(reader: &mut impl BufRead) -> io::Result<u16> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut text = String::new();
    reader.read_line(&mut text)?;
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| bad("no status"))?;
    let mut length = 0;
    loop {
        text.clear();
        if reader.read_line(&mut text)? == 0 {
            return Err(bad("the head broke off"));
        }
        let line = text.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(|_| bad("no length"))?;
        }
    }
    if length > BODY {
        return Err(bad("too long a body"));
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok(status)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn answers_are_read_one_after_the_other() {
        let text = "HTTP/1.1 200 OK\r\ncontent-Length: 2\r\n\r\n{}\
                    HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n";
        let mut reader = text.as_bytes();
        assert_eq!(answer(&mut reader).unwrap(), 200);
        assert_eq!(answer(&mut reader).unwrap(), 429);
        assert!(answer(&mut reader).is_err());
    }
}
