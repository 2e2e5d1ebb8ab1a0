//! The kind *reseller*: an account that sells tenants under its own brand.

use ids::{PlanId, ResellerId};
use serde::{Deserialize, Serialize};
use tenancy::{Account, Identified};

use crate::brand::Brand;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, KindName, Reference, UniqueKey, enabled};
use crate::quotas::ResellerLimits;
use crate::text;

/// Longest name, in characters.
const NAME_MAX: usize = 64;

/// Most plans of an account that a reseller below it may sell.
pub const GRANTED_PLANS_MAX: usize = 256;

/// An account between the operator and tenants. It sees exactly what lies below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reseller {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique on the platform.
    pub name: String,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    pub display_name: String,
    /// The reseller above it; without one the platform is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ResellerId>,
    /// Plans of the accounts above that it may sell beside its own, at most 256.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanId>,
    /// How much it may have below it.
    #[serde(default)]
    pub limits: ResellerLimits,
    /// How it looks to those who buy from it.
    #[serde(default)]
    pub brand: Brand,
    /// The keys and people of a disabled reseller open nothing; its tenants go on.
    #[serde(default = "enabled")]
    pub enabled: bool,
}

impl Identified for Reseller {
    type Id = ResellerId;
}

impl Kind for Reseller {
    const NAME: KindName = KindName::Reseller;
    const SECRETS: &'static [&'static str] = &[];

    fn normalise(&mut self) {
        self.display_name = self.display_name.trim().to_owned();
        self.brand.normalise();
    }

    fn validate(&self) -> Result<(), Invalid> {
        rule(
            text::is_word(&self.name, NAME_MAX, b"._-"),
            "/name",
            "must be 1 to 64 letters, digits or . _ -",
        )?;
        let is_id = self.name.parse::<ResellerId>().is_ok();
        rule(!is_id, "/name", "must not look like an id")?;
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
        self.brand.validate()
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let mut keys = vec![UniqueKey {
            space: "reseller",
            key: self.name.clone(),
            scope: KeyScope::Platform,
        }];
        keys.extend(self.brand.domain.iter().map(|domain| UniqueKey {
            space: "portal_domain",
            key: domain.clone(),
            scope: KeyScope::Platform,
        }));
        keys
    }

    fn references(&self) -> Vec<Reference> {
        let parent = self.parent.iter().map(|parent| Reference {
            kind: KindName::Reseller,
            id: parent.to_string(),
            field: "/parent".to_owned(),
        });
        let plans = self
            .plans
            .iter()
            .enumerate()
            .map(|(index, plan)| Reference {
                kind: KindName::Plan,
                id: plan.to_string(),
                field: format!("/plans/{index}"),
            });
        parent.chain(plans).collect()
    }

    fn parent(&self) -> Option<Account> {
        Some(Account::of(self.parent))
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
