//! Method: the verb of a request (RFC 3261 §7.1 and its extensions).

use std::fmt;

/// A request method. Methods are case-sensitive (RFC 3261 §7.1): `invite` is another method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method<'a> {
    /// RFC 3261.
    Invite,
    /// RFC 3261.
    Ack,
    /// RFC 3261.
    Bye,
    /// RFC 3261.
    Cancel,
    /// RFC 3261.
    Register,
    /// RFC 3261.
    Options,
    /// RFC 6086.
    Info,
    /// RFC 3311.
    Update,
    /// RFC 3262.
    Prack,
    /// RFC 3515.
    Refer,
    /// RFC 6665.
    Notify,
    /// RFC 6665.
    Subscribe,
    /// RFC 3428.
    Message,
    /// RFC 3903.
    Publish,
    /// Any other token.
    Other(&'a str),
}

impl<'a> Method<'a> {
    /// Every method we have a name for.
    pub const KNOWN: [Method<'static>; 14] = [
        Method::Invite,
        Method::Ack,
        Method::Bye,
        Method::Cancel,
        Method::Register,
        Method::Options,
        Method::Info,
        Method::Update,
        Method::Prack,
        Method::Refer,
        Method::Notify,
        Method::Subscribe,
        Method::Message,
        Method::Publish,
    ];

    /// Names a method by its text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        match text {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "REGISTER" => Self::Register,
            "OPTIONS" => Self::Options,
            "INFO" => Self::Info,
            "UPDATE" => Self::Update,
            "PRACK" => Self::Prack,
            "REFER" => Self::Refer,
            "NOTIFY" => Self::Notify,
            "SUBSCRIBE" => Self::Subscribe,
            "MESSAGE" => Self::Message,
            "PUBLISH" => Self::Publish,
            other => Self::Other(other),
        }
    }

    /// The text on the wire.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Register => "REGISTER",
            Self::Options => "OPTIONS",
            Self::Info => "INFO",
            Self::Update => "UPDATE",
            Self::Prack => "PRACK",
            Self::Refer => "REFER",
            Self::Notify => "NOTIFY",
            Self::Subscribe => "SUBSCRIBE",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Other(other) => other,
        }
    }

    /// Whether the method is one we have a name for.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// A copy without a borrow.
    #[must_use]
    pub fn to_owned(self) -> OwnedMethod {
        OwnedMethod::from(self)
    }
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A [`Method`] that owns its text, for keeping beyond the message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedMethod(Repr);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Known(Method<'static>),
    Other(Box<str>),
}

impl OwnedMethod {
    /// The borrowed form.
    #[must_use]
    pub fn as_method(&self) -> Method<'_> {
        match &self.0 {
            Repr::Known(method) => *method,
            Repr::Other(text) => Method::Other(text),
        }
    }

    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Known(method) => method.as_str(),
            Repr::Other(text) => text,
        }
    }
}

impl From<Method<'_>> for OwnedMethod {
    fn from(method: Method<'_>) -> Self {
        let known = Method::KNOWN
            .into_iter()
            .find(|known| known.as_str() == method.as_str());
        Self(known.map_or_else(|| Repr::Other(method.as_str().into()), Repr::Known))
    }
}

impl fmt::Display for OwnedMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_method_is_found_again_by_its_text() {
        for method in Method::KNOWN {
            assert_eq!(Method::new(method.as_str()), method);
            assert!(method.is_known());
            assert_eq!(method.to_owned().as_method(), method);
        }
    }

    // rfc: 3261 §7.1
    #[test]
    fn methods_are_case_sensitive_and_unknown_ones_are_kept() {
        assert_eq!(Method::new("invite"), Method::Other("invite"));
        let owned = Method::new("NEWMETHOD").to_owned();
        assert_eq!(owned.as_method(), Method::Other("NEWMETHOD"));
        assert_eq!(owned.to_string(), "NEWMETHOD");
    }
}
