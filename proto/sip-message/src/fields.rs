//! Fields: the smaller typed headers.

use crate::method::Method;
use crate::problem::Problem;
use crate::text::{self, Params, Values};

/// CSeq (RFC 3261 §20.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The number, below 2^31.
    pub number: u32,
    /// The method.
    pub method: Method<'a>,
}

impl<'a> CSeq<'a> {
    /// Reads a CSeq.
    ///
    /// # Errors
    /// 400: not a number below 2^31 and a method.
    pub fn parse(value: &'a str) -> Result<Self, Problem> {
        let bad = |rule| Problem::bad("CSeq", rule);
        let bytes = value.as_bytes();
        let (mut number, mut digits) = (0_u32, 0);
        while let Some(digit) = bytes.get(digits).filter(|byte| byte.is_ascii_digit()) {
            number = number
                .saturating_mul(10)
                .saturating_add(u32::from(digit - b'0'));
            digits += 1;
        }
        let method_at = text::skip_spaces(bytes, digits);
        if digits == 0 || method_at == digits {
            return Err(bad("must be a number, a space and a method"));
        }
        if number >= 1 << 31 {
            return Err(bad("number must be below 2^31"));
        }
        let method = text::trim(&value[method_at..]);
        if !text::is_token(method) {
            return Err(bad("method must be a token"));
        }
        Ok(Self {
            number,
            method: Method::new(method),
        })
    }
}

impl std::fmt::Display for CSeq<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

/// RAck (RFC 3262 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RAck<'a> {
    /// The RSeq acknowledged.
    pub rseq: u32,
    /// The CSeq of the request that got the provisional answer.
    pub cseq: CSeq<'a>,
}

impl<'a> RAck<'a> {
    /// Reads a RAck.
    ///
    /// # Errors
    /// 400: not two numbers and a method.
    pub fn parse(value: &'a str) -> Result<Self, Problem> {
        let bad = Problem::bad("RAck", "must be two numbers and a method");
        let (rseq, rest) = value.split_once([' ', '\t']).ok_or(bad)?;
        let rseq = text::number_u32(rseq).filter(|rseq| *rseq > 0).ok_or(bad)?;
        let cseq = CSeq::parse(text::trim(rest)).map_err(|problem| problem.in_field("RAck"))?;
        Ok(Self { rseq, cseq })
    }
}

/// Which side refreshes a session (RFC 4028 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refresher {
    /// The caller of the refreshing transaction.
    Uac,
    /// The called.
    Uas,
}

impl Refresher {
    /// `uac` or `uas`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uac => "uac",
            Self::Uas => "uas",
        }
    }
}

/// Session-Expires (RFC 4028 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// The refresher, if named.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// Reads a Session-Expires.
    ///
    /// # Errors
    /// 400: not seconds with parameters, or an unknown refresher.
    pub fn parse(value: &str) -> Result<Self, Problem> {
        let bad = |rule| Problem::bad("Session-Expires", rule);
        let (seconds, params) = split_params(value);
        let seconds = text::number_u32(seconds).ok_or(bad("must be seconds below 2^32"))?;
        let refresher = match params.get("refresher") {
            None => None,
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(bad("refresher must be uac or uas")),
        };
        Ok(Self { seconds, refresher })
    }
}

/// Replaces, Join and Target-Dialog: a dialog named from outside (RFC 3891, 3911, 4538).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaces<'a> {
    /// The Call-ID.
    pub call_id: &'a str,
    /// The tag that is ours when we are asked (RFC 3891 §3: compared with our local tag).
    pub to_tag: &'a str,
    /// The peer's tag.
    pub from_tag: &'a str,
    /// Only an early dialog may be replaced.
    pub early_only: bool,
}

impl<'a> Replaces<'a> {
    /// Reads a Replaces value.
    ///
    /// # Errors
    /// 400: no Call-ID, or not exactly one `to-tag` and one `from-tag` (RFC 3891 §3).
    pub fn parse(value: &'a str) -> Result<Self, Problem> {
        let bad = |rule| Problem::bad("Replaces", rule);
        let (call_id, params) = split_params(value);
        let once = |name: &str| {
            params
                .iter()
                .filter(|p| p.0.eq_ignore_ascii_case(name))
                .count()
        };
        if !is_call_id(call_id) {
            return Err(bad("must begin with a Call-ID"));
        }
        if once("to-tag") != 1 || once("from-tag") != 1 {
            return Err(bad("must have one to-tag and one from-tag"));
        }
        let tag = |name| params.get(name).filter(|tag| text::is_token(tag));
        let rule = bad("a tag must be a token");
        Ok(Self {
            call_id,
            to_tag: tag("to-tag").ok_or(rule)?,
            from_tag: tag("from-tag").ok_or(rule)?,
            early_only: params.has("early-only"),
        })
    }
}

/// One Reason value (RFC 3326).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// `SIP`, `Q.850` or another.
    pub protocol: &'a str,
    /// The `cause`, if a number.
    pub cause: Option<u16>,
    /// The `text` without quotes, escapes left.
    pub text: Option<&'a str>,
}

impl<'a> Reason<'a> {
    /// Reads one value. Never fails: a reason is only a remark.
    #[must_use]
    pub fn parse(value: &'a str) -> Self {
        let (protocol, params) = split_params(value);
        Self {
            protocol,
            cause: params.get("cause").and_then(|cause| cause.parse().ok()),
            text: params.get("text"),
        }
    }
}

