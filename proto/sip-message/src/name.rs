//! Name: header field names, their compact forms and their canonical spelling.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The code of a known name inside a header span; [`OTHER`] for any other name.
pub(crate) type Code = u8;

/// The code of a name that is not in the table.
pub(crate) const OTHER: Code = u8::MAX;

macro_rules! names {
    ($($variant:ident $text:literal;)*) => {
        /// A header field name. Compared without regard to case; compact forms are the same
        /// name as the long one (RFC 3261 §7.3.3 and the IANA registry).
        #[derive(Clone, Copy, Debug)]
        pub enum Name<'a> {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// Any other name, as written.
            Other(&'a str),
        }

        const TEXTS: &[&str] = &[$($text),*];
        const NAMES: &[Name<'static>] = &[$(Name::$variant),*];

        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Index { $($variant),* }

        impl<'a> Name<'a> {
            const fn fixed_code(&self) -> Option<Code> {
                match self {
                    $(Self::$variant => Some(Index::$variant as Code),)*
                    Self::Other(_) => None,
                }
            }
        }

        pub(crate) mod code {
            //! The codes as constants, for the scanner.
            #![allow(non_upper_case_globals, dead_code)]
            use super::{Code, Index};
            $(pub(crate) const $variant: Code = Index::$variant as Code;)*
        }
    };
}

names! {
    Via "Via";
    From "From";
    To "To";
    CallId "Call-ID";
    CSeq "CSeq";
    Contact "Contact";
    MaxForwards "Max-Forwards";
    ContentLength "Content-Length";
    ContentType "Content-Type";
    Route "Route";
    RecordRoute "Record-Route";
    Expires "Expires";
    UserAgent "User-Agent";
    Server "Server";
    Allow "Allow";
    Supported "Supported";
    Require "Require";
    ProxyRequire "Proxy-Require";
    Unsupported "Unsupported";
    Authorization "Authorization";
    ProxyAuthorization "Proxy-Authorization";
    WwwAuthenticate "WWW-Authenticate";
    ProxyAuthenticate "Proxy-Authenticate";
    AuthenticationInfo "Authentication-Info";
    Accept "Accept";
    AcceptEncoding "Accept-Encoding";
    AcceptLanguage "Accept-Language";
    AcceptContact "Accept-Contact";
    AcceptResourcePriority "Accept-Resource-Priority";
    AlertInfo "Alert-Info";
    AllowEvents "Allow-Events";
    AnswerMode "Answer-Mode";
    CallInfo "Call-Info";
    ContentDisposition "Content-Disposition";
    ContentEncoding "Content-Encoding";
    ContentLanguage "Content-Language";
    Date "Date";
    Diversion "Diversion";
    ErrorInfo "Error-Info";
    Event "Event";
    FlowTimer "Flow-Timer";
    Geolocation "Geolocation";
    GeolocationRouting "Geolocation-Routing";
    HistoryInfo "History-Info";
    Identity "Identity";
    IdentityInfo "Identity-Info";
    InReplyTo "In-Reply-To";
    InfoPackage "Info-Package";
    Join "Join";
    MimeVersion "MIME-Version";
    MinExpires "Min-Expires";
    MinSe "Min-SE";
    Organization "Organization";
    PAccessNetworkInfo "P-Access-Network-Info";
    PAssertedIdentity "P-Asserted-Identity";
    PAssociatedUri "P-Associated-URI";
    PCalledPartyId "P-Called-Party-ID";
    PChargingVector "P-Charging-Vector";
    PEarlyMedia "P-Early-Media";
    PPreferredIdentity "P-Preferred-Identity";
    Path "Path";
    Priority "Priority";
    Privacy "Privacy";
    RAck "RAck";
    RSeq "RSeq";
    Reason "Reason";
    RecvInfo "Recv-Info";
    ReferSub "Refer-Sub";
    ReferTo "Refer-To";
    ReferredBy "Referred-By";
    RejectContact "Reject-Contact";
    RemotePartyId "Remote-Party-ID";
    Replaces "Replaces";
    ReplyTo "Reply-To";
    RequestDisposition "Request-Disposition";
    ResourcePriority "Resource-Priority";
    RetryAfter "Retry-After";
    SecurityClient "Security-Client";
    SecurityServer "Security-Server";
    SecurityVerify "Security-Verify";
    ServiceRoute "Service-Route";
    SessionExpires "Session-Expires";
    SipEtag "SIP-ETag";
    SipIfMatch "SIP-If-Match";
    Subject "Subject";
    SubscriptionState "Subscription-State";
    TargetDialog "Target-Dialog";
    Timestamp "Timestamp";
    Warning "Warning";
}

const _: () = assert!(TEXTS.len() <= 127, "the set of seen names is one u128");

const fn compact(letter: u8) -> Code {
    match letter {
        b'a' => Index::AcceptContact as Code,
        b'b' => Index::ReferredBy as Code,
        b'c' => Index::ContentType as Code,
        b'd' => Index::RequestDisposition as Code,
        b'e' => Index::ContentEncoding as Code,
        b'f' => Index::From as Code,
        b'i' => Index::CallId as Code,
        b'j' => Index::RejectContact as Code,
        b'k' => Index::Supported as Code,
        b'l' => Index::ContentLength as Code,
        b'm' => Index::Contact as Code,
        b'n' => Index::IdentityInfo as Code,
        b'o' => Index::Event as Code,
        b'r' => Index::ReferTo as Code,
        b's' => Index::Subject as Code,
        b't' => Index::To as Code,
        b'u' => Index::AllowEvents as Code,
        b'v' => Index::Via as Code,
        b'x' => Index::SessionExpires as Code,
        b'y' => Index::Identity as Code,
        _ => OTHER,
    }
}

const SLOTS: usize = 1024;

/// A perfect hash of the known names: length, first, last and a middle letter without case.
const fn slot(name: &[u8], seed: usize) -> usize {
    let first = (name[0] | 0x20) as usize;
    let last = (name[name.len() - 1] | 0x20) as usize;
    let middle = (name[name.len() / 2] | 0x20) as usize;
    (first * (seed & 0xff) + last * ((seed >> 8) & 0xff) + middle * 37 + name.len() * 101) % SLOTS
}

const fn fill(seed: usize) -> Option<[Code; SLOTS]> {
    let mut table = [OTHER; SLOTS];
    let mut index = 0;
    while index < TEXTS.len() {
        let at = slot(TEXTS[index].as_bytes(), seed);
        if table[at] != OTHER {
            return None;
        }
        table[at] = NAMES_CODES[index];
        index += 1;
    }
    Some(table)
}

const NAMES_CODES: [Code; TEXTS.len()] = {
    let mut codes = [0; TEXTS.len()];
    let mut index = 0;
    let mut code: Code = 0;
    while index < TEXTS.len() {
        codes[index] = code;
        index += 1;
        code += 1;
    }
    codes
};

const SEED: usize = {
    let mut seed = 0x0101;
    while fill(seed).is_none() {
        seed += 1;
    }
    seed
};

static TABLE: [Code; SLOTS] = match fill(SEED) {
    Some(table) => table,
    None => panic!("the seed was chosen because it fills the table"),
};

/// The code of a name on the wire, and whether it is written as we would write it: one table
/// look-up and one comparison.
pub(crate) fn spelling_of(name: &[u8]) -> (Code, bool) {
    match name {
        [] => (OTHER, true),
        [letter] => {
            let code = compact(letter | 0x20);
            (code, code == OTHER)
        }
        _ => {
            let code = TABLE[slot(name, SEED)];
            match TEXTS.get(usize::from(code)) {
                Some(text) if is_same(text.as_bytes(), name) => (code, true),
                Some(text) if text.as_bytes().eq_ignore_ascii_case(name) => (code, false),
                Some(_) | None => (OTHER, true),
            }
        }
    }
}

/// Whether two names of at least two letters are the same; quicker than a call for so few bytes.
/// Two pieces of equal length, the first and the last, cover each name up to sixteen.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        8..=16 => ends::<8>(one) == ends::<8>(other),
        4..=7 => ends::<4>(one) == ends::<4>(other),
        _ => one == other,
    }
}

