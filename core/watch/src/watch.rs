//! One watch: a device's subscription to one package of one extension of its own tenant, or of
//! those on its list.

use crate::listing::Listing;
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

/// What of an extension is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aim {
    /// Itself.
    Itself,
    /// The extensions on its list, of which there were so many when it was asked for.
    List(usize),
}

impl Aim {
    /// For how many watches it counts where they are bounded.
    #[must_use]
    pub fn weight(self) -> usize {
        match self {
            Aim::Itself => 1,
            Aim::List(entries) => entries.max(1),
        }
    }
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
    /// Whether that is itself, or those on its list.
    pub aim: Aim,
    /// Which package.
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
    /// What was told of each on the list, where it is one that is watched.
    pub(crate) list: Option<Box<Listing>>,
    /// Under which it is stored.
    pub(crate) key: u128,
    pub(crate) alarm: Option<(Instant, TimerHandle)>,
    /// The connection under which it is found; 0 for datagrams.
    pub(crate) connection: u64,
}

impl Watch {
    /// Whether it is of a list.
    #[must_use]
    pub fn is_of_list(&self) -> bool {
        self.list.is_some()
    }

    /// Its subscription.
    #[must_use]
    pub fn subscription(&self) -> &Subscription {
        &self.subscription
    }
}
