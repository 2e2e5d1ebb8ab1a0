//! Dialog: tags, sequence numbers, target and routes of one dialog (RFC 3261 §12).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sip_message::{Builder, Flow, Kind, Message, Method, Name, Problem};

use super::route;
use crate::token::{Branch, Tag};

/// Routes kept per dialog; more are refused with 400.
pub const MAX_ROUTES: usize = 32;

/// The name of a dialog as we see it (RFC 3261 §12).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DialogName {
    /// The Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// The peer's tag; empty when the peer knows none (RFC 2543).
    pub remote_tag: String,
}

impl DialogName {
    /// The dialog a request from the peer belongs to; none outside dialogs.
    #[must_use]
    pub fn of_request(request: &Message) -> Option<Self> {
        Some(Self {
            call_id: request.call_id().ok()?.to_owned(),
            local_tag: request.to().ok()?.tag()?.to_owned(),
            remote_tag: request.from().ok()?.tag().unwrap_or("").to_owned(),
        })
    }
}

/// What we write into the top Via of a request.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// From [`Transactions::branch`](crate::transaction::Transactions::branch).
    pub branch: Branch,
    /// Host and port; none for the flow's own.
    pub sent_by: Option<&'a str>,
}

/// Adds the top Via of a request of ours, asking for `rport` (RFC 3581 §3).
pub(crate) fn push_via(builder: &mut Builder, flow: Flow, origin: Origin<'_>) {
    let transport = flow.transport.via_token();
    let sent_by = origin
        .sent_by
        .map_or_else(|| flow.local.to_string().into(), Cow::Borrowed);
    builder.header(
        Name::Via,
        format_args!(
            "SIP/2.0/{transport} {sent_by};branch={};rport",
            origin.branch
        ),
    );
}

/// One dialog, early or confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) remote_tag: String,
    pub(crate) local_seq: u32,
    pub(crate) remote_seq: Option<u32>,
    /// Our From (To) value with its tag.
    pub(crate) local: String,
    /// The peer's To (From) value with its tag.
    pub(crate) remote: String,
    pub(crate) remote_target: String,
    pub(crate) routes: Vec<String>,
    pub(crate) secure: bool,
    pub(crate) flow: Flow,
    /// Whether we sent the request that made it: the owner of the Call-ID (RFC 3261 §14.1).
    pub(crate) is_caller: bool,
}

impl Dialog {
    /// The dialog that our response to an INVITE makes (RFC 3261 §12.1.1).
    ///
    /// # Errors
    /// 400 naming the header that is missing or wrong.
    pub fn as_callee(invite: &Message, local_tag: Tag, flow: Flow) -> Result<Self, Problem> {
        let (from, to) = (invite.from()?, invite.to()?);
        let contact = target_of(invite)?;
        let routes: Vec<String> = invite
            .values(Name::RecordRoute)
            .map(str::to_owned)
            .collect();
        if routes.len() > MAX_ROUTES {
            return Err(Problem::bad("Record-Route", "must have at most 32 values"));
        }
        Ok(Self {
            call_id: invite.call_id()?.to_owned(),
            local_tag: local_tag.to_string(),
            remote_tag: from.tag().unwrap_or("").to_owned(),
            local_seq: 0,
            remote_seq: Some(invite.cseq()?.number),
            local: format!("{};tag={local_tag}", to.as_str()),
            remote: from.as_str().to_owned(),
            remote_target: contact,
            routes,
            secure: request_uri(invite).is_some_and(is_sips),
            flow,
            is_caller: false,
        })
    }

