//! What a call by a trunk costs.

use domain::Toll;
use ids::{DeviceId, ExtensionId};
use serde::{Deserialize, Serialize};

/// What a call by a trunk costs whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fare {
    /// The device that calls, or that sent the call on.
    pub device: Option<DeviceId>,
    /// The extension that calls, or that sends the call on.
    pub extension: ExtensionId,
    /// What budgets look at.
    pub toll: Toll,
}
