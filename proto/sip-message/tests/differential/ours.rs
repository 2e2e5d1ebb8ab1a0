//! Our own reading.

use bytes::Bytes;
use sip_message::{
    Builder, Contacts, Host, Kind, Limits, Message, Name, NameAddr, Problem, Scheme, Uri,
};

use crate::view::{self, View};

/// The view of a request that passes every check.
pub fn read(bytes: &[u8]) -> Result<View, Problem> {
    let message = Message::parse(Bytes::copy_from_slice(bytes), &Limits::DEFAULT)?;
    message.check_request()?;
    let (from, to, cseq) = (message.from()?, message.to()?, message.cseq()?);
    let contact = match message.contacts()? {
        Contacts::Star => "*".to_owned(),
        Contacts::List(list) => match list.first() {
            Some(first) => address(first)?,
            None => String::new(),
        },
    };
    let method = message.method().map(|method| method.to_string());
    Ok(View {
        method,
        uri: Some(uri(&message.request_uri()?)),
        branch: Some(message.top_via()?.branch().unwrap_or("").to_owned()),
        from_tag: Some(from.tag().unwrap_or("").to_owned()),
        to_tag: Some(to.tag().unwrap_or("").to_owned()),
        from_uri: Some(address(&from)?),
        to_uri: Some(address(&to)?),
        call_id: Some(message.call_id()?.to_owned()),
        cseq: Some(format!("{} {}", cseq.number, cseq.method)),
        contact: Some(contact),
        body: Some(view::body(message.body())),
    })
}

pub fn address(address: &NameAddr<'_>) -> Result<String, Problem> {
    address.uri().map(|found| uri(&found))
}

fn uri(uri: &Uri<'_>) -> String {
    let host = match uri.host {
        Host::Name(name) => name.to_owned(),
        Host::V4(_) | Host::V6(_) => uri.host.address().map(view::address).unwrap_or_default(),
        Host::Absent => String::new(),
    };
    let user = match uri.scheme {
        Scheme::Sip | Scheme::Sips | Scheme::Tel => uri.user_decoded().unwrap_or_default(),
        Scheme::Other(_) => uri.opaque().into(),
    };
    view::uri(uri.scheme.as_str(), &user, &host, uri.port)
}

/// The message read and printed again: canonical names, no folds, Content-Length last.
pub fn print(bytes: &[u8]) -> Vec<u8> {
    let message = Message::parse(Bytes::copy_from_slice(bytes), &Limits::DEFAULT).unwrap();
    let Kind::Request { method, uri } = message.kind() else {
        panic!("only requests are generated");
    };
    let mut builder = Builder::request(method, uri);
    builder.copy_except(&message, &[Name::ContentType]);
    if let Some(kind) = message.header(Name::ContentType) {
        builder.body_shared(kind, message.body_bytes());
    }
    builder.finish().to_vec()
}