    /// The dialog that a response to our INVITE makes (RFC 3261 §12.1.2).
    ///
    /// # Errors
    /// 400 naming the header that is missing or wrong; a 2xx without Contact is such.
    pub fn as_caller(response: &Message, flow: Flow) -> Result<Self, Problem> {
        let (from, to) = (response.from()?, response.to()?);
        let mut routes: Vec<String> = response
            .values(Name::RecordRoute)
            .map(str::to_owned)
            .collect();
        if routes.len() > MAX_ROUTES {
            return Err(Problem::bad("Record-Route", "must have at most 32 values"));
        }
        routes.reverse();
        Ok(Self {
            call_id: response.call_id()?.to_owned(),
            local_tag: from.tag().unwrap_or("").to_owned(),
            remote_tag: to.tag().unwrap_or("").to_owned(),
            local_seq: response.cseq()?.number,
            remote_seq: None,
            local: from.as_str().to_owned(),
            remote: to.as_str().to_owned(),
            remote_target: target_of(response)?,
            routes,
            secure: false,
            flow,
            is_caller: true,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> DialogName {
        DialogName {
            call_id: self.call_id.clone(),
            local_tag: self.local_tag.clone(),
            remote_tag: self.remote_tag.clone(),
        }
    }

    /// The Call-ID.
    #[must_use]
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Our tag.
    #[must_use]
    pub fn local_tag(&self) -> &str {
        &self.local_tag
    }

    /// The peer's tag.
    #[must_use]
    pub fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// Where the peer wants requests: its last Contact.
    #[must_use]
    pub fn remote_target(&self) -> &str {
        &self.remote_target
    }

    /// Our address as From or To carries it, tag included.
    #[must_use]
    pub fn local_address(&self) -> &str {
        &self.local
    }

    /// The peer's address as From or To carries it, tag included.
    #[must_use]
    pub fn remote_address(&self) -> &str {
        &self.remote
    }

    /// The route set in the order of our requests.
    #[must_use]
    pub fn route_set(&self) -> &[String] {
        &self.routes
    }

    /// The flow the peer last spoke on.
    #[must_use]
    pub const fn flow(&self) -> Flow {
        self.flow
    }

    /// Whether a request names the peer of this dialog.
    #[must_use]
    pub fn is_from_peer(&self, request: &Message) -> bool {
        request
            .from()
            .is_ok_and(|from| from.tag().unwrap_or("") == self.remote_tag)
    }

    /// Begins the next request (RFC 3261 §12.2.1.1): Via, Max-Forwards, Route, From, To,
    /// Call-ID and CSeq are written. Also returns its sequence number.
    pub fn request(&mut self, method: Method<'_>, origin: Origin<'_>) -> (Builder, u32) {
        self.local_seq = self.local_seq.wrapping_add(1) & 0x7fff_ffff;
        (self.write(method, self.local_seq, origin), self.local_seq)
    }

    /// Begins the ACK of a 2xx; it has the number of its INVITE (RFC 3261 §13.2.2.4).
    #[must_use]
    pub fn ack(&self, number: u32, origin: Origin<'_>) -> Builder {
        self.write(Method::Ack, number, origin)
    }

    /// Begins the CANCEL of a re-INVITE of ours: `origin` is that of the INVITE (RFC 3261 §9.1).
    #[must_use]
    pub fn cancel(&self, number: u32, origin: Origin<'_>) -> Builder {
        self.write(Method::Cancel, number, origin)
    }

    /// The Request-URI of our requests: the target, or the first route when it routes strictly.
    #[must_use]
    pub fn request_uri(&self) -> &str {
        route::path(&self.remote_target, &self.routes).request_uri
    }

    fn write(&self, method: Method<'_>, number: u32, origin: Origin<'_>) -> Builder {
        let path = route::path(&self.remote_target, &self.routes);
        let mut builder = Builder::request(method, path.request_uri);
        push_via(&mut builder, self.flow, origin);
        builder.header(Name::MaxForwards, "70");
        for route in path.routes {
            builder.header(Name::Route, route);
        }
        if let Some(last) = path.appended {
            builder.header(Name::Route, format_args!("<{last}>"));
        }
        builder.header(Name::From, &self.local);
        builder.header(Name::To, &self.remote);
        builder.header(Name::CallId, &self.call_id);
        builder.header(Name::CSeq, format_args!("{number} {method}"));
        builder
    }

    /// Takes the sequence number of a request from the peer and the flow it came by.
    ///
    /// # Errors
    /// 500 when the number is lower than one seen before (RFC 3261 §12.2.2).
    pub fn accept(&mut self, request: &Message, flow: Flow) -> Result<(), Problem> {
        let number = request.cseq()?.number;
        if self.remote_seq.is_some_and(|seen| number < seen) {
            return Err(Problem::new(
                500,
                "CSeq",
                "must not go back within a dialog",
            ));
        }
        self.remote_seq = Some(number);
        self.flow = flow;
        Ok(())
    }

    /// Takes the Contact of a request or response that refreshes the target (RFC 3261 §12.2);
    /// without a good one the target stays.
    pub fn refresh_target(&mut self, message: &Message) {
        if let Ok(target) = target_of(message)
            && target != self.remote_target
        {
            self.remote_target = target;
        }
    }

    /// The URI the next request goes to: the first route, else the target.
    #[must_use]
    pub fn next_hop(&self) -> &str {
        self.routes
            .first()
            .map_or(&self.remote_target, |route| route::uri_in(route))
    }
}

fn target_of(message: &Message) -> Result<String, Problem> {
    let contacts = message.contacts()?;
    let contact = contacts
        .first()
        .ok_or(Problem::bad("Contact", "must be present"))?;
    Ok(contact.uri_text.to_owned())
}

/// The Request-URI as written.
pub(crate) fn request_uri(request: &Message) -> Option<&str> {
    match request.kind() {
        Kind::Request { uri, .. } => Some(uri),
        Kind::Response { .. } => None,
    }
}

fn is_sips(uri: &str) -> bool {
    uri.get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("sips:"))
}
