//! What happened, for people and for comparison.

use machine::Instant;
use sip_message::{Kind, Limits, Message, Name};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use testkit::{Packet, direction_of};

/// Lines kept for people who did not ask for all.
const KEPT: usize = 4_000;

/// The trace of one play.
#[derive(Debug)]
pub(crate) struct Trace {
    lines: VecDeque<String>,
    kept: usize,
    hasher: DefaultHasher,
}

impl Trace {
    /// An empty trace, of everything or of the last lines.
    pub(crate) fn new(whole: bool) -> Trace {
        Trace {
            lines: VecDeque::new(),
            kept: if whole { usize::MAX } else { KEPT },
            hasher: DefaultHasher::new(),
        }
    }

    /// Notes something for people.
    pub(crate) fn note(&mut self, now: Instant, text: &str) {
        text.hash(&mut self.hasher);
        if self.lines.len() >= self.kept {
            self.lines.pop_front();
        }
        let seconds = now.as_millis() / 1_000;
        let millis = now.as_millis() % 1_000;
        self.lines
            .push_back(format!("{seconds:6}.{millis:03} {text}"));
    }

    /// Notes a packet that arrived; every byte counts for the hash.
    pub(crate) fn packet(&mut self, now: Instant, who: &str, packet: &Packet) {
        (now.as_nanos(), who, packet.from, packet.to).hash(&mut self.hasher);
        packet.bytes.hash(&mut self.hasher);
        if let Some(text) = headline(packet) {
            self.note(now, &format!("{who} <- {text}"));
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.into()
    }
}

/// A SIP message in a few words that hold no address, tag or identifier; `None` for sound.
pub(crate) fn headline(packet: &Packet) -> Option<String> {
    let sip = packet.to.port() == 5060;
    let message = Message::parse(packet.bytes.clone(), &Limits::DEFAULT);
    let Ok(message) = message else {
        return sip.then(|| format!("{} bytes of something", packet.bytes.len()));
    };
    let first = match message.kind() {
        Kind::Request { method, uri } => {
            let user = uri.split('@').next().unwrap_or_default();
            let user = if uri.contains('@') { user } else { "" };
            format!("{} {user}", method.as_str())
        }
        Kind::Response { status, .. } => status.to_string(),
    };
    let cseq = message.header(Name::CSeq).unwrap_or_default();
    let user = |value: Option<&str>| -> String {
        let inside = value
            .and_then(|v| v.split("sip:").nth(1))
            .unwrap_or_default();
        inside
            .split(['>', ';'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let (from, to) = (
        user(message.header(Name::From)),
        user(message.header(Name::To)),
    );
    let reason = message.header(Name::Reason).unwrap_or_default();
    let direction = direction_of(message.body()).map_or("", |direction| direction.as_str());
    Some(format!(
        "{first} [{cseq}] {from} -> {to} {reason} {direction}"
    ))
}
