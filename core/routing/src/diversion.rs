//! That a call goes on elsewhere than it was for: by whose forward, why, and where to.

use domain::{CompiledExtension, DivertReason};
use ids::{DeviceId, ExtensionId};
use serde::{Deserialize, Serialize};

/// How often one call goes on elsewhere at most, what it had behind it when it came included.
pub const DIVERSIONS_MAX: usize = 5;

/// One forward that is followed, or may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diversion {
    /// Whose forward it is; outside it is this extension that calls.
    pub by: ExtensionId,
    /// Its number.
    pub number: String,
    /// Its name; may be empty.
    pub display: String,
    /// Its phone that sent the call on, if one did.
    pub device: Option<DeviceId>,
    /// Why.
    pub reason: DivertReason,
    /// What is dialled in its place.
    pub to: String,
    /// The number by which the extension is known outside: digits of one of the tenant's own.
    pub outside: Option<String>,
}

impl Diversion {
    /// A forward of an extension's.
    pub(crate) fn of(extension: &CompiledExtension, reason: DivertReason, to: &str) -> Diversion {
        Diversion {
            by: extension.id,
            number: extension.number.to_string(),
            display: extension.display_name.to_string(),
            device: None,
            reason,
            to: to.to_owned(),
            outside: None,
        }
    }
}
