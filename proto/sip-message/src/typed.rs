//! The typed headers of a message.

use crate::address::{self, Contacts, NameAddr};
use crate::auth::{Challenge, Credentials};
use crate::fields::{
    self, CSeq, ContentType, Parameterised, RAck, Reason, Replaces, SessionExpires,
};
use crate::message::Message;
use crate::method::Method;
use crate::name::{Code, Name, code};
use crate::problem::Problem;
use crate::text::{self, Values};
use crate::via::Via;

impl Message {
    /// The first Via value: the hop a response goes back to.
    ///
    /// # Errors
    /// 400 when missing or broken.
    pub fn top_via(&self) -> Result<Via<'_>, Problem> {
        let field = self.first(code::Via).ok_or(missing("Via"))?;
        let value = Values::new(field).next().unwrap_or_default();
        Via::parse_within(value, self.limits().params)
    }

    /// All Via values, newest first.
    ///
    /// # Errors
    /// 400 when one is broken; 483 when there are more than the limit.
    pub fn vias(&self) -> Result<Vec<Via<'_>>, Problem> {
        let mut vias = Vec::new();
        for value in self.values(Name::Via) {
            if vias.len() >= self.limits().vias {
                return Err(Problem::new(483, "Via", "too many hops"));
            }
            vias.push(Via::parse_within(value, self.limits().params)?);
        }
        Ok(vias)
    }

    /// From.
    ///
    /// # Errors
    /// 400 when missing or broken.
    pub fn from(&self) -> Result<NameAddr<'_>, Problem> {
        self.needed_address(code::From, "From")
    }

    /// To.
    ///
    /// # Errors
    /// 400 when missing or broken.
    pub fn to(&self) -> Result<NameAddr<'_>, Problem> {
        self.needed_address(code::To, "To")
    }

    /// Call-ID.
    ///
    /// # Errors
    /// 400 when missing or not in the grammar.
    pub fn call_id(&self) -> Result<&str, Problem> {
        let call_id = self.first(code::CallId).ok_or(missing("Call-ID"))?;
        if fields::is_call_id(call_id) {
            Ok(call_id)
        } else {
            Err(Problem::bad(
                "Call-ID",
                "must be a word, perhaps '@' and a word",
            ))
        }
    }

    /// CSeq.
    ///
    /// # Errors
    /// 400 when missing or broken.
    pub fn cseq(&self) -> Result<CSeq<'_>, Problem> {
        CSeq::parse(self.first(code::CSeq).ok_or(missing("CSeq"))?)
    }

    /// Contact: `*` or the addresses of all lines.
    ///
    /// # Errors
    /// 400 when broken, when `*` stands beside addresses, or past the limit of values.
    pub fn contacts(&self) -> Result<Contacts<'_>, Problem> {
        if !self.saw(code::Contact) {
            return Ok(Contacts::List(Vec::new()));
        }
        let mut values = self.values(Name::Contact);
        if values.next() == Some("*") && values.next().is_none() {
            return Ok(Contacts::Star);
        }
        self.addresses(Name::Contact, "Contact").map(Contacts::List)
    }

    /// The first Contact, for those who need one.
    ///
    /// # Errors
    /// 400 when broken.
    pub fn contact(&self) -> Result<Option<NameAddr<'_>>, Problem> {
        self.optional_address(code::Contact, "Contact")
    }

    /// Route, topmost first.
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn routes(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::Route, "Route")
    }

    /// Record-Route, topmost first.
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn record_routes(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::RecordRoute, "Record-Route")
    }

    /// Path (RFC 3327), topmost first.
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn paths(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::Path, "Path")
    }

    /// Service-Route (RFC 3608), topmost first.
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn service_routes(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::ServiceRoute, "Service-Route")
    }

    /// P-Asserted-Identity (RFC 3325): at most two addresses are of use.
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn asserted_identities(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::PAssertedIdentity, "P-Asserted-Identity")
    }

    /// P-Preferred-Identity (RFC 3325).
    ///
    /// # Errors
    /// 400 when broken or past the limit of values.
    pub fn preferred_identities(&self) -> Result<Vec<NameAddr<'_>>, Problem> {
        self.addresses(Name::PPreferredIdentity, "P-Preferred-Identity")
    }

    /// Max-Forwards.
    ///
    /// # Errors
    /// 400 when no number from 0 to 255 (RFC 3261 §20.22).
    pub fn max_forwards(&self) -> Result<Option<u8>, Problem> {
        let bad = Problem::bad("Max-Forwards", "must be a number up to 255");
        let number = self
            .first(code::MaxForwards)
            .map(|value| text::number_u32(value).ok_or(bad));
        number
            .map(|number| u8::try_from(number?).map_err(|_| bad))
            .transpose()
    }

    /// Expires in seconds.
    ///
    /// # Errors
    /// 400 when no 32-bit number; RFC 3261 §20.19 lets a registrar take it for absent.
    pub fn expires(&self) -> Result<Option<u32>, Problem> {
        self.seconds(code::Expires, "Expires")
    }

    /// Min-Expires in seconds.
    ///
    /// # Errors
    /// 400 when no 32-bit number.
    pub fn min_expires(&self) -> Result<Option<u32>, Problem> {
        self.seconds(code::MinExpires, "Min-Expires")
    }

    /// Content-Length as written, which [`Message::parse`] has judged.
    #[must_use]
    pub fn content_length(&self) -> Option<usize> {
        self.first(code::ContentLength)
            .and_then(|value| value.parse().ok())
    }

    /// Content-Type.
    ///
    /// # Errors
    /// 400 when broken.
    pub fn content_type(&self) -> Result<Option<ContentType<'_>>, Problem> {
        self.first(code::ContentType)
            .map(ContentType::parse)
            .transpose()
    }

    /// Whether there is a body of this media type, such as `application/sdp`.
    #[must_use]
    pub fn has_body_of(&self, media_type: &str) -> bool {
        !self.body().is_empty()
            && matches!(self.content_type(), Ok(Some(kind)) if kind.is(media_type))
    }

    /// The option tags of Require.
    pub fn require(&self) -> impl Iterator<Item = &str> {
        fields::tokens(self.headers(Name::Require))
    }

    /// The option tags of Proxy-Require.
    pub fn proxy_require(&self) -> impl Iterator<Item = &str> {
        fields::tokens(self.headers(Name::ProxyRequire))
    }

    /// The option tags of Supported.
    pub fn supported(&self) -> impl Iterator<Item = &str> {
        fields::tokens(self.headers(Name::Supported))
    }

    /// Whether an option tag is in Supported or Require, without regard to case.
    #[must_use]
    pub fn supports(&self, option: &str) -> bool {
        self.supported()
            .chain(self.require())
            .any(|tag| tag.eq_ignore_ascii_case(option))
    }

    /// The methods of Allow.
    pub fn allow(&self) -> impl Iterator<Item = Method<'_>> {
        fields::tokens(self.headers(Name::Allow)).map(Method::new)
    }

    /// RSeq (RFC 3262 §7.1).
    ///
    /// # Errors
    /// 400 when no number from 1 to 2^32 - 1.
    pub fn rseq(&self) -> Result<Option<u32>, Problem> {
        let bad = Problem::bad("RSeq", "must be a number from 1 to 2^32 - 1");
        let number = |value| text::number_u32(value).filter(|rseq| *rseq > 0).ok_or(bad);
        self.first(code::RSeq).map(number).transpose()
    }

    /// RAck.
    ///
    /// # Errors
    /// 400 when broken.
    pub fn rack(&self) -> Result<Option<RAck<'_>>, Problem> {
        self.first(code::RAck).map(RAck::parse).transpose()
    }

    /// Session-Expires.
    ///
    /// # Errors
    /// 400 when broken.
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, Problem> {
        self.first(code::SessionExpires)
            .map(SessionExpires::parse)
            .transpose()
    }

    /// Min-SE in seconds.
    ///
    /// # Errors
    /// 400 when no 32-bit number.
    pub fn min_se(&self) -> Result<Option<u32>, Problem> {
        self.seconds(code::MinSe, "Min-SE")
    }

    /// Refer-To (RFC 3515).
    ///
    /// # Errors
    /// 400 when broken.
    pub fn refer_to(&self) -> Result<Option<NameAddr<'_>>, Problem> {
        self.optional_address(code::ReferTo, "Refer-To")
    }

    /// Referred-By (RFC 3892).
    ///
    /// # Errors
    /// 400 when broken.
    pub fn referred_by(&self) -> Result<Option<NameAddr<'_>>, Problem> {
        self.optional_address(code::ReferredBy, "Referred-By")
    }

    /// Replaces (RFC 3891).
    ///
    /// # Errors
    /// 400 when broken.
    pub fn replaces(&self) -> Result<Option<Replaces<'_>>, Problem> {
        self.first(code::Replaces).map(Replaces::parse).transpose()
    }

    /// The Reason values (RFC 3326).
    pub fn reasons(&self) -> impl Iterator<Item = Reason<'_>> {
        self.values(Name::Reason).map(Reason::parse)
    }

    /// The credentials in Authorization; broken ones are passed over.
    pub fn authorization(&self) -> impl Iterator<Item = Credentials<'_>> {
        self.headers(Name::Authorization)
            .filter_map(|value| Credentials::parse(value).ok())
    }

    /// The credentials in Proxy-Authorization; broken ones are passed over.
    pub fn proxy_authorization(&self) -> impl Iterator<Item = Credentials<'_>> {
        self.headers(Name::ProxyAuthorization)
            .filter_map(|value| Credentials::parse(value).ok())
    }

    /// The challenges in WWW-Authenticate; broken ones are passed over.
    pub fn www_authenticate(&self) -> impl Iterator<Item = Challenge<'_>> {
        self.headers(Name::WwwAuthenticate)
            .filter_map(|value| Challenge::parse(value).ok())
    }

    /// The challenges in Proxy-Authenticate; broken ones are passed over.
    pub fn proxy_authenticate(&self) -> impl Iterator<Item = Challenge<'_>> {
        self.headers(Name::ProxyAuthenticate)
            .filter_map(|value| Challenge::parse(value).ok())
    }

    /// Event (RFC 6665): the package and its parameters.
    #[must_use]
    pub fn event(&self) -> Option<Parameterised<'_>> {
        self.first(code::Event).map(Parameterised::parse)
    }

    /// Subscription-State (RFC 6665).
    #[must_use]
    pub fn subscription_state(&self) -> Option<Parameterised<'_>> {
        self.first(code::SubscriptionState)
            .map(Parameterised::parse)
    }

    /// Retry-After in seconds, its comment and parameters aside; none when no number.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        let value = self.first(code::RetryAfter)?;
        let end = value
            .bytes()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(value.len());
        text::number_u32(&value[..end])
    }

    /// User-Agent.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.first(code::UserAgent)
    }

    fn needed_address(&self, code: Code, name: &'static str) -> Result<NameAddr<'_>, Problem> {
        self.optional_address(code, name)?.ok_or(missing(name))
    }

    fn optional_address(
        &self,
        code: Code,
        name: &'static str,
    ) -> Result<Option<NameAddr<'_>>, Problem> {
        let Some(field) = self.first(code) else {
            return Ok(None);
        };
        let value = match code {
            code::Contact => Values::new(field).next().unwrap_or_default(),
            _ => field,
        };
        NameAddr::parse_within(value, self.limits().params)
            .map(Some)
            .map_err(|rule| Problem::bad(name, rule))
    }

    fn addresses<'m>(
        &'m self,
        name: Name<'m>,
        field: &'static str,
    ) -> Result<Vec<NameAddr<'m>>, Problem> {
        if !self.has(name) {
            return Ok(Vec::new());
        }
        address::list(self.headers(name), self.limits()).map_err(|rule| Problem::bad(field, rule))
    }

    fn seconds(&self, code: Code, field: &'static str) -> Result<Option<u32>, Problem> {
        let bad = Problem::bad(field, "must be seconds below 2^32");
        let number = |value| text::number_u32(value).ok_or(bad);
        self.first(code).map(number).transpose()
    }
}

pub(crate) const fn missing(field: &'static str) -> Problem {
    Problem::bad(field, "is missing")
}
