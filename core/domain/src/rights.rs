//! Rights: the permissions that somebody has in effect.

use std::collections::BTreeSet;

use crate::fixed_role::{FixedRole, Level};
use crate::permission::{NoPermission, Pattern, Permission};
use crate::role::Role;

/// The permissions that somebody has in effect: what is allowed, without what is denied, as far
/// as it exists for the level and whoever is above permits it. A denial always wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(BTreeSet<Permission>);

fn read(texts: &[String]) -> Result<Vec<Pattern>, NoPermission> {
    texts.iter().map(|text| text.parse()).collect()
}

impl Rights {
    /// All that anybody of a level can have.
    pub fn of_level(level: Level) -> Rights {
        Rights(
            Permission::all()
                .filter(|one| one.exists_for(level))
                .collect(),
        )
    }

    /// What a list of patterns permits at a level. A text that is none permits nothing.
    pub fn of_list<T: AsRef<str>>(level: Level, allow: &[T]) -> Rights {
        let patterns = allow.iter().filter_map(|text| text.as_ref().parse().ok());
        let patterns: Vec<Pattern> = patterns.collect();
        let Rights(all) = Rights::of_level(level);
        let meant = |one: &Permission| patterns.iter().any(|pattern| pattern.means(*one));
        Rights(all.into_iter().filter(meant).collect())
    }

    /// What a role made by its owner gives. When a denial cannot be read, nothing.
    pub fn of_role(level: Level, role: &Role) -> Rights {
        Rights::of_list(level, &role.allow).without(&role.deny)
    }

    /// What an API key of this level gives: what its scopes name, or all when it has none.
    pub fn of_key(level: Level, scopes: &[String]) -> Rights {
        if scopes.is_empty() {
            return Rights::of_level(level);
        }
        Rights::of_list(level, scopes)
    }

    /// What a fixed role gives; it is valid at its own level only.
    pub fn of_fixed(role: FixedRole) -> Rights {
        let (allow, deny) = lists(role);
        let deny: Vec<String> = deny.iter().map(|text| (*text).to_owned()).collect();
        Rights::of_list(role.level(), allow).without(&deny)
    }

    /// The same without what a list denies. When a denial cannot be read, nothing is left.
    #[must_use]
    pub fn without(self, deny: &[String]) -> Rights {
        let Ok(deny) = read(deny) else {
            return Rights::default();
        };
        let kept = |one: &Permission| !deny.iter().any(|pattern| pattern.means(*one));
        Rights(self.0.into_iter().filter(kept).collect())
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: &Rights) -> Rights {
        Rights(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether a permission is among them.
    pub fn permit(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The permissions, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }

    /// The first permission that somebody of a level who has `own` rights would give away without
    /// having it. What does not exist at the giver's level is not the giver's to withhold.
    pub fn beyond(&self, own: &Rights, level: Level) -> Option<Permission> {
        self.iter()
            .find(|one| one.exists_for(level) && !own.permit(*one))
    }
}

type List = &'static [&'static str];

/// What the fixed roles allow and deny.
fn lists(role: FixedRole) -> (List, List) {
    match role {
        FixedRole::OperatorAdmin | FixedRole::ResellerAdmin | FixedRole::TenantAdmin => {
            (&["*.*"], &[])
        }
        FixedRole::Operations => (&["*.*"], WHO_SELLS_AND_WHO_WORKS),
        FixedRole::OperatorReadOnly | FixedRole::ReadOnly => (&["*.read"], MORE_THAN_READING),
        FixedRole::Support => (HELPS, MORE_THAN_READING),
        FixedRole::Supervisor => (WATCHES, &[]),
        // what is one's own needs no permission
        FixedRole::User => (&["extension.read"], &[]),
    }
}

/// To find and to take along all that is known of a person is more than reading, and so is to hear
/// what people said, or to read what they sent.
const MORE_THAN_READING: List = &["person.*", "recording.*", "fax.*"];

/// What those who run the platform do not decide. A company as a whole is its people and their
/// secrets, too; and what is said and sent there they need not know.
const WHO_SELLS_AND_WHO_WORKS: List = &[
    "reseller.create",
    "reseller.change",
    "reseller.remove",
    "plan.create",
    "plan.change",
    "plan.remove",
    "user.create",
    "user.change",
    "user.remove",
    "sso.create",
    "sso.change",
    "sso.remove",
    "role.create",
    "role.change",
    "role.remove",
    "key.create",
    "key.rotate",
    "key.remove",
    "archive.*",
    "recording.*",
    "fax.*",
];

/// What helping a company takes.
const HELPS: List = &[
    "*.read",
    "extension.*",
    "device.*",
    "webhook.*",
    "delivery.*",
    "call.*",
    "support.*",
];

/// What watching over calls takes.
const WATCHES: List = &[
    "extension.read",
    "device.read",
    "user.read",
    "registration.read",
    "call.*",
    "cdr.read",
    "recording.read",
    "fax.read",
    "fax.send",
    "event.read",
    "usage.read",
];
