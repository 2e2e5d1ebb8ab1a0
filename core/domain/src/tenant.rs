//! The kind *tenant*: one customer company.

use ids::TenantId;
use serde::{Deserialize, Serialize};
use tenancy::{Caps, Identified};

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, KindName, Reference, UniqueKey, enabled};
use crate::text;

/// Most SIP domains of one tenant.
pub const DOMAINS_MAX: usize = 16;

/// A customer company: its SIP domains and its caps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// SIP domains, 1 to 16, lower case; the first is the natural key. Platform-wide unique.
    pub domains: Vec<String>,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    pub display_name: String,
    /// How much it may use.
    #[serde(default)]
    pub caps: Caps,
    /// A disabled tenant registers nothing and calls nobody.
    #[serde(default = "enabled")]
    pub enabled: bool,
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
        Vec::new()
    }

    fn natural_key(&self) -> String {
        self.domains.first().cloned().unwrap_or_default()
    }
}
