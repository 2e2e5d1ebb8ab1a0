//! The kind *tenant*: one customer company.

use ids::{PlanId, ResellerId, TenantId};
use serde::{Deserialize, Serialize};
use tenancy::{Account, CapOverrides, Caps, Identified};

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, KindName, Reference, UniqueKey, enabled};
use crate::plan::Plan;
use crate::text;

/// Most SIP domains of one tenant.
pub const DOMAINS_MAX: usize = 16;

/// A customer company: its SIP domains, who sells to it, and how much it may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// SIP domains, 1 to 16, lower case; the first is the natural key. Platform-wide unique.
    pub domains: Vec<String>,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    pub display_name: String,
    /// The reseller that it buys from; without one it buys from the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reseller: Option<ResellerId>,
    /// What it has bought: a plan of its reseller, or one that its reseller may sell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// How much it may use where that differs from its plan, or from the defaults when it has
    /// none.
    #[serde(default)]
    pub caps: CapOverrides,
    /// A disabled tenant registers nothing and calls nobody.
    #[serde(default = "enabled")]
    pub enabled: bool,
}

impl Tenant {
    /// How much it may use, with this plan.
    pub fn effective_caps(&self, plan: Option<&Plan>) -> Caps {
        let sold = plan.map(|plan| plan.caps).unwrap_or_default();
        self.caps.over(sold)
    }
}

impl Identified for Tenant {
    type Id = TenantId;
}

impl Kind for Tenant {
    const NAME: KindName = KindName::Tenant;
    const SECRETS: &'static [&'static str] = &[];

    fn normalise(&mut self) {
        for domain in &mut self.domains {
            domain.make_ascii_lowercase();
        }
        self.display_name = self.display_name.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        rule(
            !self.domains.is_empty(),
            "/domains",
            "must name at least one domain",
        )?;
        rule(
            self.domains.len() <= DOMAINS_MAX,
            "/domains",
            "must name at most 16 domains",
        )?;
        for (index, domain) in self.domains.iter().enumerate() {
            let field = format!("/domains/{index}");
            text::host_name(domain, &field)?;
            rule(
                !self.domains[..index].contains(domain),
                &field,
                "must not be named twice",
            )?;
            rule(
                domain.parse::<TenantId>().is_err(),
                &field,
                "must not look like an id",
            )?;
        }
        text::label(&self.display_name, "/display_name")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |domain: &String| UniqueKey {
            space: "domain",
            key: domain.clone(),
            scope: KeyScope::Platform,
        };
        self.domains.iter().map(key).collect()
    }

    fn references(&self) -> Vec<Reference> {
        let reseller = self.reseller.map(|reseller| Reference {
            kind: KindName::Reseller,
            id: reseller.to_string(),
            field: "/reseller".to_owned(),
        });
        let plan = self.plan.map(|plan| Reference {
            kind: KindName::Plan,
            id: plan.to_string(),
            field: "/plan".to_owned(),
        });
        reseller.into_iter().chain(plan).collect()
    }

    fn parent(&self) -> Option<Account> {
        Some(Account::of(self.reseller))
    }

    fn natural_key(&self) -> String {
        self.domains.first().cloned().unwrap_or_default()
    }
}
