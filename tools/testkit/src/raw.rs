//! A telephone whose messages are written by hand: it need not obey.

use crate::{Account, Packet};
use bytes::Bytes;
use machine::Random;
use sip_message::{Limits, Message};
use sip_stack::digest;
use std::net::SocketAddr;

/// A hand-driven SIP endpoint. It sends what it is told to and keeps what it gets.
pub struct RawPhone {
    /// Where it is.
    pub address: SocketAddr,
    /// Where it sends.
    pub server: SocketAddr,
    /// Everything received, oldest first.
    pub inbox: Vec<Message>,
    random: Random,
    out: Vec<Packet>,
    count: u32,
}

impl RawPhone {
    /// A silent one.
    #[must_use]
    pub fn new(address: SocketAddr, server: SocketAddr, random: Random) -> RawPhone {
        RawPhone {
            address,
            server,
            inbox: Vec::new(),
            random,
            out: Vec::new(),
            count: 0,
        }
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl Into<Bytes>) {
        let (from, to) = (self.address, self.server);
        let bytes = bytes.into();
        self.out.push(Packet { from, to, bytes });
    }

    /// Writes a request with the headers every request needs and `more` header lines (each ended
    /// by CRLF), and a body; `from` and `to` are whole header values. Gives its Call-ID.
    pub fn request(
        &mut self,
        method: &str,
        uri: &str,
        (from, to): (&str, &str),
        more: &str,
        body: &str,
    ) -> String {
        let call_id = self.random.token(20);
        self.request_in(&call_id, method, uri, (from, to), more, body);
        call_id
    }

    /// The same within a Call-ID.
    pub fn request_in(
        &mut self,
        call_id: &str,
        method: &str,
        uri: &str,
        (from, to): (&str, &str),
        more: &str,
        body: &str,
    ) {
        self.count += 1;
        let (branch, tag) = (self.random.token(16), self.random.token(8));
        let (address, cseq, length) = (self.address, self.count, body.len());
        let from = if from.contains(";tag=") {
            from.to_owned()
        } else {
            format!("{from};tag={tag}")
        };
        self.send(format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};rport;branch=z9hG4bK{branch}\r\n\
             Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:raw@{address}>\r\n{more}\
             Content-Length: {length}\r\n\r\n{body}"
        ));
    }

    /// The header line that answers the newest challenge, for `method` and `uri`.
    #[must_use]
    pub fn answer(&mut self, account: &Account, method: &str, uri: &str) -> Option<String> {
        let cnonce = self.random.token(12);
        let challenge = self
            .inbox
            .iter()
            .rev()
            .find(|m| matches!(m.status(), Some(401 | 407)))?;
        let (name, challenges): (_, Vec<_>) = match challenge.status() {
            Some(401) => ("Authorization", challenge.www_authenticate().collect()),
            Some(_) | None => (
                "Proxy-Authorization",
                challenge.proxy_authenticate().collect(),
            ),
        };
        let value = digest::answer(challenges, account.digest(), method, uri, 1, &cnonce)?;
        Some(format!("{name}: {value}\r\n"))
    }

    /// The newest response's status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inbox.iter().rev().find_map(Message::status)
    }

    /// The newest response's status within a Call-ID.
    #[must_use]
    pub fn status_of(&self, call_id: &str) -> Option<u16> {
        let own = |message: &&Message| message.call_id() == Ok(call_id);
        self.inbox
            .iter()
            .rev()
            .filter(own)
            .find_map(Message::status)
    }

    /// The newest response.
    #[must_use]
    pub fn response(&self) -> Option<&Message> {
        self.inbox.iter().rev().find(|m| m.status().is_some())
    }

    /// Takes a datagram.
    pub fn receive(&mut self, bytes: Bytes) {
        if let Ok(message) = Message::parse(bytes, &Limits::DEFAULT) {
            self.inbox.push(message);
        }
    }

    /// Hands over what is to be sent.
    pub fn take(&mut self, out: &mut Vec<Packet>) {
        out.append(&mut self.out);
    }
}
