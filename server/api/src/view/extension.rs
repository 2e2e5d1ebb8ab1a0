//! The view of an extension.

use domain::{Destination, Extension, Resource};
use ids::{ExtensionId, TenantId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// Who answers an extension: its devices, all at once; a guest that sends everything back; a
/// guest that plays the announcement.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Destination)]
pub(crate) enum DestinationView {
    /// The devices of the extension, all at once.
    Devices,
    /// A guest that sends everything back.
    Echo,
    /// A guest that plays the announcement.
    Announcement,
}

impl From<Destination> for DestinationView {
    fn from(destination: Destination) -> Self {
        match destination {
            Destination::Devices => DestinationView::Devices,
            Destination::Echo => DestinationView::Echo,
            Destination::Announcement => DestinationView::Announcement,
        }
    }
}

/// What can be set on an extension.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExtensionSpec {
    /// What is dialled, unique in the tenant. It names the extension in paths.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "101")]
    number: String,
    /// What is shown to those who are called.
    #[schema(required = false, default = "", max_length = 64)]
    display_name: String,
    /// How long it rings, in seconds.
    #[schema(required = false, default = 30, minimum = 5, maximum = 300)]
    ring_seconds: u16,
    /// Who answers.
    #[schema(required = false)]
    destination: DestinationView,
    /// A disabled extension cannot be dialled, and its devices cannot dial.
    #[schema(required = false, default = true)]
    enabled: bool,
}

impl From<Extension> for ExtensionSpec {
    fn from(spec: Extension) -> Self {
        ExtensionSpec {
            number: spec.number,
            display_name: spec.display_name,
            ring_seconds: spec.ring_seconds,
            destination: spec.destination.into(),
            enabled: spec.enabled,
        }
    }
}

/// A dialable number inside a tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Extension)]
pub(crate) struct ExtensionView {
    /// The id.
    #[schema(value_type = String, read_only, example = "ext_01hg5z3r8k0000000000000000")]
    id: ExtensionId,
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
    spec: ExtensionSpec,
}

impl From<Resource<Extension>> for ExtensionView {
    fn from(extension: Resource<Extension>) -> Self {
        ExtensionView {
            id: extension.id,
            tenant: extension.owner.tenant(),
            revision: extension.revision,
            created: extension.created,
            updated: extension.updated,
            spec: extension.spec.into(),
        }
    }
}
