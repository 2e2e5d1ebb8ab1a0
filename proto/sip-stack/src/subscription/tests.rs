//! A subscription against a scripted peer, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic)]

mod failures;
mod life;

use super::{Asked, Bounds, Desk, Document, Heard, Refusal, Subscription};
use crate::Owner;
use crate::transaction::{Event, Limits, ServerKey, Transactions};
use crate::usage::Config;
use bytes::Bytes;
use machine::{Instant, Random};
use sip_message::{Flow, Limits as MessageLimits, Message, Method};
use std::sync::Arc;
use std::time::Duration;

/// One notifier and its peer.
struct Bench {
    transactions: Transactions,
    now: Instant,
    one: Option<Subscription>,
    /// Everything sent, oldest first.
    sent: Vec<Message>,
    cseq: u32,
}

fn flow() -> Flow {
    Flow::udp(
        "192.0.2.1:5060".parse().unwrap(),
        "192.0.2.9:5070".parse().unwrap(),
    )
}

fn read(bytes: Bytes) -> Message {
    Message::parse(bytes, &MessageLimits::DEFAULT).unwrap()
}

impl Bench {
    fn new() -> Bench {
        Bench {
            transactions: Transactions::new(Limits::default(), Random::from_seed(5)),
            now: Instant::from_secs(1_000),
            one: None,
            sent: Vec::new(),
            cseq: 0,
        }
    }

    /// A bench whose peer has subscribed for an hour and was told once.
    fn subscribed() -> Bench {
        let mut bench = Bench::new();
        bench.subscribe(None, Some(3_600)).unwrap();
        bench.tell("first");
        bench.answer(200);
        bench
    }

    fn collect(&mut self) {
        let mut sent = Vec::new();
        self.transactions.take_transmits(&mut sent);
        self.sent
            .extend(sent.into_iter().map(|one| read(one.bytes)));
    }

    fn desk<'a>(transactions: &'a mut Transactions, now: Instant) -> Desk<'a> {
        Desk {
            now,
            transactions,
            config: Arc::new(Config::for_contact("<sip:192.0.2.1:5060>")),
            owner: Owner(9),
        }
    }

    fn request(&mut self, to_tag: Option<&str>, expires: Option<u32>) -> (ServerKey, Message) {
        self.cseq += 1;
        let (cseq, tag) = (
            self.cseq,
            to_tag.map_or(String::new(), |t| format!(";tag={t}")),
        );
        let expires = expires.map_or(String::new(), |s| format!("Expires: {s}\r\n"));
        let text = format!(
            "SUBSCRIBE sip:102@example.com SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKs{cseq}\r\n\
             From: <sip:103@example.com>;tag=peer\r\nTo: <sip:102@example.com>{tag}\r\n\
             Call-ID: watch\r\nCSeq: {cseq} SUBSCRIBE\r\nMax-Forwards: 70\r\n\
             Contact: <sip:103@192.0.2.9:5070>\r\nEvent: dialog;id=4\r\n{expires}\
             Content-Length: 0\r\n\r\n"
        );
        let message = read(text.into());
        self.transactions.receive(flow(), message, self.now);
        match self.transactions.poll() {
            Some(Event::Request { key, message, .. }) => (key, message),
            other => panic!("not a request: {other:?}"),
        }
    }

    /// The peer subscribes, for the first time or again.
    fn subscribe(&mut self, to_tag: Option<&str>, expires: Option<u32>) -> Result<(), Refusal> {
        let (key, message) = self.request(to_tag, expires);
        let asked = Asked {
            key,
            flow: flow(),
            message: &message,
            requires: None,
        };
        let bounds = Bounds::default();
        let mut desk = Bench::desk(&mut self.transactions, self.now);
        let granted = match &mut self.one {
            Some(one) => one.again(asked, &bounds, &mut desk),
            None => {
                let begun = Subscription::begin(asked, &bounds, &mut desk);
                begun.map(|one| self.one = Some(one))
            }
        };
        self.collect();
        granted
    }

    /// Tells a state if that may be told now.
    fn tell(&mut self, text: &'static str) -> bool {
        let document = Document {
            media_type: "text/plain".into(),
            bytes: Bytes::from_static(text.as_bytes()),
            requires: None,
        };
        let one = self.one.as_mut().unwrap();
        let may = one.may_tell();
        if may {
            let mut desk = Bench::desk(&mut self.transactions, self.now);
            one.tell(Some(&document), &mut desk);
        }
        self.collect();
        may
    }

    /// The last NOTIFY.
    fn notify(&self) -> &Message {
        let is_notify = |one: &&Message| one.method() == Some(Method::Notify);
        self.sent.iter().rfind(is_notify).unwrap()
    }

    /// The peer answers the last NOTIFY.
    fn answer(&mut self, status: u16) -> Heard {
        self.answer_with(status, "")
    }

    fn answer_with(&mut self, status: u16, more: &str) -> Heard {
        let notify = self.notify();
        let via = notify.header(sip_message::Name::Via).unwrap();
        let (from, to) = (notify.from().unwrap(), notify.to().unwrap());
        let cseq = notify.cseq().unwrap().number;
        let text = format!(
            "SIP/2.0 {status} Whatever\r\nVia: {via}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: watch\r\n\
             CSeq: {cseq} NOTIFY\r\n{more}Content-Length: 0\r\n\r\n",
            from.as_str(),
            to.as_str()
        );
        self.transactions
            .receive(flow(), read(text.into()), self.now);
        self.heard()
    }

    fn heard(&mut self) -> Heard {
        let mut heard = Heard::Nothing;
        while let Some(event) = self.transactions.poll() {
            heard = self.one.as_mut().unwrap().hear(&event, self.now);
        }
        self.collect();
        heard
    }

    fn pass(&mut self, time: Duration) -> Heard {
        self.now += time;
        self.transactions.expire(self.now);
        self.heard()
    }
}
