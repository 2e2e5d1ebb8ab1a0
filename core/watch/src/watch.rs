//! One watch: a device's subscription to one package of one extension of its own tenant.

use crate::told::Told;
use event_package::Package;
use ids::{DeviceId, ExtensionId, TenantId};
use machine::{Instant, TimerHandle};
use sip_stack::subscription::Subscription;
use tenancy::TenantScope;

/// An extension, with its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watched {
    /// The tenant.
    pub tenant: TenantId,
    /// The extension.
    pub extension: ExtensionId,
}

/// Who watches what.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// The right of the device: it watches its own tenant and no other.
    pub scope: TenantScope,
    /// The device.
    pub device: DeviceId,
    /// What it watches; of the scope's tenant.
    pub extension: ExtensionId,
    /// Which of it.
    pub package: Package,
}

impl Watcher {
    /// The extension, with its tenant.
    #[must_use]
    pub fn watched(&self) -> Watched {
        Watched {
            tenant: self.scope.tenant(),
            extension: self.extension,
        }
    }
}

/// One watch.
#[derive(Debug)]
pub struct Watch {
    /// Who watches what.
    pub watcher: Watcher,
    pub(crate) subscription: Subscription,
    pub(crate) told: Told,
    /// Under which it is stored.
    pub(crate) key: u128,
    pub(crate) alarm: Option<(Instant, TimerHandle)>,
    /// The connection under which it is found; 0 for datagrams.
    pub(crate) connection: u64,
}

impl Watch {
    /// Its subscription.
    #[must_use]
    pub fn subscription(&self) -> &Subscription {
        &self.subscription
    }
}
