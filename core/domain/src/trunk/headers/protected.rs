//! The headers that no rule touches: what the exchange needs for itself, and what says who calls.
//!
//! Compact forms are single letters, which no rule may name.

/// What begins so: descriptions of bodies, credentials and challenges, places, transfers,
/// agreements on security, preferences that steer where a call goes, and what is understood.
const BEGINNINGS: &[&str] = &[
    "accept",
    "allow",
    "authentication-",
    "authorization",
    "content-",
    "geolocation",
    "identity",
    "min-",
    "proxy-",
    "refer-",
    "referred-",
    "security-",
    "sip-",
    "www-",
];

/// Single names, by what they carry.
const NAMES: &[&str] = &[
    // the dialog and its transactions
    "via",
    "from",
    "to",
    "call-id",
    "cseq",
    "contact",
    "max-forwards",
    "max-breadth",
    "timestamp",
    "expires",
    "mime-version",
    "reason",
    "retry-after",
    "join",
    "replaces",
    "target-dialog",
    "session-expires",
    "session-id",
    "rack",
    "rseq",
    "require",
    "supported",
    "unsupported",
    // subscriptions and packages of INFO
    "event",
    "subscription-state",
    "suppress-if-match",
    "info-package",
    "recv-info",
    // the way
    "route",
    "record-route",
    "path",
    "service-route",
    "flow-timer",
    "reject-contact",
    "request-disposition",
    // who calls, for whom, by whom it was sent on, and the proof of it
    "p-asserted-identity",
    "p-preferred-identity",
    "p-asserted-service",
    "p-preferred-service",
    "p-called-party-id",
    "p-served-user",
    "p-associated-uri",
    "remote-party-id",
    "diversion",
    "history-info",
    "privacy",
    "reply-to",
    "date",
    "attestation-info",
    "origination-id",
    "p-attestation-indicator",
    // help comes first by these, and whoever sets them is believed
    "priority",
    "resource-priority",
    // telephones answer by themselves for these
    "alert-info",
    "call-info",
    "answer-mode",
    "priv-answer-mode",
    "p-auto-answer",
];

/// Whether no rule may touch a header of this name.
pub(super) fn is(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
}
