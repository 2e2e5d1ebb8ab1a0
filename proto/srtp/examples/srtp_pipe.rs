//! Protects and unprotects what comes by standard input, so that other programs can compare.
//!
//! A line is `SUITE KEY OPERATION PACKET`, key and packet in hexadecimal, where the operation is
//! `protect_rtp`, `protect_rtcp`, `unprotect_rtp` or `unprotect_rtcp`. Each is answered by a line:
//! the packet that came of it, or the name of the problem. A line whose suite or key is another one
//! than the line's before begins with a new sender and a new receiver.

use std::error::Error;
use std::io::{self, BufRead, Write};

use srtp::{MAX_GROWTH, MasterKey, Problem, Receiver, Sender, Suite};

/// Both ends of a direction.
struct Ends {
    key: MasterKey,
    sender: Sender,
    receiver: Receiver,
}

impl Ends {
    fn new(key: MasterKey) -> Ends {
        let (sender, receiver) = (Sender::new(&key), Receiver::new(&key));
        Ends {
            key,
            sender,
            receiver,
        }
    }

    fn run(&mut self, operation: &str, mut packet: Vec<u8>) -> Option<Result<Vec<u8>, Problem>> {
        let length = packet.len();
        if operation.starts_with("protect") {
            packet.resize(length + MAX_GROWTH, 0);
        }
        let done = match operation {
            "protect_rtp" => self.sender.protect_rtp(&mut packet, length),
            "protect_rtcp" => self.sender.protect_rtcp(&mut packet, length),
            "unprotect_rtp" => self.receiver.unprotect_rtp(&mut packet),
            "unprotect_rtcp" => self.receiver.unprotect_rtcp(&mut packet),
            _ => return None,
        };
        Some(done.map(|length| {
            packet.truncate(length);
            packet
        }))
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let octets = pairs
        .iter()
        .map(|[high, low]| u8::try_from(high << 4 | low).ok());
    octets.collect()
}

fn to_hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn answer(ends: &mut Option<Ends>, line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let (suite, key) = (Suite::named(words.next()?)?, from_hex(words.next()?)?);
    let key = MasterKey::new(suite, &key)?;
    let operation = words.next()?;
    let packet = from_hex(words.next()?)?;
    if ends.as_ref().is_none_or(|ends| ends.key != key) {
        *ends = Some(Ends::new(key));
    }
    Some(match ends.as_mut()?.run(operation, packet)? {
        Ok(packet) => to_hex(&packet),
        Err(problem) => format!("{problem:?}"),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut ends = None;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = answer(&mut ends, &line).ok_or("SUITE KEY OPERATION PACKET")?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
