//! Dialogs (RFC 3261 §12): how they begin, what their requests carry, what they refuse.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod begin;
mod directory;
mod requests;
mod routes;

use machine::Random;
use sip_message::{Flow, Limits, Message, Method, Name};

use super::{Dialog, DialogName, Dialogs, Full, MAX_ROUTES, Origin, next_hop};
use crate::owner::Owner;
use crate::token::{Branch, Tag};

fn read(text: &str) -> Message {
    Message::parse(text.to_owned().into(), &Limits::DEFAULT).unwrap()
}

fn flow() -> Flow {
    Flow::udp(
        "192.0.2.1:5060".parse().unwrap(),
        "203.0.113.9:31000".parse().unwrap(),
    )
}

fn elsewhere() -> Flow {
    Flow::tcp(
        "192.0.2.1:5060".parse().unwrap(),
        "203.0.113.9:40000".parse().unwrap(),
        8,
    )
}

fn tag() -> Tag {
    Tag::parse("0123456789abcdef").unwrap()
}

fn origin() -> Origin<'static> {
    Origin {
        branch: Branch::parse("z9hG4bK0123456789abcdef").unwrap(),
        sent_by: None,
    }
}

/// An INVITE of Bob's phone to us, with these Record-Route lines.
fn invite(record_route: &str) -> String {
    format!(
        "INVITE sip:alice@example.com SIP/2.0\r\n\
         Via: SIP/2.0/UDP 203.0.113.9:31000;branch=z9hG4bK1\r\n\
         From: \"Bob\" <sip:bob@example.com>;tag=bob1\r\nTo: <sip:alice@example.com>\r\n\
         Call-ID: call1\r\nCSeq: 314 INVITE\r\nContact: <sip:bob@203.0.113.9:31000;ob>\r\n\
         Max-Forwards: 70\r\n{record_route}Content-Length: 0\r\n\r\n"
    )
}

/// A response to an INVITE of ours, numbered 7.
fn answer(status: u16, tag: &str, record_route: &str) -> String {
    format!(
        "SIP/2.0 {status} Whatever\r\n\
         Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n\
         From: <sip:alice@example.com>;tag=ours\r\nTo: <sip:bob@example.com>{tag}\r\n\
         Call-ID: call1\r\nCSeq: 7 INVITE\r\nContact: <sip:bob@203.0.113.9:31000>\r\n\
         {record_route}Content-Length: 0\r\n\r\n"
    )
}

/// A request of the peer inside the dialog that `callee` makes.
fn inside(method: &str, number: u32, contact: &str) -> Message {
    read(&format!(
        "{method} sip:alice@192.0.2.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 203.0.113.9:31000;branch=z9hG4bK2\r\n\
         From: \"Bob\" <sip:bob@example.com>;tag=bob1\r\n\
         To: <sip:alice@example.com>;tag=0123456789abcdef\r\nCall-ID: call1\r\n\
         CSeq: {number} {method}\r\n{contact}Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    ))
}

fn callee(record_route: &str) -> Dialog {
    Dialog::as_callee(&read(&invite(record_route)), tag(), flow()).unwrap()
}

fn caller(record_route: &str) -> Dialog {
    Dialog::as_caller(&read(&answer(200, ";tag=bob1", record_route)), flow()).unwrap()
}

/// The next request of a dialog, read.
fn next(dialog: &mut Dialog, method: Method<'_>) -> Message {
    let (mut builder, _) = dialog.request(method, origin());
    let message = Message::parse(builder.finish(), &Limits::DEFAULT).unwrap();
    message.check_request().unwrap();
    message
}
