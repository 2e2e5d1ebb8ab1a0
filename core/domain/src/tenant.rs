//! The kind *tenant*: one customer company.

use ids::{PlanId, ResellerId, TenantId};
use phrases::Language;
use serde::{Deserialize, Serialize};
use tenancy::{Account, CapOverrides, Caps, Identified};
use utoipa::ToSchema;

use crate::ceiling::Ceiling;
use crate::dial_habits::DialHabits;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::ladder::KeptLadders;
use crate::plan::Plan;
use crate::text;
use crate::time_zone;

/// Most SIP domains of one tenant.
pub const DOMAINS_MAX: usize = 16;

/// Most mail domains of one tenant.
pub const MAIL_DOMAINS_MAX: usize = 16;

/// The space of unique keys in which mail domains lie.
pub const MAIL_DOMAIN_SPACE: &str = "mail_domain";

/// Most days that texts wait.
const TEXTS_KEPT_DAYS_MAX: u8 = 30;

fn a_week() -> u8 {
    7
}

/// A customer company: its SIP domains, who sells to it, and how much it may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// SIP domains, 1 to 16, lower case, each unique on the platform. Any of them names the tenant
    /// in paths.
    #[schema(min_items = 1, max_items = 16, example = json!(["acme.example"]))]
    pub domains: Vec<String>,
    /// Mail domains that it may speak for, at most 16, lower case, each unique on the platform.
    /// People with such addresses may sign in by way of its own sign-in server (`sso`). Whoever
    /// grants one has made sure that it is the company's.
    #[serde(default)]
    #[schema(max_items = 16, example = json!(["acme.example"]))]
    pub mail_domains: Vec<String>,
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
    /// How its people dial numbers of the outside. Where it is left out, what they dial is taken
    /// for what it is.
    #[serde(default)]
    pub dialling: Option<DialHabits>,
    /// Of which calls the SIP messages are kept, encrypted, with the record: `none`, `failed` or
    /// `all`.
    #[serde(default)]
    #[schema(default = "failed")]
    pub ladders: KeptLadders,
    /// For how many days a text waits whose reader has no telephone, 0 to 30; with 0 its sender is
    /// told at once that it did not arrive.
    #[serde(default = "a_week")]
    #[schema(default = 7, maximum = 30)]
    pub texts_kept_days: u8,
    /// Whether a party that is put on hold hears the exchange's music. Where it does not, it hears
    /// what the telephone of whoever holds it sends, which is nothing as a rule.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub music_on_hold: bool,
    /// The language in which the exchange speaks to its people: `de`, `en`, `es`, `fr`, `it` or
    /// `ru`.
    #[serde(default)]
    #[schema(default = "en")]
    pub language: Language,
    /// The time zone of its clock, as the IANA database calls it.
    #[serde(default = "time_zone::utc")]
    #[schema(default = "UTC", example = "Europe/Berlin")]
    pub time_zone: String,
    /// Whether its SIP messages are among those that the operator's capture server is told of.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub captured: bool,
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
        for domain in self.domains.iter_mut().chain(&mut self.mail_domains) {
            domain.make_ascii_lowercase();
        }
        self.display_name = self.display_name.trim().to_owned();
        self.dialling.iter_mut().for_each(DialHabits::normalise);
        time_zone::normalise(&mut self.time_zone);
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
        text::host_names(&self.domains, "/domains")?;
        for (index, domain) in self.domains.iter().enumerate() {
            rule(
                domain.parse::<TenantId>().is_err(),
                &format!("/domains/{index}"),
                "must not look like an id",
            )?;
        }
        self.ceiling.validate()?;
        time_zone::validate(&self.time_zone)?;
        self.dialling.iter().try_for_each(DialHabits::validate)?;
        rule(
            self.mail_domains.len() <= MAIL_DOMAINS_MAX,
            "/mail_domains",
            "must name at most 16 domains",
        )?;
        text::host_names(&self.mail_domains, "/mail_domains")?;
        rule(
            self.texts_kept_days <= TEXTS_KEPT_DAYS_MAX,
            "/texts_kept_days",
            "must be at most 30 days",
        )?;
        text::label(&self.display_name, "/display_name")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |space| {
            move |domain: &String| UniqueKey {
                space,
                key: domain.clone(),
                scope: KeyScope::Platform,
            }
        };
        let mail = self.mail_domains.iter().map(key(MAIL_DOMAIN_SPACE));
        self.domains.iter().map(key("domain")).chain(mail).collect()
    }

    fn parent(&self) -> Option<Account> {
        Some(Account::of(self.reseller))
    }

    fn natural_key(&self) -> String {
        self.domains.first().cloned().unwrap_or_default()
    }
}
