//! What is asked of routing.

use crate::Diversion;
use domain::Proved;
use ids::{DeviceId, ExtensionId, TrunkId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Who asks: filled by admission from the proven device or trunk, never from what a phone claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The device that proved itself.
    pub device: Option<DeviceId>,
    /// The extension the device belongs to.
    pub extension: Option<ExtensionId>,
    /// The trunk by which the call came in; then there is neither device nor extension.
    pub trunk: Option<TrunkId>,
    /// The number shown to the person called.
    pub number: String,
    /// The name shown to the person called; may be empty.
    pub display: String,
    /// What is known of the proof of the number in a call that came in; `None` where nobody looked.
    #[serde(default)]
    pub proof: Option<Proved>,
}

/// Whether the host of the dialled address is this exchange's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostClass {
    /// A domain of the caller's own company, or an address of this exchange.
    Own,
    /// Anything else, another company's domain included: the two are not told apart.
    Foreign,
}

/// What was dialled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialled {
    /// User part of the address with its escapes decoded; empty when there was none.
    pub user: String,
    /// Whose domain the host part is.
    pub host: HostClass,
}

impl Dialled {
    /// What was dialled inside the caller's own company.
    #[must_use]
    pub fn own(user: impl Into<String>) -> Dialled {
        Dialled {
            user: user.into(),
            host: HostClass::Own,
        }
    }
}

/// Why a route is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A new call.
    Call,
    /// One party of a call sends the other on (RFC 3515).
    Transfer,
    /// The latest of the request's diversions sends on a call that was not answered.
    Forward,
}

/// One question to [`crate::plan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteRequest {
    /// Who asks.
    pub caller: Caller,
    /// For what.
    pub dialled: Dialled,
    /// Why.
    pub purpose: Purpose,
    /// Whence the caller's messages come, where that may tell where the caller is.
    pub from: Option<IpAddr>,
    /// The extension that called for help lately and showed the number that is called now: the
    /// call is led back to it.
    pub back_to: Option<ExtensionId>,
    /// How often the call went on elsewhere before it came, and in vain since.
    pub earlier: u8,
    /// By whom it was sent on so far, the latest last.
    pub diversions: Vec<Diversion>,
}

impl RouteRequest {
    /// A new call, of which nothing else is known.
    #[must_use]
    pub fn call(caller: Caller, dialled: Dialled) -> RouteRequest {
        RouteRequest {
            caller,
            dialled,
            purpose: Purpose::Call,
            from: None,
            back_to: None,
            earlier: 0,
            diversions: Vec::new(),
        }
    }
}
