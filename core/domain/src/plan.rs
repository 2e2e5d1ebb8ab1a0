//! The kind *plan*: how much a tenant may use, as its reseller sells it.

use std::collections::BTreeSet;

use ids::PlanId;
use serde::{Deserialize, Serialize};
use tenancy::{Caps, Identified};
use utoipa::ToSchema;

use crate::feature::Feature;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::quotas::Quotas;
use crate::text;
use crate::toll_budget::TollBudget;

/// What a tenant may use. Changing a plan acts at once on every tenant that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in its account. It names the plan
    /// in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "gold")]
    pub name: String,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// How much of what is counted its price includes.
    #[serde(default)]
    pub included: Quotas,
    /// How much of what is counted a tenant may have at most.
    #[serde(default)]
    pub maximum: Quotas,
    /// How much a tenant may use at a time, and its turn at contended places.
    #[serde(default)]
    pub caps: Caps,
    /// What it leaves out. A company on it has everything else.
    #[serde(default)]
    #[schema(default = json!([]), example = json!(["webhooks"]))]
    pub without: BTreeSet<Feature>,
    /// What the calls by trunks of a company may cost, whatever guards of its own say, which can
    /// only be narrower. Where it is left out, each device has a budget for premium and
    /// international calls: 6 at once, 20 a minute, 120 an hour to 60 numbers; 10,000 minor units
    /// an hour and 20,000 a day at 300 a minute for premium calls and 30 for others. One without
    /// classes counts nothing.
    #[serde(default)]
    pub toll_budget: Option<Box<TollBudget>>,
    /// A disabled plan is kept by the tenants that have it and given to no other.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

impl Plan {
    /// Whether companies on it have this.
    pub fn includes(&self, feature: Feature) -> bool {
        !self.without.contains(&feature)
    }
}

impl Identified for Plan {
    type Id = PlanId;
}

impl Kind for Plan {
    const NAME: KindName = KindName::Plan;
    const MANY: &'static str = "plans";
    const PLACE: Place = Place::Account;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "plan";

    fn new_id(unix_ms: u64, random: u128) -> PlanId {
        PlanId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.display_name = self.display_name.trim().to_owned();
        if let Some(budget) = &mut self.toll_budget {
            budget.normalise();
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<PlanId>(&self.name)?;
        text::label(&self.display_name, "/display_name")?;
        if let Some(budget) = &self.toll_budget {
            budget.validate("/toll_budget")?;
        }
        let kinds = KindName::ALL.map(|kind| {
            (
                kind.many(),
                [&self.included, &self.maximum].map(|q| q.of(kind)),
            )
        });
        let keys = ("keys", [self.included.keys, self.maximum.keys]);
        for (many, [included, maximum]) in kinds.into_iter().chain([keys]) {
            let within = maximum.is_none_or(|most| included.is_none_or(|some| some <= most));
            let field = format!("/included/{many}");
            rule(within, &field, "must not be above the maximum")?;
        }
        Ok(())
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "plan",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
