//! The view of a live registration.

use ids::{DeviceId, TrunkId};
use machine::WallTime;
use ports::{LivePush, LiveRegistration};
use serde::Serialize;
use utoipa::ToSchema;

/// What a phone that sleeps is to be woken with (RFC 8599). It is kept; no phone is woken yet.
#[derive(Serialize, ToSchema)]
#[schema(as = RegistrationPush)]
pub(crate) struct PushView {
    /// Which service wakes it (`pn-provider`).
    #[schema(example = "apns")]
    provider: String,
    /// What that service is told beside (`pn-param`); may be empty.
    param: String,
    /// Whether it is named to that service (`pn-prid`). By what name is not shown: whoever has it
    /// can wake the phone.
    named: bool,
}

impl From<LivePush> for PushView {
    fn from(push: LivePush) -> Self {
        PushView {
            provider: push.provider,
            param: push.param,
            named: push.named,
        }
    }
}

/// One binding of a device, or of a trunk's gateway.
#[derive(Serialize, ToSchema)]
#[schema(as = Registration)]
pub(crate) struct RegistrationView {
    /// The device's id; null where a gateway has registered.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// The id of the trunk whose gateway has registered; null where a device has.
    #[schema(value_type = Option<String>)]
    trunk: Option<TrunkId>,
    /// The contact that it gave.
    #[schema(example = "sip:acme-101@192.0.2.7:5062")]
    contact: String,
    /// Which phone it is, as that says itself. Registrations of one device with the same instance
    /// are flows of one phone.
    #[schema(example = "urn:uuid:00000000-0000-1000-8000-000a95a0e128")]
    instance: Option<String>,
    /// What it is to be woken with, once it sleeps.
    push: Option<PushView>,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: String,
    /// Where its packets come from.
    #[schema(example = "192.0.2.7:5062")]
    source: String,
    /// What it calls itself.
    user_agent: String,
    /// When it registered or last refreshed.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    registered: WallTime,
    /// When it ends.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    expires: WallTime,
    /// When its secret is void, where it proved itself with the one before the present: until
    /// then it must be given the new one.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    former_secret_until: Option<WallTime>,
}

impl From<LiveRegistration> for RegistrationView {
    fn from(registration: LiveRegistration) -> Self {
        RegistrationView {
            device: registration.device,
            trunk: registration.trunk,
            contact: registration.contact,
            instance: registration.instance,
            push: registration.push.map(PushView::from),
            transport: registration.transport,
            source: registration.source,
            user_agent: registration.user_agent,
            registered: registration.registered,
            expires: registration.expires,
            former_secret_until: registration.former_secret_until,
        }
    }
}
