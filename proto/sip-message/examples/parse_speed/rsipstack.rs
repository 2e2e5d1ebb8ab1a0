//! `rsipstack`.

use std::hint::black_box;

use ::rsipstack::sip::SipMessage;
use ::rsipstack::sip::prelude::*;
use bytes::Bytes;

use crate::Work;

fn parse(bytes: &Bytes) -> Option<SipMessage> {
    SipMessage::try_from(&bytes[..]).ok()
}

fn typed(message: &SipMessage) -> Option<usize> {
    let via = message.via_header().ok()?.typed().ok()?;
    let from = message.from_header().ok()?.typed().ok()?;
    let to = message.to_header().ok()?.typed().ok()?;
    let cseq = message.cseq_header().ok()?.typed().ok()?;
    let contact = message.contact_header().ok()?.typed().ok()?;
    let hops = message.max_forwards_header().ok()?.value().len();
    let call_id = message.call_id_header().ok()?.value().len();
    let sum = via.branch().map_or(0, |branch| branch.value().len())
        + from.tag().map_or(0, |tag| tag.value().len())
        + to.tag().map_or(0, |tag| tag.value().len())
        + contact.params.len()
        + hops
        + call_id;
    Some(sum + usize::from(cseq.seq == 0))
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
            Box::new(move || drop(black_box(black_box(&known).to_bytes()))),
        ),
        (
            "all",
            Box::new(|| {
                if let Some(message) = parse(black_box(bytes)) {
                    black_box(typed(&message));
                    drop(black_box(message.to_bytes()));
                }
            }),
        ),
    ])
}
