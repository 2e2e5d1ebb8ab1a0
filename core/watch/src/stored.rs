//! A watch as bytes, to be continued by another process.

use crate::{Aim, Watch};
use event_package::Package;
use ids::{DeviceId, ExtensionId, TenantId};
use machine::{Instant, WallTime};
use serde::{Deserialize, Serialize};
use sip_message::Flow;
use sip_stack::subscription::Snapshot;

/// Version of the stored form; a reader refuses what it does not know.
const VERSION: u8 = 1;
/// The same of a watch of a list, which readers of the first version must not take for one of an
/// extension.
const VERSION_OF_LISTS: u8 = 2;
/// Documents that may have been told since it was stored: versions go on beyond them.
const VERSIONS_SKIPPED: u32 = 100_000;

/// The stored form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    format: u8,
    /// Whose.
    pub tenant: TenantId,
    /// Which device watches.
    pub device: DeviceId,
    /// What it watches.
    pub extension: ExtensionId,
    package: String,
    /// How many were on its list, where that is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<usize>,
    pub(crate) subscription: Snapshot,
    pub(crate) version: u32,
    pub(crate) at: WallTime,
}

impl Stored {
    /// The stored form; nothing while the watch ends.
    pub(crate) fn of(watch: &Watch, now: Instant, wall: WallTime) -> Option<Stored> {
        let watcher = &watch.watcher;
        let (format, list) = match watcher.aim {
            Aim::Itself => (VERSION, None),
            Aim::List(entries) => (VERSION_OF_LISTS, Some(entries)),
        };
        Some(Stored {
            format,
            tenant: watcher.scope.tenant(),
            device: watcher.device,
            extension: watcher.extension,
            package: watcher.package.name().to_owned(),
            list,
            subscription: watch.subscription.snapshot(now)?,
            version: watch.told.version.saturating_add(VERSIONS_SKIPPED),
            at: wall,
        })
    }

    /// As bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Writing plain fields into memory cannot fail; an empty form is refused when read.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the bytes; nothing when they are damaged or of another version.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Stored> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        let expected = stored.list.map_or(VERSION, |_| VERSION_OF_LISTS);
        (stored.format == expected).then_some(stored)
    }

    /// Whether the extension is watched, or those on its list.
    #[must_use]
    pub fn aim(&self) -> Aim {
        self.list.map_or(Aim::Itself, Aim::List)
    }

    /// What is watched of the extension.
    #[must_use]
    pub fn package(&self) -> Option<Package> {
        Package::of_event(&self.package)
    }

    /// The flow the watcher spoke on.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.subscription.flow()
    }
}
