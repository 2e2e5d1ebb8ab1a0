//! `ezk-sip-types`, as its own stack uses it.

use std::fmt::Write;
use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use ezk_sip_types::header::typed::{CSeq, CallID, Contact, FromTo, MaxForwards, Via};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::print::{AppendCtx, PrintCtx, UriContext};
use ezk_sip_types::{Headers, Name};

use crate::Work;

struct Message {
    line: MessageLine,
    headers: Headers,
    body: Bytes,
}

fn parse(bytes: &Bytes) -> Option<Message> {
    let mut lines = PullParser::new(bytes, 0);
    let line = std::str::from_utf8(lines.next()?.ok()?).ok()?;
    let line: MessageLine = line.parse().ok()?;
    let mut headers = Headers::with_capacity(16);
    for line in &mut lines {
        let line = std::str::from_utf8(line.ok()?).ok()?;
        let (_, line) = Line::parse(bytes, line).ok()?;
        headers.insert(line.name, line.value);
    }
    let body = bytes.slice(lines.head_end()..);
    Some(Message {
        line,
        headers,
        body,
    })
}

fn typed(message: &Message) -> Option<usize> {
    let headers = &message.headers;
    let vias: Vec<Via> = headers.get_named().ok()?;
    let from: FromTo = headers.get(Name::FROM).ok()?;
    let to: FromTo = headers.get(Name::TO).ok()?;
    let cseq: CSeq = headers.get_named().ok()?;
    let contacts: Vec<Contact> = headers.get_named().ok()?;
    let hops: MaxForwards = headers.get_named().ok()?;
    let call_id: CallID = headers.get_named().ok()?;
    let branch = vias.first()?.params.get_val("branch");
    let sum = branch.map_or(0, |branch| branch.len())
        + from.tag.map_or(0, |tag| tag.len())
        + to.tag.map_or(0, |tag| tag.len())
        + contacts.len()
        + call_id.0.len();
    Some(sum + usize::from(cseq.cseq == 0 && hops.0 == 0))
}

fn print(message: &Message) -> Bytes {
    let context = PrintCtx {
        method: message.line.request_method(),
        uri: Some(UriContext::ReqUri),
    };
    let mut out = BytesMut::with_capacity(2_048);
    // writing to the buffer cannot fail
    let _ = write!(
        out,
        "{}\r\n{}\r\n",
        message.line.print_ctx(context),
        message.headers
    );
    out.extend_from_slice(&message.body);
    out.freeze()
}

pub(crate) fn works(bytes: &Bytes) -> Option<Vec<Work<'_>>> {
    let known = parse(bytes)?;
    typed(&known)?;
    Some(vec![
        (
            "parse",
            Box::new(|| drop(black_box(parse(black_box(bytes))))),
        ),
        (
            "typed",
            Box::new(|| {
                let message = parse(black_box(bytes));
                black_box(message.and_then(|message| typed(&message)));
            }),
        ),
        (
            "print",
            Box::new(move || drop(black_box(print(black_box(&known))))),
        ),
        (
            "all",
            Box::new(|| {
                if let Some(message) = parse(black_box(bytes)) {
                    black_box(typed(&message));
                    drop(black_box(print(&message)));
                }
            }),
        ),
    ])
}
