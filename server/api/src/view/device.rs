//! The view of a device. Its secret is in it once, when it was generated.

use std::net::IpAddr;

use admin::devices::Written;
use domain::{Device, Resource};
use ids::{DeviceId, ExtensionId, TenantId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// What can be set on a device.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceSpec {
    /// Authentication user name, unique on the platform. It names the device in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "acme-101")]
    username: String,
    /// The extension it rings for and calls as: its id or, in requests, its number.
    #[schema(value_type = String, example = "101")]
    extension: ExtensionId,
    /// An address that is rung without a registration:
    /// `sip:[user@]ip[:port][;transport=udp|tcp]`.
    #[schema(example = "sip:192.0.2.7:5060")]
    address: Option<String>,
    /// Requests from this IP address are this device's without a digest; unique on the platform.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    trusted_source: Option<IpAddr>,
    /// A disabled device neither registers nor calls nor rings.
    #[schema(required = false, default = true)]
    enabled: bool,
    /// The password of the phone. In a request: the one to be set, instead of a generated one.
    /// In an answer: the one that was generated just now; it is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 8, max_length = 128)]
    secret: Option<String>,
}

impl From<Device> for DeviceSpec {
    fn from(spec: Device) -> Self {
        DeviceSpec {
            username: spec.username,
            extension: spec.extension,
            address: spec.address,
            trusted_source: spec.trusted_source,
            enabled: spec.enabled,
            secret: None,
        }
    }
}

/// One telephone, soft phone or gateway.
#[derive(Serialize, ToSchema)]
#[schema(as = Device)]
pub(crate) struct DeviceView {
    /// The id.
    #[schema(value_type = String, read_only, example = "dev_01hg5z3r8k0000000000000000")]
    id: DeviceId,
    /// The tenant's id.
    #[schema(value_type = String, read_only)]
    tenant: Option<TenantId>,
    /// 1 when created, one more with each change; the `ETag` in quotes.
    #[schema(read_only)]
    revision: u64,
    /// When it was created.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    created: WallTime,
    /// When it was changed last.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    updated: WallTime,
    #[serde(flatten)]
    spec: DeviceSpec,
}

impl From<Resource<Device>> for DeviceView {
    fn from(device: Resource<Device>) -> Self {
        DeviceView {
            id: device.id,
            tenant: device.owner.tenant(),
            revision: device.revision,
            created: device.created,
            updated: device.updated,
            spec: device.spec.into(),
        }
    }
}

impl From<Written> for DeviceView {
    fn from(written: Written) -> Self {
        let mut view = DeviceView::from(written.device);
        view.spec.secret = written.secret.map(|secret| secret.reveal().to_owned());
        view
    }
}
