//! Checks of a whole message: the rules that reading alone does not ask about.

use crate::address::Contacts;
use crate::message::{Kind, Message};
use crate::method::Method;
use crate::name::{Code, Name, code};
use crate::problem::Problem;
use crate::typed::missing;
use crate::uri::Scheme;
use crate::via::Via;

/// Headers that may stand on one line only: two of them would let two readers see two messages.
const SINGLE: [(Code, &str); 17] = [
    (code::From, "From"),
    (code::To, "To"),
    (code::CallId, "Call-ID"),
    (code::CSeq, "CSeq"),
    (code::MaxForwards, "Max-Forwards"),
    (code::ContentLength, "Content-Length"),
    (code::ContentType, "Content-Type"),
    (code::Expires, "Expires"),
    (code::Event, "Event"),
    (code::RAck, "RAck"),
    (code::RSeq, "RSeq"),
    (code::ReferTo, "Refer-To"),
    (code::Replaces, "Replaces"),
    (code::SessionExpires, "Session-Expires"),
    (code::MinSe, "Min-SE"),
    (code::SubscriptionState, "Subscription-State"),
    (code::SipIfMatch, "SIP-If-Match"),
];

impl Message {
    /// Checks a request before any of it is used: the mandatory headers of RFC 3261 §8.1.1 (a
    /// missing Max-Forwards is let pass for RFC 2543 peers), headers given twice, every Via,
    /// From, To, Contact and Route, CSeq and its method, Max-Forwards, Date, the Request-URI and
    /// its escapes and scheme, and that a REGISTER is for a SIP address.
    ///
    /// # Errors
    /// The first rule broken: 400, 416 (scheme of the Request-URI) or 483 (too many Vias).
    pub fn check_request(&self) -> Result<(), Problem> {
        let Kind::Request { method, .. } = self.kind() else {
            return Err(Problem::bad("message", "must be a request"));
        };
        self.check_common()?;
        if self.cseq()?.method != method {
            return Err(Problem::bad("CSeq", "method must be that of the request"));
        }
        if method == Method::Register {
            self.check_register()?;
        }
        self.max_forwards()?;
        self.content_type()?;
        self.check_date()?;
        self.routes()?;
        self.check_contacts()?;
        let uri = self.request_uri()?;
        uri.check_scheme()?;
        if uri.headers.is_some() {
            return Err(Problem::bad("Request-URI", "must not have headers"));
        }
        Ok(())
    }

    /// Checks a response before any of it is used: the headers it copies from the request,
    /// Contact and Record-Route, and that ours is its only Via (RFC 3261 §8.1.3.3).
    ///
    /// # Errors
    /// The first rule broken. A response with a problem is dropped, so the status says nothing.
    pub fn check_response(&self) -> Result<(), Problem> {
        if self.is_request() {
            return Err(Problem::bad("message", "must be a response"));
        }
        self.check_common()?;
        if self.check_vias()? > 1 {
            return Err(Problem::bad("Via", "a response that has arrived has one"));
        }
        self.check_contacts()
    }

