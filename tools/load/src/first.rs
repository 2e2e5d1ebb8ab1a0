//! The first call of companies that nobody called yet, beside their second: one at a time, so that
//! nothing but the exchange's own work is waited for.

use crate::description::describe;
use crate::spread::{Quantiles, Spread};
use crate::target::{T1, Target, run_word};
use serde::{Deserialize, Serialize};
use sip_message::{Limits, Message, Name};
use sip_stack::digest::{self, Account};
use std::io;
use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is dialled: the echo, which answers at once.
const NUMBER: &str = "*43";
/// Longest message read.
const OCTETS: usize = 65_536;

/// What `strowger demo --json` prints, as far as it is wanted here.
#[derive(Debug, Deserialize)]
struct Made {
    tenants: Vec<Company>,
}

#[derive(Debug, Deserialize)]
struct Company {
    domain: String,
    extensions: Vec<Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    devices: Vec<Phone>,
}

#[derive(Debug, Deserialize)]
struct Phone {
    username: String,
    password: Option<String>,
}

/// Who calls.
struct Caller {
    domain: String,
    username: String,
    password: String,
}

/// Times from the INVITE, which is challenged, to the answer, microseconds.
#[derive(Debug, Serialize)]
pub(crate) struct FirstCalls {
    companies: usize,
    failed: usize,
    /// Each company's first call since the exchange started.
    first: Quantiles,
    /// Its second.
    second: Quantiles,
    /// Its third, which shows by how much two passes differ that ought not to.
    third: Quantiles,
}

/// Lets one phone each of so many companies, spread over all of them, call three times.
///
/// # Errors
/// The accounts cannot be read, or the driver's address is in use.
pub(crate) fn run(target: &Target, accounts: &Path, companies: usize) -> io::Result<FirstCalls> {
    let callers = callers(accounts, companies)?;
    let mut line = Telephone::new(target)?;
    let mut failed = 0;
    let mut pass = || -> io::Result<Quantiles> {
        let mut times = Spread::new();
        for caller in &callers {
            match line.call(caller)? {
                Some(took) => times.add(took),
                None => failed += 1,
            }
        }
        Ok(times.quantiles())
    };
    let (first, second, third) = (pass()?, pass()?, pass()?);
    Ok(FirstCalls {
        companies: callers.len(),
        failed,
        first,
        second,
        third,
    })
}

fn callers(accounts: &Path, most: usize) -> io::Result<Vec<Caller>> {
    let made: Made = serde_json::from_slice(&std::fs::read(accounts)?)?;
    let step = made.tenants.len().div_ceil(most.max(1)).max(1);
    let callers = made
        .tenants
        .into_iter()
        .step_by(step)
        .filter_map(|company| {
            let phone = company
                .extensions
                .into_iter()
                .next()?
                .devices
                .into_iter()
                .next()?;
            Some(Caller {
                domain: company.domain,
                username: phone.username,
                password: phone.password?,
            })
        });
    Ok(callers.collect())
}

/// One telephone that makes one call after the other.
struct Telephone<'t> {
    target: &'t Target,
    socket: UdpSocket,
    run: String,
    calls: u32,
    buffer: Vec<u8>,
}

