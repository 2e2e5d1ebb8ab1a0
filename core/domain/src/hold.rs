//! The kind *hold*: a legal hold, which keeps what it covers from being erased.

use ids::{ExtensionId, HoldId, UserId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;

/// Longest reason, in characters.
const REASON_MAX: usize = 1_000;

/// A legal hold: as long as it is there, nothing that it covers is erased, pseudonymised or removed
/// because of its age. It covers a person, an extension or, when it names neither, the company.
/// Who placed and who released it is in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`, such as the number of a case; unique in its company.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "case-2031-17")]
    pub name: String,
    /// Why, 1 to 1,000 characters.
    #[schema(
        min_length = 1,
        max_length = 1_000,
        example = "Lawsuit, notice of 3 May"
    )]
    pub reason: String,
    /// The person whose data is held, by id or mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub user: Option<UserId>,
    /// The extension whose data is held, by id or number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub extension: Option<ExtensionId>,
}

impl Hold {
    /// Whether it covers the company as a whole.
    pub fn covers_all(&self) -> bool {
        self.user.is_none() && self.extension.is_none()
    }
}

impl Identified for Hold {
    type Id = HoldId;
}

impl Kind for Hold {
    const NAME: KindName = KindName::Hold;
    const MANY: &'static str = "holds";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "hold";
    const LINKS: &'static [Link] = &[
        Link {
            member: "user",
            kind: KindName::User,
        },
        Link {
            member: "extension",
            kind: KindName::Extension,
        },
    ];

    fn new_id(unix_ms: u64, random: u128) -> HoldId {
        HoldId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.reason = self.reason.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<HoldId>(&self.name)?;
        let length = self.reason.chars().count();
        rule(
            (1..=REASON_MAX).contains(&length),
            "/reason",
            "must have 1 to 1,000 characters",
        )
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "hold",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