    /// Whether the request may travel on: 483 at Max-Forwards 0 (RFC 3261 §16.3 step 3).
    ///
    /// # Errors
    /// 483, or 400 when Max-Forwards is out of range.
    pub fn check_hops(&self) -> Result<(), Problem> {
        match self.max_forwards()? {
            Some(0) => Err(Problem::new(
                483,
                "Max-Forwards",
                "must be above 0 to travel on",
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the method is served here.
    ///
    /// # Errors
    /// 501 for a method nobody here has a name for, 405 for one that is known and not among
    /// `served`; a 405 must carry Allow (RFC 3261 §8.2.1, §21.5.2).
    pub fn check_method(&self, served: &[Method<'_>]) -> Result<(), Problem> {
        match self.method() {
            Some(method) if served.contains(&method) => Ok(()),
            Some(Method::Other(_)) => Err(Problem::new(501, "method", "is not known")),
            Some(_) => Err(Problem::new(405, "method", "is not served here")),
            None => Err(Problem::bad("message", "must be a request")),
        }
    }

    /// The option tags of Require that are not among `served`: when there are any, the answer
    /// is 420 with them in Unsupported (RFC 3261 §8.2.2.3). CANCEL and ACK must not be judged.
    #[must_use]
    pub fn unsupported_options(&self, served: &[&str]) -> Vec<&str> {
        unserved(self.require(), served)
    }

    /// The same for Proxy-Require (RFC 3261 §16.3 step 5).
    #[must_use]
    pub fn unsupported_proxy_options(&self, served: &[&str]) -> Vec<&str> {
        unserved(self.proxy_require(), served)
    }

    /// Whether Require asks only for what is served. CANCEL and ACK pass.
    ///
    /// # Errors
    /// 420; [`Message::unsupported_options`] names the tags.
    pub fn check_require(&self, served: &[&str]) -> Result<(), Problem> {
        let exempt = matches!(self.method(), Some(Method::Ack | Method::Cancel));
        if exempt || self.unsupported_options(served).is_empty() {
            Ok(())
        } else {
            Err(Problem::new(
                420,
                "Require",
                "asks for an extension that is not served",
            ))
        }
    }

    /// Whether the body is of a media type in `served`, or absent.
    ///
    /// # Errors
    /// 415 (RFC 3261 §8.2.3; the answer carries Accept), also for an encoding we cannot undo;
    /// 400 when Content-Type is broken or missing beside a body.
    pub fn check_body(&self, served: &[&str]) -> Result<(), Problem> {
        if self.body().is_empty() {
            return Ok(());
        }
        let mut encodings = self.values(Name::ContentEncoding);
        if encodings.any(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
            return Err(Problem::new(415, "Content-Encoding", "is not served"));
        }
        let kind = self.content_type()?.ok_or(missing("Content-Type"))?;
        if served.iter().any(|media_type| kind.is(media_type)) {
            Ok(())
        } else {
            Err(Problem::new(415, "Content-Type", "is not served"))
        }
    }

    /// The rules requests and responses share.
    fn check_common(&self) -> Result<(), Problem> {
        if let Some((_, field)) = SINGLE.iter().find(|(code, _)| self.repeats(*code)) {
            return Err(Problem::bad(field, "must be given once"));
        }
        self.check_vias()?;
        self.from()?
            .uri()
            .map_err(|problem| problem.in_field("From"))?;
        self.to()?.uri().map_err(|problem| problem.in_field("To"))?;
        self.call_id()?;
        self.cseq()?;
        self.record_routes()?;
        Ok(())
    }

    /// Every Contact and its URI; `*` only in REGISTER.
    fn check_contacts(&self) -> Result<(), Problem> {
        match self.contacts()? {
            Contacts::List(list) => list.iter().try_for_each(|contact| {
                contact
                    .uri()
                    .map(drop)
                    .map_err(|problem| problem.in_field("Contact"))
            }),
            Contacts::Star if self.method() == Some(Method::Register) => Ok(()),
            Contacts::Star => Err(Problem::bad("Contact", "'*' is only for REGISTER")),
        }
    }

    /// Every Via, within the limit.
    fn check_vias(&self) -> Result<usize, Problem> {
        let mut count = 0;
        for value in self.values(Name::Via) {
            count += 1;
            if count > self.limits().vias {
                return Err(Problem::new(483, "Via", "too many hops"));
            }
            Via::parse_within(value, self.limits().params)?;
        }
        if count == 0 {
            Err(missing("Via"))
        } else {
            Ok(count)
        }
    }

    /// The address to be registered must be a SIP one (RFC 3261 §10.2).
    fn check_register(&self) -> Result<(), Problem> {
        match self.to()?.uri()?.scheme {
            Scheme::Sip | Scheme::Sips => Ok(()),
            Scheme::Tel | Scheme::Other(_) => Err(Problem::bad(
                "To",
                "the address of a registration must be a SIP URI",
            )),
        }
    }

    /// A Date, where there is one, is in GMT (RFC 3261 §20.17).
    fn check_date(&self) -> Result<(), Problem> {
        match self.first(code::Date) {
            Some(date) if !date.ends_with(" GMT") => Err(Problem::bad("Date", "must be in GMT")),
            Some(_) | None => Ok(()),
        }
    }
}

fn unserved<'a>(tags: impl Iterator<Item = &'a str>, served: &[&str]) -> Vec<&'a str> {
    tags.filter(|tag| !served.iter().any(|known| known.eq_ignore_ascii_case(tag)))
        .collect()
}
