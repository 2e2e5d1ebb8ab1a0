//! How requests are answered by an end that makes none itself (RFC 8445 section 7.3).

use std::net::SocketAddr;

use machine::Generations;
use sdp::IceCredentials;

use crate::limits::{MAX_REFUSALS, TRANSACTIONS};
use crate::stun::{
    BINDING, Class, ICE_CONTROLLED, Message, PRIORITY, Transaction, USE_CANDIDATE, USERNAME, Writer,
};

/// What is to be made of a datagram of STUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing: it is no request, not of ICE, or one of a transaction that somebody has copied.
    Nothing,
    /// It is answered, and that is all.
    Answer(Vec<u8>),
    /// A request that the peer has proved, for the first time, and its answer.
    Proven {
        /// The answer.
        answer: Vec<u8>,
        /// The peer wants this way.
        nominates: bool,
    },
}

/// Answers requests to one end's credentials.
#[derive(Debug)]
pub(crate) struct Responder {
    credentials: IceCredentials,
    /// From where each transaction came. The digest of a request does not cover that, so a copy
    /// that somebody else sends is as well proved as the request was.
    transactions: Generations<Transaction, Option<SocketAddr>>,
    refusals: u8,
}

impl Responder {
    /// Answers requests that are made with these credentials of ours.
    pub(crate) fn new(credentials: IceCredentials) -> Responder {
        Responder {
            credentials,
            transactions: Generations::new(TRANSACTIONS),
            refusals: 0,
        }
    }

    /// Looks at a datagram from this address.
    pub(crate) fn hear(&mut self, datagram: &[u8], from: SocketAddr) -> Heard {
        let Some(message) = Message::read(datagram) else {
            return Heard::Nothing;
        };
        let asks = message.class == Class::Request && message.method == BINDING;
        if !asks || !message.has_fingerprint() {
            return Heard::Nothing;
        }
        if !message.has_integrity() || message.value(USERNAME).is_none() {
            return self.refuse(&message, 400, "Bad Request");
        }
        let known = message.asked() == Some(self.credentials.ufrag());
        if !known || !message.is_proved_by(self.credentials.pwd()) {
            return self.refuse(&message, 401, "Unauthenticated");
        }
        let before = self.transactions.of(message.transaction);
        let first = before.is_none();
        if *before.get_or_insert(from) != from {
            return Heard::Nothing;
        }
        self.answer(&message, from, first)
    }

    /// Answers what was proved.
    fn answer(&self, message: &Message<'_>, from: SocketAddr, first: bool) -> Heard {
        let unknown = message.unknown();
        let error = Writer::new(Class::Error, message.transaction);
        if !unknown.is_empty() {
            let error = error.with_error(420, "Unknown Attribute");
            return self.prove(error.with_unknown(&unknown));
        }
        if message
            .value(PRIORITY)
            .is_some_and(|value| value.len() != 4)
        {
            return self.prove(error.with_error(400, "Bad Request"));
        }
        // Of two ends, the one that only answers never chooses, whatever numbers were drawn (RFC
        // 8445 section 6.1.1): the other is told to take its part.
        if message.value(ICE_CONTROLLED).is_some() {
            return self.prove(error.with_error(487, "Role Conflict"));
        }
        let success = Writer::new(Class::Success, message.transaction).with_mapped(from);
        let answer = success.with_integrity(self.credentials.pwd()).finish();
        if first {
            let nominates = message.value(USE_CANDIDATE).is_some();
            Heard::Proven { answer, nominates }
        } else {
            Heard::Answer(answer)
        }
    }

    fn prove(&self, error: Writer) -> Heard {
        Heard::Answer(error.with_integrity(self.credentials.pwd()).finish())
    }

    /// Refuses what proves nothing (RFC 8489 section 9.1.3), as long as that is worth it.
    fn refuse(&mut self, message: &Message<'_>, code: u16, reason: &str) -> Heard {
        if self.refusals >= MAX_REFUSALS {
            return Heard::Nothing;
        }
        self.refusals += 1;
        let error = Writer::new(Class::Error, message.transaction);
        Heard::Answer(error.with_error(code, reason).finish())
    }
}

#[cfg(test)]
mod tests;
