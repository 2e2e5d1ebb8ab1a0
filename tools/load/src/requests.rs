//! The texts of what callers ask.

use crate::target::{Target, run_word};
use sip_message::Message;
use std::fmt::Write;

/// Writes requests into one buffer that is used again and again.
pub(crate) struct Requests {
    number: String,
    domain: String,
    local: String,
    run: String,
    branch: u64,
    text: String,
}

/// Writing into a string cannot fail.
macro_rules! put {
    ($text:expr, $($what:tt)*) => {{ let _written = write!($text, $($what)*); }};
}

impl Requests {
    pub(crate) fn new(target: &Target) -> Requests {
        Requests {
            number: target.number.clone(),
            domain: target.domain.clone(),
            local: target.local.to_string(),
            run: run_word(),
            branch: 0,
            text: String::new(),
        }
    }

    /// Whose a message is, by its Call-ID.
    pub(crate) fn call_of(&self, message: &Message) -> Option<usize> {
        let (call, run) = message.call_id().ok()?.strip_prefix('c')?.split_once('.')?;
        call.parse().ok().filter(|_| run == self.run)
    }

    /// The one INVITE of a call.
    pub(crate) fn invite(&mut self, n: usize, body: &str) -> &str {
        let (number, domain) = (&self.number, &self.domain);
        let (local, run) = (&self.local, &self.run);
        self.text.clear();
        put!(
            self.text,
            "INVITE sip:{number}@{domain} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{run}.{n};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:load@{domain}>;tag={run}.{n}\r\nTo: <sip:{number}@{domain}>\r\n\
             Call-ID: c{n}.{run}\r\nCSeq: 1 INVITE\r\nContact: <sip:load@{local}>\r\n\
             Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\nUser-Agent: load\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        &self.text
    }

    /// The ACK of a refusal belongs to the INVITE's transaction (RFC 3261 §17.1.1.3).
    pub(crate) fn ack_of_refusal(&mut self, n: usize, to: &str) -> &str {
        let (number, domain) = (&self.number, &self.domain);
        let (local, run) = (&self.local, &self.run);
        self.text.clear();
        put!(
            self.text,
            "ACK sip:{number}@{domain} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{run}.{n};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:load@{domain}>;tag={run}.{n}\r\nTo: {to}\r\n\
             Call-ID: c{n}.{run}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
        );
        &self.text
    }

    /// A request inside the dialog. A repeated BYE has the branch of the first, an ACK each time
    /// a new one.
    pub(crate) fn inside(
        &mut self,
        method: &str,
        n: usize,
        cseq: u32,
        uri: &str,
        to: &str,
    ) -> &str {
        if method == "ACK" {
            self.branch += 1;
        }
        let again = if method == "ACK" { self.branch } else { 0 };
        let (domain, local, run) = (&self.domain, &self.local, &self.run);
        self.text.clear();
        put!(
            self.text,
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{run}.{n}.{cseq}.{again};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:load@{domain}>;tag={run}.{n}\r\nTo: {to}\r\n\
             Call-ID: c{n}.{run}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"
        );
        &self.text
    }
}
