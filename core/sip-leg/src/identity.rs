//! How the exchange names the parties to each other, and itself to both.

use sip_message::{Flow, Transport, escape_user, quote};

/// A party as the other side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The number.
    pub number: &'a str,
    /// The name; may be empty.
    pub display: &'a str,
    /// The company's domain, never the other side's host.
    pub domain: &'a str,
}

impl Identity<'_> {
    /// The value for From, To or P-Asserted-Identity, without a tag.
    #[must_use]
    pub fn value(&self) -> String {
        let user = escape_user(self.number);
        let at = if user.is_empty() { "" } else { "@" };
        if self.display.is_empty() {
            return format!("<sip:{user}{at}{}>", self.domain);
        }
        format!("{} <sip:{user}{at}{}>", quote(self.display), self.domain)
    }
}

/// Our Contact on a flow: the address the peer reached us at, and nothing of the other side.
#[must_use]
pub fn contact_of(flow: &Flow) -> String {
    match flow.transport {
        Transport::Udp => format!("<sip:{}>", flow.local),
        Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
            format!(
                "<sip:{};transport={}>",
                flow.local,
                flow.transport.uri_token()
            )
        }
    }
}
