//! The kind *user*: a person who signs in.

use ids::{ExtensionId, RoleId, UserId};
use serde::{Deserialize, Serialize};
use tenancy::{Identified, Owner};
use utoipa::ToSchema;

use crate::fixed_role::{FixedRole, Level};
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::text;

/// A person: of the operator, of a reseller or of a company. The password and all else by which
/// the person signs in is kept apart and never in the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The mail address, at most 254 bytes; unique with its owner, and kept in lower case. With
    /// it the person signs in. The same address may stand in several companies, and none of them
    /// is told.
    #[schema(format = "email", max_length = 254, example = "ann@acme.example")]
    pub mail: String,
    /// What the person is called, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// What the person may do. It must be a role of the owner's level.
    #[serde(default)]
    pub role: Option<FixedRole>,
    /// In place of `role`: a role that the owner has made, by id or name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub custom_role: Option<RoleId>,
    /// The person's own extension, by id or number; only in a company.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub extension: Option<ExtensionId>,
    /// A disabled person cannot sign in, and whoever is signed in is out at once.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

impl Identified for User {
    type Id = UserId;
}

impl Kind for User {
    const NAME: KindName = KindName::User;
    const MANY: &'static str = "users";
    const PLACE: Place = Place::Anywhere;
    const KEY: &'static str = "mail";
    const KEY_SPACE: &'static str = "mail";
    const LINKS: &'static [Link] = &[
        Link {
            member: "custom_role",
            kind: KindName::Role,
        },
        Link {
            member: "extension",
            kind: KindName::Extension,
        },
    ];

    fn new_id(unix_ms: u64, random: u128) -> UserId {
        UserId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.mail = self.mail.trim().to_lowercase();
        self.display_name = self.display_name.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        text::mail_address(&self.mail, "/mail")?;
        rule(
            self.mail == self.mail.to_lowercase(),
            "/mail",
            "must be in lower case",
        )?;
        text::label(&self.display_name, "/display_name")?;
        rule(
            self.role.is_some() != self.custom_role.is_some(),
            "/role",
            "must be said, or custom_role in its place",
        )
    }

    fn validate_for(&self, owner: Owner) -> Result<(), Invalid> {
        let level = Level::of(owner);
        let fits = self.role.is_none_or(|role| role.level() == level);
        rule(fits, "/role", "must be a role of the owner's level")?;
        let inside = self.extension.is_none() || level == Level::Tenant;
        rule(inside, "/extension", "must be left out outside a company")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "mail",
            key: self.mail.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.mail.clone()
    }
}
