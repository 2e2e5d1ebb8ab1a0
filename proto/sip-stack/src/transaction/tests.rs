//! Transactions in virtual time: a bench with one phone on each side of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounds;
mod cancel;
mod client;
mod matrix;
mod merged;
mod nat;
mod seek;
mod server;

use std::time::Duration;

use machine::{Instant, Random};
use sip_message::{Flow, Limits as MessageLimits, Message, Method};

use super::{ClientKey, Event, Limits, Sending, ServerKey, Transactions, Transmit};
use crate::owner::Owner;

/// The transactions of one shard and all that came out of them.
struct Bench {
    transactions: Transactions,
    now: Instant,
    sent: Vec<(Instant, Transmit)>,
    told: Vec<Event>,
}

impl Bench {
    fn new() -> Self {
        Self::within(Limits::default())
    }

    fn within(limits: Limits) -> Self {
        Self {
            transactions: Transactions::new(limits, Random::from_seed(17)),
            now: Instant::from_secs(1_000),
            sent: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Takes out what the last step brought.
    fn collect(&mut self) {
        let mut sent = Vec::new();
        self.transactions.take_transmits(&mut sent);
        self.sent
            .extend(sent.into_iter().map(|one| (self.now, one)));
        while let Some(event) = self.transactions.poll() {
            self.told.push(event);
        }
    }

    fn hear(&mut self, flow: Flow, text: &str) {
        let message = Message::parse(text.to_owned().into(), &MessageLimits::DEFAULT).unwrap();
        self.transactions.receive(flow, message, self.now);
        self.collect();
    }

    /// Lets time pass, waking the transactions at each of their deadlines.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.transactions.next_deadline().filter(|at| *at <= end) {
            assert!(at >= self.now, "a deadline lies in the past");
            self.now = at;
            self.transactions.expire(at);
            self.collect();
        }
        self.now = end;
    }

    fn pass_ms(&mut self, milliseconds: u64) {
        self.pass(Duration::from_millis(milliseconds));
    }

    /// Begins a client transaction; answers its key and its branch.
    fn ask(&mut self, flow: Flow, method: &str) -> (ClientKey, String) {
        let branch = self.transactions.branch();
        let text = request(method, &branch.to_string(), flow);
        let sending = Sending {
            flow,
            branch,
            method: Method::new(method),
            bytes: text.into(),
            owner: Owner(7),
        };
        let key = self.transactions.request(sending, self.now);
        self.collect();
        (key, branch.to_string())
    }

    /// Hears a request for the first time; answers its key.
    fn asked(&mut self, flow: Flow, text: &str) -> (ServerKey, Message) {
        self.hear(flow, text);
        match self.told.pop() {
            Some(Event::Request { key, message, .. }) => (key, message),
            other => panic!("not a new request: {other:?}"),
        }
    }

    fn answer(&mut self, key: ServerKey, request: &Message, status: u16) {
        self.transactions
            .respond_simply(key, request, status, self.now);
        self.collect();
    }

    /// What was sent since the last look, in words.
    fn sent(&mut self) -> Vec<String> {
        self.sent.drain(..).map(|(_, one)| word(&one)).collect()
    }

    /// When it was sent, in milliseconds after `begin`.
    fn sent_at(&mut self, begin: Instant) -> Vec<u64> {
        self.sent
            .drain(..)
            .map(|(at, _)| at.saturating_since(begin).as_millis().try_into().unwrap())
            .collect()
    }

    /// What was told since the last look, in words.
    fn told(&mut self) -> Vec<String> {
        self.told.drain(..).map(|event| told_word(&event)).collect()
    }
}

fn udp() -> Flow {
    Flow::udp(
        "192.0.2.1:5060".parse().unwrap(),
        "192.0.2.9:5070".parse().unwrap(),
    )
}

fn tcp() -> Flow {
    Flow::tcp(
        "192.0.2.1:5060".parse().unwrap(),
        "192.0.2.9:5070".parse().unwrap(),
        3,
    )
}

/// A request as a phone with an honest Via sends it.
fn request(method: &str, branch: &str, flow: Flow) -> String {
    let (transport, cseq) = (flow.transport.via_token(), method);
    format!(
        "{method} sip:a@example.com SIP/2.0\r\n\
         Via: SIP/2.0/{transport} 192.0.2.9:5070;branch={branch}\r\n\
         From: <sip:b@example.com>;tag=b\r\nTo: <sip:a@example.com>\r\nCall-ID: {branch}\r\n\
         CSeq: 1 {cseq}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

/// A response of the other side to a request of ours.
fn response(method: &str, branch: &str, status: u16, tag: &str) -> String {
    format!(
        "SIP/2.0 {status} Whatever\r\n\
         Via: SIP/2.0/UDP 192.0.2.9:5070;branch={branch}\r\n\
         From: <sip:b@example.com>;tag=b\r\nTo: <sip:a@example.com>;tag={tag}\r\n\
         Call-ID: {branch}\r\nCSeq: 1 {method}\r\nContact: <sip:a@192.0.2.9>\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// The message in a transmission.
fn read(transmit: &Transmit) -> Message {
    Message::parse(transmit.bytes.clone(), &MessageLimits::DEFAULT).unwrap()
}

/// A message in one word: its method or its status.
fn word(transmit: &Transmit) -> String {
    let message = read(transmit);
    message.method().map_or_else(
        || message.status().unwrap().to_string(),
        |method| method.to_string(),
    )
}

fn told_word(event: &Event) -> String {
    match event {
        Event::Request { message, .. } => format!("request {}", message.method().unwrap()),
        Event::Ack { .. } => "stray ACK".to_owned(),
        Event::Cancelled { .. } => "cancelled".to_owned(),
        Event::Response { message, .. } => message.status().unwrap().to_string(),
        Event::ClientTimedOut { .. } => "timed out".to_owned(),
        Event::ClientTransportFailed { .. } => "transport failed".to_owned(),
        Event::ServerTimedOut { .. } => "server timed out".to_owned(),
    }
}
