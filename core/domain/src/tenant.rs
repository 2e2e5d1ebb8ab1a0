//! The kind *tenant*: one customer company.

use ids::{PlanId, ResellerId, TenantId};
use serde::{Deserialize, Serialize};
use tenancy::{Account, CapOverrides, Caps, Identified};
use utoipa::ToSchema;

use crate::ceiling::Ceiling;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::plan::Plan;
use crate::text;

/// Most SIP domains of one tenant.
pub const DOMAINS_MAX: usize = 16;

/// A customer company: its SIP domains, who sells to it, and how much it may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// SIP domains, 1 to 16, lower case, each unique on the platform. Any of them names the tenant
    /// in paths.
    #[schema(min_items = 1, max_items = 16, example = json!(["acme.example"]))]
    pub domains: Vec<String>,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// The reseller that it buys from, by id or name; without one it buys from the operator.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub reseller: Option<ResellerId>,
    /// What it has bought, by id or name: a plan of its reseller, or one that its reseller may
    /// sell.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// How much it may use where that differs from its plan, or from the defaults when it has
    /// none.
    #[serde(default)]
    pub caps: CapOverrides,
    /// What the account above takes from everybody of the tenant.
    #[serde(default)]
    pub ceiling: Ceiling,
    /// A disabled tenant registers nothing and calls nobody.
    #[serde(default = "enabled")]
    #[schema(default = true)]
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
    const MANY: &'static str = "tenants";
    const PLACE: Place = Place::Itself;
    const KEY: &'static str = "domains";
    const KEY_SPACE: &'static str = "domain";
    const LINKS: &'static [Link] = &[
        Link {
            member: "reseller",
            kind: KindName::Reseller,
        },
        Link {
            member: "plan",
            kind: KindName::Plan,
        },
    ];

    fn new_id(unix_ms: u64, random: u128) -> TenantId {
        TenantId::new(unix_ms, random)
    }

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
        self.ceiling.validate()?;
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

    fn parent(&self) -> Option<Account> {
        Some(Account::of(self.reseller))
    }

    fn natural_key(&self) -> String {
        self.domains.first().cloned().unwrap_or_default()
    }
}
