//! The ceiling: what an account takes from all who belong to somebody below it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::role::patterns;

/// Most permissions that one ceiling takes away.
pub const CEILING_MAX: usize = 64;

/// What the account above takes from everybody within: people, roles and API keys, at once and
/// whatever gives it to them. A reseller's ceiling is also that of all below the reseller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ceiling {
    /// The permissions that nobody within has, such as `webhook.*` or `*.remove`, at most 64.
    #[schema(max_items = 64, example = json!(["webhook.*"]))]
    pub deny: Vec<String>,
}

impl Ceiling {
    /// Checks the rules.
    ///
    /// # Errors
    /// [`Invalid`] for too many permissions, and for a text that is no pattern of permissions.
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        rule(
            self.deny.len() <= CEILING_MAX,
            "/ceiling/deny",
            "must name at most 64 permissions",
        )?;
        patterns(&self.deny, "/ceiling/deny")
    }
}
