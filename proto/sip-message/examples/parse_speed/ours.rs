//! This crate.

use std::hint::black_box;

use bytes::Bytes;
use sip_message::{Builder, Kind, Limits, Message, Name, Problem};

use crate::Work;

fn parse(bytes: &Bytes) -> Result<Message, Problem> {
    Message::parse(bytes.clone(), &Limits::DEFAULT)
}

/// The routing headers, with the URIs of From, To and Contact.
fn typed(message: &Message) -> Result<usize, Problem> {
    let uri = message.request_uri()?;
    let via = message.top_via()?;
    let (from, to) = (message.from()?, message.to()?);
    let contact = message.contact()?;
    let uris = from.uri()?.as_str().len() + to.uri()?.as_str().len();
    let contact = contact.map(|contact| contact.uri()).transpose()?;
    let sum = uri.as_str().len()
        + via.branch().map_or(0, str::len)
        + from.tag().map_or(0, str::len)
        + to.tag().map_or(0, str::len)
        + contact.map_or(0, |contact| contact.as_str().len())
        + message.call_id()?.len()
        + uris;
    let numbers = u32::from(message.max_forwards()?.unwrap_or(70)) ^ message.cseq()?.number;
    Ok(sum + usize::from(numbers == 0))
}

fn print(message: &Message) -> Bytes {
    let mut builder = match message.kind() {
        Kind::Request { method, uri } => Builder::request(method, uri),
        Kind::Response { status, reason } => Builder::response(status, Some(reason)),
    };
    builder.copy_except(message, &[Name::ContentType]);
    if let Some(kind) = message.header(Name::ContentType) {
        builder.body_shared(kind, message.body_bytes());
    }
    builder.finish()
}

pub(crate) fn works(bytes: &Bytes) -> Option<Vec<Work<'_>>> {
    let known = parse(bytes).ok()?;
    known.check_request().ok()?;
    typed(&known).ok()?;
    Some(vec![
        (
            "parse",
            Box::new(|| drop(black_box(parse(black_box(bytes))))),
        ),
        (
            "typed",
            Box::new(|| {
                let message = parse(black_box(bytes));
                black_box(message.and_then(|message| typed(&message)).is_ok());
            }),
        ),
        (
            "print",
            Box::new(move || drop(black_box(print(black_box(&known))))),
        ),
        (
            "all",
            Box::new(|| {
                if let Ok(message) = parse(black_box(bytes)) {
                    black_box(typed(&message).is_ok());
                    drop(black_box(print(&message)));
                }
            }),
        ),
    ])
}