impl Telephone<'_> {
    fn new(target: &Target) -> io::Result<Telephone<'_>> {
        let socket = UdpSocket::bind(target.local)?;
        socket.connect(target.exchange)?;
        socket.set_read_timeout(Some(T1 * 4))?;
        Ok(Telephone {
            target,
            socket,
            run: run_word(),
            calls: 0,
            buffer: vec![0; OCTETS],
        })
    }

    /// A call that is answered and ended; how long it took to be answered.
    fn call(&mut self, caller: &Caller) -> io::Result<Option<Duration>> {
        self.calls += 1;
        let began = Instant::now();
        self.say(caller, "INVITE", 1, "", "")?;
        let Some(challenge) = self.final_answer(1)? else {
            return Ok(None);
        };
        let to = text_of(challenge.header(Name::To));
        self.say(caller, "ACK", 1, &to, "")?;
        let proof = proof(&challenge, caller, &self.uri(caller));
        self.say(caller, "INVITE", 2, "", &proof)?;
        let Some(answer) = self.final_answer(2)? else {
            return Ok(None);
        };
        let took = began.elapsed();
        let to = text_of(answer.header(Name::To));
        self.say(caller, "ACK", 2, &to, "")?;
        if answer.status() != Some(200) {
            return Ok(None);
        }
        self.say(caller, "BYE", 3, &to, "")?;
        let ended = self.final_answer(3)?;
        Ok(ended.map(|_| took))
    }

    fn uri(&self, caller: &Caller) -> String {
        format!("sip:{NUMBER}@{}", caller.domain)
    }

    fn say(
        &self,
        caller: &Caller,
        method: &str,
        cseq: u32,
        to: &str,
        authorization: &str,
    ) -> io::Result<()> {
        let (local, run, call) = (self.target.local, &self.run, self.calls);
        let (
            uri,
            Caller {
                domain, username, ..
            },
        ) = (self.uri(caller), caller);
        let to = if to.is_empty() {
            format!("<{uri}>")
        } else {
            to.to_owned()
        };
        let (kind, body) = match method {
            "INVITE" => (
                "Content-Type: application/sdp\r\n",
                describe(*local.ip(), 9_000, None),
            ),
            _ => ("", String::new()),
        };
        // an ACK of a refusal is of its INVITE's transaction; of an answer, of one of its own
        let branch = if method == "ACK" && cseq == 2 {
            "ack".to_owned()
        } else {
            cseq.to_string()
        };
        let text = format!(
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{run}.{call}.{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{username}@{domain}>;tag={run}.{call}\r\nTo: {to}\r\n\
             Call-ID: f{call}.{run}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:{username}@{local}>\r\n\
             User-Agent: load\r\n{authorization}{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.send(text.as_bytes()).map(|_| ())
    }

    /// The final answer to a request of the present call; nothing when none came in time.
    fn final_answer(&mut self, cseq: u32) -> io::Result<Option<Message>> {
        let call = format!("f{}.{}", self.calls, self.run);
        loop {
            let length = match self.socket.recv(&mut self.buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            };
            let bytes = self.buffer.get(..length).unwrap_or_default().to_vec();
            let Ok(message) = Message::parse(bytes.into(), &Limits::DEFAULT) else {
                continue;
            };
            let is_ours = message.call_id().is_ok_and(|id| id == call)
                && message.cseq().is_ok_and(|found| found.number == cseq);
            if is_ours && message.status().is_some_and(|status| status >= 200) {
                return Ok(Some(message));
            }
        }
    }
}

fn text_of(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// The header line that answers a challenge; empty when it is none.
fn proof(challenge: &Message, caller: &Caller, uri: &str) -> String {
    let account = Account {
        username: &caller.username,
        password: caller.password.as_str().into(),
    };
    let asked = challenge
        .proxy_authenticate()
        .map(|one| (one, "Proxy-Authorization"));
    let asked = asked.chain(
        challenge
            .www_authenticate()
            .map(|one| (one, "Authorization")),
    );
    let (challenges, headers): (Vec<_>, Vec<_>) = asked.unzip();
    let Some(header) = headers.first() else {
        return String::new();
    };
    let value = digest::answer(challenges, account, "INVITE", uri, 1, "5bd1e995");
    value.map_or_else(String::new, |value| format!("{header}: {value}\r\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn callers_are_spread_over_all_companies() {
        let company = |n| {
            let phone = format!(r#"{{"username":"c{n}-101","password":"p{n}"}}"#);
            format!(r#"{{"domain":"c{n}.example","extensions":[{{"devices":[{phone}]}}]}}"#)
        };
        let all: Vec<String> = (0..10).map(company).collect();
        let path = std::env::temp_dir().join(format!("first-{}.json", run_word()));
        std::fs::write(&path, format!(r#"{{"tenants":[{}]}}"#, all.join(","))).unwrap();
        let found = callers(&path, 5);
        std::fs::remove_file(&path).unwrap();
        let names: Vec<String> = found.unwrap().into_iter().map(|one| one.username).collect();
        assert_eq!(names, ["c0-101", "c2-101", "c4-101", "c6-101", "c8-101"]);
    }
}
