//! Requests of our own outside calls: REGISTER and OPTIONS.

use bytes::Bytes;
use sip_message::{Builder, Flow, Method, Name};
use sip_stack::Branch;

/// A request as a machine wants it sent; the flow and the branch are the sender's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// REGISTER or OPTIONS.
    pub method: Method<'static>,
    /// The Request-URI.
    pub uri: String,
    /// From, with its tag.
    pub from: String,
    /// To.
    pub to: String,
    /// The Call-ID: the same for all requests of one machine (RFC 3261 §10.2.4).
    pub call_id: String,
    /// The CSeq number.
    pub number: u32,
    /// The user part of our Contact; none for the bare address.
    pub contact_user: Option<String>,
    /// Seconds asked for; none but in a REGISTER.
    pub expires: Option<u32>,
    /// Credentials, once they were asked for.
    pub credentials: Option<(Name<'static>, String)>,
}

impl Request {
    /// The message on a flow, by these proxies. Its Contact is our address there.
    #[must_use]
    pub fn message(&self, flow: Flow, branch: Branch, agent: &str, routes: &[String]) -> Bytes {
        let mut builder = Builder::request(self.method, &self.uri);
        let (transport, local) = (flow.transport.via_token(), flow.local);
        builder.header(
            Name::Via,
            format_args!("SIP/2.0/{transport} {local};branch={branch};rport"),
        );
        for route in routes {
            builder.text(Name::Route, route);
        }
        builder
            .text(Name::MaxForwards, "70")
            .text(Name::From, &self.from)
            .text(Name::To, &self.to)
            .text(Name::CallId, &self.call_id)
            .header(
                Name::CSeq,
                format_args!("{} {}", self.number, self.method.as_str()),
            )
            .text(Name::Contact, &self.contact(flow));
        if let Some(expires) = self.expires {
            builder.header(Name::Expires, expires);
        }
        if let Some((name, value)) = &self.credentials {
            builder.text(*name, value);
        }
        builder.text(Name::UserAgent, agent);
        builder.finish()
    }

    fn contact(&self, flow: Flow) -> String {
        let user = self.contact_user.as_deref();
        let user = user.map_or_else(String::new, |user| format!("{user}@"));
        let transport = if flow.transport.is_reliable() {
            format!(";transport={}", flow.transport.uri_token())
        } else {
            String::new()
        };
        format!("<sip:{user}{}{transport}>", flow.local)
    }
}
