//! The reading of `ezk-sip-types`.

use bytes::Bytes;
use ezk_sip_types::header::typed::{CSeq, CallID, Contact, ContentLength, FromTo, Via};
use ezk_sip_types::host::Host;
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::uri::{SipUri, SipUriUserPart};
use ezk_sip_types::{Headers, Name};

use crate::view::{self, View};

/// The view; none when the start line or the head as a whole is refused.
pub fn read(bytes: &[u8]) -> Option<View> {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut lines = PullParser::new(&bytes, 0);
    let first = std::str::from_utf8(lines.next()?.ok()?).ok()?;
    let Ok(MessageLine::Request(start)) = first.parse() else {
        return None;
    };
    let headers = headers(&bytes, &mut lines)?;
    let body = &bytes[lines.head_end()..];
    let cseq: Option<CSeq> = headers.get_named().ok();
    let from: Option<FromTo> = headers.get(Name::FROM).ok();
    let to: Option<FromTo> = headers.get(Name::TO).ok();
    Some(View {
        method: Some(start.method.to_string()),
        uri: Some(uri(&start.uri)),
        branch: headers.get_named::<Vec<Via>>().ok().and_then(branch),
        from_tag: from.as_ref().map(tag),
        to_tag: to.as_ref().map(tag),
        from_uri: from.as_ref().map(|from| uri(&from.uri.uri)),
        to_uri: to.as_ref().map(|to| uri(&to.uri.uri)),
        call_id: headers
            .get_named::<CallID>()
            .ok()
            .map(|id| id.0.to_string()),
        cseq: cseq.map(|cseq| format!("{} {}", cseq.cseq, cseq.method)),
        contact: contact(&headers),
        body: length(&headers, body.len()).and_then(|length| Some(view::body(body.get(..length)?))),
    })
}

fn headers(bytes: &Bytes, lines: &mut PullParser<'_>) -> Option<Headers> {
    let mut headers = Headers::new();
    for line in lines {
        let line = std::str::from_utf8(line.ok()?).ok()?;
        let (_, line) = Line::parse(bytes, line).ok()?;
        headers.insert(line.name, line.value);
    }
    Some(headers)
}

fn branch(vias: Vec<Via>) -> Option<String> {
    let branch = vias.first()?.params.get_val("branch");
    Some(branch.map(ToString::to_string).unwrap_or_default())
}

fn tag(address: &FromTo) -> String {
    let tag = address.tag.as_ref();
    tag.map(ToString::to_string).unwrap_or_default()
}

fn contact(headers: &Headers) -> Option<String> {
    match headers.try_get_named::<Vec<Contact>>() {
        None => Some(String::new()),
        Some(contacts) => Some(uri(&contacts.ok()?.first()?.uri.uri)),
    }
}

/// The length of the body; without Content-Length it reaches to the end.
fn length(headers: &Headers, available: usize) -> Option<usize> {
    match headers.try_get_named::<ContentLength>() {
        None => Some(available),
        Some(length) => length.ok().map(|length| length.0),
    }
}

fn uri(uri: &SipUri) -> String {
    let user = match &uri.user_part {
        SipUriUserPart::Empty => "",
        SipUriUserPart::User(user) => user,
        SipUriUserPart::UserPw(both) => &both.user,
    };
    let host = match &uri.host_port.host {
        Host::Name(name) => name.to_string(),
        Host::IP4(address) => view::address((*address).into()),
        Host::IP6(address) => view::address((*address).into()),
    };
    let scheme = if uri.sips { "sips" } else { "sip" };
    view::uri(scheme, user, &host, uri.host_port.port)
}
