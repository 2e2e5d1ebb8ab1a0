//! The kind *sso*: a company's own sign-in server.

use ids::{RoleId, SsoId};
use serde::{Deserialize, Serialize};
use tenancy::{Identified, Owner};
use utoipa::ToSchema;

use crate::fixed_role::{FixedRole, Level};
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::secret_rule::SecretRule;
use crate::text;

/// Longest issuer, in bytes.
const ISSUER_MAX: usize = 512;

/// Longest client id, in bytes.
const CLIENT_MAX: usize = 256;

/// Most mail domains of one sign-in server.
const DOMAINS_MAX: usize = 16;

/// Most sign-in servers of one tenant.
pub const SSO_MAX: u32 = 10;

/// A sign-in server that speaks OpenID Connect, and the people whom it may sign in. The client
/// secret that it gave comes in `secret` and is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sso {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in its tenant.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "entra")]
    pub name: String,
    /// What the server calls itself: `https://…`, at most 512 bytes, without user name, query and
    /// fragment. Its document lies below it at `/.well-known/openid-configuration`.
    #[schema(max_length = 512, example = "https://login.acme.example/realms/acme")]
    pub issuer: String,
    /// The client id that the server gave, 1 to 256 printable ASCII characters.
    #[schema(min_length = 1, max_length = 256, example = "strowger")]
    pub client_id: String,
    /// The mail domains of the people whom the server signs in, 1 to 16, lower case, each at one
    /// server of a tenant. Each counts only while the tenant's own document grants it in
    /// `mail_domains`.
    #[schema(min_items = 1, max_items = 16, example = json!(["acme.example"]))]
    pub domains: Vec<String>,
    /// Whether somebody whom the server names and the exchange does not know becomes a person of
    /// the tenant.
    #[serde(default)]
    #[schema(default = false)]
    pub make_people: bool,
    /// What people who are made so may do; a role of companies, and not their admin's.
    #[serde(default)]
    pub role: Option<FixedRole>,
    /// In place of `role`: a role that the tenant has made, by id or name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub custom_role: Option<RoleId>,
    /// Whether people of these domains sign in by way of the server alone: their passwords and
    /// passkeys open nothing.
    #[serde(default)]
    #[schema(default = false)]
    pub enforced: bool,
    /// A disabled server signs nobody in, and enforces nothing.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

/// Whether a text is an issuer, as far as its form tells.
fn is_issuer(issuer: &str) -> bool {
    let rest = issuer.strip_prefix("https://");
    let loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let rest = rest.or_else(|| {
        let local = loopback.iter().find_map(|at| issuer.strip_prefix(at))?;
        let ends = local.is_empty() || local.starts_with([':', '/']);
        ends.then_some("localhost")
    });
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    issuer.len() <= ISSUER_MAX
        && issuer
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"?#\\@".contains(&b))
        && host.is_some_and(|host| !host.is_empty())
}

impl Sso {
    fn validate_domains(&self) -> Result<(), Invalid> {
        rule(
            (1..=DOMAINS_MAX).contains(&self.domains.len()),
            "/domains",
            "must name 1 to 16 domains",
        )?;
        text::host_names(&self.domains, "/domains")
    }

    fn validate_role(&self) -> Result<(), Invalid> {
        let roles = usize::from(self.role.is_some()) + usize::from(self.custom_role.is_some());
        rule(
            roles == usize::from(self.make_people),
            "/role",
            "must be said, or custom_role in its place, where people are made, and only there",
        )?;
        let modest = self.role.is_none_or(|role| role != FixedRole::TenantAdmin);
        rule(modest, "/role", "must not be tenant-admin")
    }
}

impl Identified for Sso {
    type Id = SsoId;
}

impl Kind for Sso {
    const NAME: KindName = KindName::Sso;
    const MANY: &'static str = "sso";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "sso";
    const LINKS: &'static [Link] = &[Link {
        member: "custom_role",
        kind: KindName::Role,
    }];
    const SECRET: SecretRule = SecretRule::Supplied;
    const MOST: Option<u32> = Some(SSO_MAX);

    fn new_id(unix_ms: u64, random: u128) -> SsoId {
        SsoId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        for domain in &mut self.domains {
            domain.make_ascii_lowercase();
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<SsoId>(&self.name)?;
        rule(
            is_issuer(&self.issuer),
            "/issuer",
            "must be https://HOST/… without user name, query and fragment",
        )?;
        let client = (1..=CLIENT_MAX).contains(&self.client_id.len())
            && self.client_id.bytes().all(|b| b.is_ascii_graphic());
        rule(
            client,
            "/client_id",
            "must be 1 to 256 printable ASCII characters",
        )?;
        self.validate_domains()?;
        self.validate_role()
    }

    fn validate_for(&self, owner: Owner) -> Result<(), Invalid> {
        let level = Level::of(owner);
        let fits = self.role.is_none_or(|role| role.level() == level);
        rule(fits, "/role", "must be a role of companies")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |space, key: &String| UniqueKey {
            space,
            key: key.clone(),
            scope: KeyScope::PerOwner,
        };
        let domains = self.domains.iter().map(|domain| key("sso_domain", domain));
        [key("sso", &self.name)]
            .into_iter()
            .chain(domains)
            .collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
