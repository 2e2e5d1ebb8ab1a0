//! The view of a live registration.

use ids::DeviceId;
use machine::WallTime;
use ports::LiveRegistration;
use serde::Serialize;
use utoipa::ToSchema;

/// One binding of a device.
#[derive(Serialize, ToSchema)]
#[schema(as = Registration)]
pub(crate) struct RegistrationView {
    /// The device's id.
    #[schema(value_type = String)]
    device: DeviceId,
    /// The contact that it gave.
    #[schema(example = "sip:acme-101@192.0.2.7:5062")]
    contact: String,
    /// `udp` or `tcp`.
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
            contact: registration.contact,
            transport: registration.transport,
            source: registration.source,
            user_agent: registration.user_agent,
            registered: registration.registered,
            expires: registration.expires,
            former_secret_until: registration.former_secret_until,
        }
    }
}