/// The first and the last bytes.
fn ends<const N: usize>(name: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    Some((name.first_chunk()?, name.last_chunk()?))
}

/// The code of a name on the wire.
pub(crate) fn code_of(name: &[u8]) -> Code {
    spelling_of(name).0
}

impl<'a> Name<'a> {
    /// Names a header by its text, long or compact, in any case.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self::from_code(code_of(text.as_bytes()), text)
    }

    /// The canonical spelling; an unknown name as written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        if let Self::Other(text) = self {
            return text;
        }
        match self.fixed_code() {
            Some(code) => TEXTS[code as usize],
            None => "",
        }
    }

    /// Every name we know.
    pub fn known() -> impl Iterator<Item = Name<'static>> {
        NAMES.iter().copied()
    }

    pub(crate) fn from_code(code: Code, text: &'a str) -> Self {
        NAMES
            .get(usize::from(code))
            .copied()
            .unwrap_or(Self::Other(text))
    }

    /// The code, also when a known name was given as [`Name::Other`].
    pub(crate) fn code(&self) -> Code {
        match self.fixed_code() {
            Some(code) => code,
            None => code_of(self.as_str().as_bytes()),
        }
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        let code = self.code();
        code == other.code()
            && (code != OTHER || self.as_str().eq_ignore_ascii_case(other.as_str()))
    }
}

