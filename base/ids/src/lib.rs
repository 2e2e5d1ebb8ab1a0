//! One distinct type per kind of entity id, so that a call's id can never be passed for a tenant's.
//!
//! An id is 128 bits: 48 bits of Unix milliseconds, then 80 bits of randomness. Its text is a
//! four-character prefix naming the kind and 26 characters of Crockford's base32 in lower case.
//! The order of ids, the order of their texts and the order of their making (to the millisecond)
//! are one order. Each id has exactly one text: other spellings that Crockford's scheme would
//! tolerate (upper case, `o` for `0`) are refused, so texts may be compared and used as keys.

mod code;
mod kinds;

pub use code::{ParseIdError, Problem, TEXT_LENGTH};
pub use kinds::{
    AuditId, BindingId, CallId, CdrId, ContainmentId, DeviceId, EmergencyLocationId, EventId,
    ExtensionId, FaxId, HoldId, InboundRouteId, LoginId, MusicId, NodeId, NumberId,
    OutboundRouteId, PREFIXES, PasskeyId, PlanId, RateDeckId, RecordingId, RequestId, ResellerId,
    RoleId, ScheduleId, SigningKeyId, SiteId, SoundId, SsoId, SupportId, TenantId, TokenId,
    TollGuardId, TrunkId, UserId, WebhookId,
};
