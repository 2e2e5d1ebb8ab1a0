//! The kind *role*: what people who have it may do.

use ids::RoleId;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;
use crate::permission::Pattern;
use crate::text;

/// Most permissions of each list of a role.
pub const PERMISSIONS_MAX: usize = 256;

/// A role made by its owner, beside those that every platform has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique with its owner.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "night-shift")]
    pub name: String,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// What it permits, such as `extension.read` or `extension.*`, at most 256.
    #[serde(default)]
    #[schema(max_items = 256)]
    pub allow: Vec<String>,
    /// What it forbids whatever permits it, at most 256.
    #[serde(default)]
    #[schema(max_items = 256)]
    pub deny: Vec<String>,
}

/// The rule for a list of permissions.
fn permissions(list: &[String], field: &str) -> Result<(), Invalid> {
    rule(
        list.len() <= PERMISSIONS_MAX,
        field,
        "must name at most 256 permissions",
    )?;
    patterns(list, field)
}

/// The rule that each text of a list is a pattern of permissions.
pub(crate) fn patterns(list: &[String], field: &str) -> Result<(), Invalid> {
    for (index, permission) in list.iter().enumerate() {
        rule(
            permission.parse::<Pattern>().is_ok(),
            &format!("{field}/{index}"),
            "must be a permission, such as extension.read, extension.* or *.read",
        )?;
    }
    Ok(())
}

impl Identified for Role {
    type Id = RoleId;
}

impl Kind for Role {
    const NAME: KindName = KindName::Role;
    const MANY: &'static str = "roles";
    const PLACE: Place = Place::Anywhere;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "role";

    fn new_id(unix_ms: u64, random: u128) -> RoleId {
        RoleId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.display_name = self.display_name.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<RoleId>(&self.name)?;
        text::label(&self.display_name, "/display_name")?;
        permissions(&self.allow, "/allow")?;
        permissions(&self.deny, "/deny")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "role",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
