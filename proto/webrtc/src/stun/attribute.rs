//! Attributes and their numbers (RFC 8489 section 18.3, RFC 8445 section 16.1).

/// User name fragments of both ends, with a colon between: first that of whom is asked.
pub const USERNAME: u16 = 0x0006;

/// A digest that proves all that stands before it.
pub const MESSAGE_INTEGRITY: u16 = 0x0008;

/// Why a request was refused.
pub const ERROR_CODE: u16 = 0x0009;

/// What of a request was not understood.
pub const UNKNOWN_ATTRIBUTES: u16 = 0x000a;

/// Where a request has come from.
pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// How much the asker would want the way, had it been found by this request.
pub const PRIORITY: u16 = 0x0024;

/// The asker wants this way.
pub const USE_CANDIDATE: u16 = 0x0025;

/// What wrote the message.
pub const SOFTWARE: u16 = 0x8022;

/// A sum by which a message is told from packets of other protocols; the last attribute.
pub const FINGERPRINT: u16 = 0x8028;

/// The asker believes that the other end chooses the way.
pub const ICE_CONTROLLED: u16 = 0x8029;

/// The asker believes that it chooses the way.
pub const ICE_CONTROLLING: u16 = 0x802a;

/// Whether a message must not be taken by whoever does not understand this (RFC 8489 section 14).
pub(super) fn must_be_understood(kind: u16) -> bool {
    kind < 0x8000
}

/// Whether it is understood here, in a request.
pub(super) fn is_understood(kind: u16) -> bool {
    matches!(
        kind,
        USERNAME | MESSAGE_INTEGRITY | PRIORITY | USE_CANDIDATE
    )
}
