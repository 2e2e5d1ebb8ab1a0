//! The messages this layer makes by itself, and the way responses take.

use std::net::SocketAddr;

use bytes::Bytes;
use sip_message::{
    Builder, Flow, Host, Limits, Message, Method, Name, Restraint, Via, response_to,
    restraining_response_to,
};

use crate::dialog::request_uri;
use crate::fingerprint::{Fingerprint, Key};
use crate::token::{Branch, Tag};

const DEFAULT_PORT: u16 = 5060;

/// The ACK of a non-2xx final response (RFC 3261 §17.1.1.3); nothing when the INVITE cannot be
/// read, which we made ourselves.
pub(super) fn ack_of_refusal(invite: &Bytes, refusal: &Message) -> Option<Bytes> {
    let invite = Message::parse(invite.clone(), &Limits::DEFAULT).ok()?;
    let mut ack = Builder::request(Method::Ack, request_uri(&invite)?);
    ack.header(Name::Via, invite.top_via().ok()?.as_str());
    ack.header(Name::MaxForwards, "70");
    ack.copy(&invite, Name::Route);
    ack.copy(&invite, Name::From);
    ack.copy(refusal, Name::To);
    ack.copy(&invite, Name::CallId);
    ack.header(
        Name::CSeq,
        format_args!("{} ACK", invite.cseq().ok()?.number),
    );
    Some(ack.finish())
}

/// The automatic 100 (RFC 3261 §8.2.6.1): without a To tag.
pub(super) fn trying(request: &Message, flow: Flow) -> Bytes {
    response_to(request, 100, None, flow.remote).finish()
}

/// A response with our tag.
pub(super) fn answer(
    request: &Message,
    status: u16,
    tag: Tag,
    flow: Flow,
    restraint: Option<Restraint>,
) -> Builder {
    let tag = tag.to_string();
    restraining_response_to(request, status, Some(&tag), flow.remote, restraint)
}

/// Where responses to a request go (RFC 3261 §18.2.2, RFC 3581 §4).
///
/// On streams back along the connection. On UDP to the source port when the client asked for
/// it, or when the address it wrote is not the one it sends from, for then its port is hidden
/// behind a NAT too; otherwise to the port it wrote. `maddr` is not followed.
pub(super) fn response_flow(request: &Message, flow: Flow) -> Flow {
    if flow.transport.is_reliable() {
        return flow;
    }
    let Ok(via) = request.top_via() else {
        return flow;
    };
    if via.rport().is_some() || via.host.address() != Some(flow.remote.ip()) {
        return flow;
    }
    let port = via.port.unwrap_or(DEFAULT_PORT);
    Flow {
        remote: SocketAddr::new(flow.remote.ip(), port),
        ..flow
    }
}

/// Which transaction a request belongs to (RFC 3261 §17.2.3). `method` is that of the
/// transaction sought: INVITE for an ACK, INVITE for what a CANCEL wants to cancel.
pub(super) fn fingerprint(key: Key, request: &Message, method: Method<'_>) -> Option<u128> {
    let via = request.top_via().ok()?;
    if via.has_unique_branch() {
        let sent_by = key
            .begin(1)
            .field_any_case(via.branch()?)
            .field(method.as_str().as_bytes());
        return Some(host_and_port(sent_by, &via).end());
    }
    // a client of RFC 2543: its branch, if any, says nothing
    let from = request.from().ok()?;
    let cseq = request.cseq().ok()?;
    let head = key
        .begin(2)
        .field(request_uri(request)?.as_bytes())
        .field(from.tag().unwrap_or("").as_bytes())
        .field(request.call_id().ok()?.as_bytes())
        .number(u64::from(cseq.number))
        .field(method.as_str().as_bytes())
        .field(via.branch().unwrap_or("").as_bytes());
    Some(host_and_port(head, &via).end())
}

/// What two requests share that one sender meant as one (RFC 3261 §8.2.2.2): From tag, Call-ID
/// and CSeq. None inside a dialog, where requests do not come by several ways.
pub(super) fn merge_id(key: Key, request: &Message) -> Option<u128> {
    if request.to().ok()?.tag().is_some() {
        return None;
    }
    let (from, cseq) = (request.from().ok()?, request.cseq().ok()?);
    let id = key
        .begin(5)
        .field(from.tag()?.as_bytes())
        .field(request.call_id().ok()?.as_bytes())
        .number(u64::from(cseq.number))
        .field(cseq.method.as_str().as_bytes());
    Some(id.end())
}

fn host_and_port(head: Fingerprint, via: &Via<'_>) -> Fingerprint {
    let head = match via.host {
        Host::Name(name) => head.field_any_case(name),
        Host::V4(address) => head.field(&address.octets()),
        Host::V6(address) => head.field(&address.octets()),
        Host::Absent => head,
    };
    head.number(u64::from(via.port.unwrap_or(DEFAULT_PORT)))
}

/// The branch of ours in the beginning of a request, cut anywhere, and whether it is a CANCEL.
pub(super) fn quoted_branch(quoted: &[u8]) -> Option<(Branch, bool)> {
    const MARK: &[u8] = b"branch=";
    /// Cookie and token.
    const LENGTH: usize = 23;
    let at = quoted.windows(MARK.len()).position(|part| part == MARK)? + MARK.len();
    let text = std::str::from_utf8(quoted.get(at..at + LENGTH)?).ok()?;
    Some((Branch::parse(text)?, quoted.starts_with(b"CANCEL ")))
}