/// Event (RFC 6665 §8.2.1), Subscription-State and other values of the form
/// `token;parameters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameterised<'a> {
    /// The text before the parameters.
    pub value: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Parameterised<'a> {
    /// Splits a value.
    #[must_use]
    pub fn parse(value: &'a str) -> Self {
        let (value, params) = split_params(value);
        Self { value, params }
    }

    /// A parameter's value without quotes; the empty text for a flag.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.get(name)
    }
}

/// Content-Type (RFC 3261 §20.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentType<'a> {
    /// The type and subtype as written, spaces included.
    pub value: &'a str,
    /// The type.
    pub kind: &'a str,
    /// The subtype.
    pub subtype: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> ContentType<'a> {
    /// Reads a media type.
    ///
    /// # Errors
    /// 400: not `type/subtype` of tokens.
    pub fn parse(value: &'a str) -> Result<Self, Problem> {
        let bad = Problem::bad("Content-Type", "must be a type, '/' and a subtype");
        let (value, params) = split_params(value);
        let (kind, subtype) = value.split_once('/').ok_or(bad)?;
        let (kind, subtype) = (text::trim(kind), text::trim(subtype));
        if !text::is_token(kind) || !text::is_token(subtype) {
            return Err(bad);
        }
        Ok(Self {
            value,
            kind,
            subtype,
            params,
        })
    }

    /// Whether it is this type, such as `application/sdp`, parameters aside.
    #[must_use]
    pub fn is(&self, media_type: &str) -> bool {
        media_type.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
        })
    }
}

/// Whether a text is a Call-ID: `word ["@" word]` (RFC 3261 §25.1).
pub(crate) fn is_call_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(text::is_word_byte)
}

/// The text before the first `;` outside quotes, and the parameters.
pub(crate) fn split_params(value: &str) -> (&str, Params<'_>) {
    let end = memchr::memchr(b';', value.as_bytes()).unwrap_or(value.len());
    (text::trim(&value[..end]), Params::new(&value[end..]))
}

/// The tokens of comma-separated fields; empty ones are passed over.
pub(crate) fn tokens<'a>(fields: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    fields
        .flat_map(Values::new)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    // rfc: 3261 §8.1.1.5
    #[test]
    fn a_cseq_is_a_number_below_two_to_the_31_and_a_method() {
        let cseq = CSeq::parse("0009  INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
        assert_eq!(cseq.to_string(), "9 INVITE");
        assert_eq!(
            CSeq::parse("2147483647 X").unwrap().method,
            Method::Other("X")
        );
        for text in [
            "",
            "1",
            "1 ",
            "INVITE",
            "2147483648 BYE",
            "-1 BYE",
            "1BYE",
            "1 B YE",
        ] {
            assert_eq!(CSeq::parse(text).expect_err(text).status, 400);
        }
        assert!(CSeq::parse("36893488147419103232 REGISTER").is_err());
    }

    // rfc: 3262 §7.2
    #[test]
    fn a_rack_names_the_answer_it_acknowledges() {
        let rack = RAck::parse("776656 1 INVITE").unwrap();
        assert_eq!((rack.rseq, rack.cseq.number), (776_656, 1));
        for text in ["", "1 INVITE", "0 1 INVITE", "1 2", "x 1 INVITE"] {
            assert_eq!(RAck::parse(text).expect_err(text).field, "RAck");
        }
    }

    // rfc: 4028 §4
    #[test]
    fn session_expires_may_name_the_refresher() {
        let expires = SessionExpires::parse("1800;refresher=UAS").unwrap();
        assert_eq!(
            expires,
            SessionExpires {
                seconds: 1800,
                refresher: Some(Refresher::Uas)
            }
        );
        assert_eq!(SessionExpires::parse(" 90 ").unwrap().refresher, None);
        assert!(SessionExpires::parse("soon").is_err());
        assert!(SessionExpires::parse("90;refresher=me").is_err());
    }

    // rfc: 3891 §6.1
    #[test]
    fn replaces_needs_exactly_one_of_each_tag() {
        let replaces = Replaces::parse("98732@sip.example.com;from-tag=r33;to-tag=ff8").unwrap();
        assert_eq!((replaces.to_tag, replaces.from_tag), ("ff8", "r33"));
        assert!(!replaces.early_only);
        assert!(
            Replaces::parse("a;to-tag=1;from-tag=2;early-only")
                .unwrap()
                .early_only
        );
        for text in [
            "a",
            "a;to-tag=1",
            "a;to-tag=1;to-tag=2;from-tag=3",
            ";to-tag=1;from-tag=2",
        ] {
            assert!(Replaces::parse(text).is_err(), "{text}");
        }
    }

    // rfc: 3326 §2
    #[test]
    fn reasons_and_media_types_are_split() {
        let reason = Reason::parse("Q.850 ;cause=16;text=\"Terminated; ok\"");
        assert_eq!((reason.protocol, reason.cause), ("Q.850", Some(16)));
        assert_eq!(reason.text, Some("Terminated; ok"));
        assert!(
            ContentType::parse("Application / SDP;x=y")
                .unwrap()
                .is("application/sdp")
        );
        assert!(ContentType::parse("sdp").is_err());
        let event = Parameterised::parse("dialog ; id=7");
        assert_eq!((event.value, event.param("id")), ("dialog", Some("7")));
    }
}