impl Eq for Name<'_> {}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let code = self.code();
        code.hash(state);
        if code == OTHER {
            for byte in self.as_str().bytes() {
                byte.to_ascii_lowercase().hash(state);
            }
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found_in_any_case() {
        for name in Name::known() {
            let text = name.as_str();
            assert_eq!(Name::new(text).code(), name.code(), "{text}");
            assert_ne!(Name::new(text).code(), OTHER, "{text}");
            assert_eq!(Name::new(&text.to_uppercase()), name);
            assert_eq!(Name::new(&text.to_lowercase()), name);
            assert_eq!(Name::Other(text), name);
        }
    }

    // rfc: 3261 §7.3.3
    #[test]
    fn compact_forms_are_the_long_names() {
        let forms = [
            ("v", Name::Via),
            ("f", Name::From),
            ("t", Name::To),
            ("i", Name::CallId),
            ("m", Name::Contact),
            ("l", Name::ContentLength),
            ("c", Name::ContentType),
            ("e", Name::ContentEncoding),
            ("k", Name::Supported),
            ("s", Name::Subject),
            ("o", Name::Event),
            ("u", Name::AllowEvents),
            ("r", Name::ReferTo),
            ("b", Name::ReferredBy),
            ("x", Name::SessionExpires),
            ("a", Name::AcceptContact),
            ("j", Name::RejectContact),
            ("d", Name::RequestDisposition),
            ("y", Name::Identity),
            ("n", Name::IdentityInfo),
        ];
        for (form, name) in forms {
            assert_eq!(Name::new(form), name);
            assert_eq!(Name::new(&form.to_uppercase()), name);
        }
        assert_eq!(Name::new("z").as_str(), "z");
    }

    #[test]
    fn unknown_names_are_kept_and_compared_without_case() {
        assert_eq!(Name::new("X-Thing"), Name::new("x-thing"));
        assert_ne!(Name::new("X-Thing"), Name::new("X-Think"));
        assert_eq!(Name::new("X-Thing").as_str(), "X-Thing");
        assert_ne!(Name::new("Vib"), Name::Via);
    }
}
