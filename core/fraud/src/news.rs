//! What the guard has to tell.

use crate::limit::Limit;
use ids::{DeviceId, ExtensionId, TenantId};

/// Whose budget it is, within a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The tenant's.
    Tenant,
    /// An extension's.
    Extension(ExtensionId),
    /// A device's.
    Device(DeviceId),
}

/// A budget is used up to the share at which its tenant is warned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warned {
    /// Whose.
    pub tenant: TenantId,
    /// Whose in there.
    pub subject: Subject,
    /// Which budget, in words.
    pub budget: String,
    /// Which of its limits.
    pub limit: Limit,
    /// How much is used.
    pub used: u64,
    /// How much there may be.
    pub most: u32,
}

/// A device has met a limit and may not call out by trunks any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contained {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub device: DeviceId,
    /// For so many hours; `None` until somebody releases it.
    pub hours: Option<u32>,
    /// Why, in words.
    pub reason: String,
}

/// What the guard has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A tenant is to be warned.
    Warned(Warned),
    /// A device is to be contained.
    Contained(Contained),
    /// A call is to be ended, for a reason in words.
    End(u64, String),
}
