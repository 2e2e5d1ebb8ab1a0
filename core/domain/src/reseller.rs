//! The kind *reseller*: an account that sells tenants under its own brand.

use ids::{PlanId, ResellerId};
use serde::{Deserialize, Serialize};
use tenancy::{Account, Identified};
use utoipa::ToSchema;

use crate::brand::Brand;
use crate::ceiling::Ceiling;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::quotas::ResellerLimits;
use crate::text;

/// The space of unique keys in which the domains of portals are.
pub const PORTAL_SPACE: &str = "portal_domain";

/// Most plans of an account that a reseller below it may sell.
pub const GRANTED_PLANS_MAX: usize = 256;

/// An account between the operator and tenants. It sees exactly what lies below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reseller {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique on the platform. It names the
    /// reseller in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "north")]
    pub name: String,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// The reseller above it, by id or name; without one the platform is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub parent: Option<ResellerId>,
    /// Plans of the accounts above that it may sell beside its own, by id or name, at most 256.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 256)]
    pub plans: Vec<PlanId>,
    /// How much it may have below it.
    #[serde(default)]
    pub limits: ResellerLimits,
    /// What the account above takes from everybody of the reseller and below it.
    #[serde(default)]
    pub ceiling: Ceiling,
    /// How it looks to those who buy from it.
    #[serde(default)]
    pub brand: Brand,
    /// The keys and people of a disabled reseller open nothing; its tenants go on.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

impl Identified for Reseller {
    type Id = ResellerId;
}

impl Kind for Reseller {
    const NAME: KindName = KindName::Reseller;
    const MANY: &'static str = "resellers";
    const PLACE: Place = Place::Itself;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "reseller";
    const LINKS: &'static [Link] = &[
        Link {
            member: "parent",
            kind: KindName::Reseller,
        },
        Link {
            member: "plans",
            kind: KindName::Plan,
        },
    ];

    fn new_id(unix_ms: u64, random: u128) -> ResellerId {
        ResellerId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.display_name = self.display_name.trim().to_owned();
        self.brand.normalise();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<ResellerId>(&self.name)?;
        text::label(&self.display_name, "/display_name")?;
        rule(
            self.plans.len() <= GRANTED_PLANS_MAX,
            "/plans",
            "must name at most 256 plans",
        )?;
        for (index, plan) in self.plans.iter().enumerate() {
            let field = format!("/plans/{index}");
            let new = !self.plans[..index].contains(plan);
            rule(new, &field, "must not be named twice")?;
        }
        self.ceiling.validate()?;
        self.brand.validate()
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let mut keys = vec![UniqueKey {
            space: "reseller",
            key: self.name.clone(),
            scope: KeyScope::Platform,
        }];
        keys.extend(self.brand.domain.iter().map(|domain| UniqueKey {
            space: PORTAL_SPACE,
            key: domain.clone(),
            scope: KeyScope::Platform,
        }));
        keys
    }

    fn parent(&self) -> Option<Account> {
        Some(Account::of(self.parent))
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
