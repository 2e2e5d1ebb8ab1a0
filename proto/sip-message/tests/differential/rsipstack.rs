//! The reading of `rsipstack`.

use ::rsipstack::sip::prelude::*;
use ::rsipstack::sip::typed;
use ::rsipstack::sip::uri::{Host, Uri};
use ::rsipstack::sip::{Param, SipMessage};
use sip_message::unescape;

use crate::view::{self, View};

/// The view; none when the message as a whole is refused.
pub fn read(bytes: &[u8]) -> Option<View> {
    let Ok(SipMessage::Request(request)) = SipMessage::try_from(bytes) else {
        return None;
    };
    let via = request
        .top_via_header()
        .ok()
        .and_then(|via| via.typed().ok());
    let from = request
        .from_header()
        .ok()
        .and_then(|from| from.typed().ok());
    let to = request.to_header().ok().and_then(|to| to.typed().ok());
    let cseq = request
        .cseq_header()
        .ok()
        .and_then(|cseq| cseq.typed().ok());
    let contact = match request.typed_contact_headers() {
        Ok(contacts) => Some(contacts.first().map(contact).unwrap_or_default()),
        Err(_) => None,
    };
    let call_id = request.call_id_header().ok();
    Some(View {
        method: Some(request.method.to_string()),
        uri: Some(uri(&request.uri)),
        branch: via.map(|via| via.branch().map(ToString::to_string).unwrap_or_default()),
        from_tag: from.as_ref().map(|from| tag(&from.params)),
        to_tag: to.as_ref().map(|to| tag(&to.params)),
        from_uri: from.as_ref().map(|from| uri(&from.uri)),
        to_uri: to.as_ref().map(|to| uri(&to.uri)),
        call_id: call_id.map(|id| id.value().to_owned()),
        cseq: cseq.map(|cseq| format!("{} {}", cseq.seq, cseq.method)),
        contact,
        body: Some(view::body(&request.body)),
    })
}

fn tag(params: &[Param]) -> String {
    let tag = params.iter().find_map(|param| {
        if let Param::Tag(tag) = param {
            return Some(tag.to_string());
        }
        None
    });
    tag.unwrap_or_default()
}

fn contact(contact: &typed::Contact) -> String {
    match &contact.uri.scheme {
        Some(scheme) if scheme.to_string() == "*" => "*".to_owned(),
        Some(_) | None => uri(&contact.uri),
    }
}

fn uri(uri: &Uri) -> String {
    let scheme = uri.scheme.as_ref();
    let scheme = scheme.map(ToString::to_string).unwrap_or_default();
    let user = uri.auth.as_ref().map(|auth| unescape(&auth.user));
    let host = match &uri.host_with_port.host {
        Host::Domain(name) => name.to_string(),
        Host::IpAddr(address) => view::address(*address),
    };
    let port = uri.host_with_port.port.as_ref().map(|port| port.0);
    if scheme.eq_ignore_ascii_case("tel") {
        return view::uri(&scheme, &host, "", None);
    }
    view::uri(&scheme, &user.unwrap_or_default(), &host, port)
}
