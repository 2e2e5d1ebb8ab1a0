//! The kind *webhook*: an endpoint of a tenant's that is told of events.

use ids::WebhookId;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::event::EventFilter;
use crate::http_url::is_url;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::secret_rule::SecretRule;

/// Most webhooks of one tenant. Each event is delivered to all of them.
pub const WEBHOOKS_MAX: u32 = 50;

/// One endpoint. The keys that sign its deliveries are kept apart and never in the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in its tenant.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "crm")]
    pub name: String,
    /// Where deliveries go, by HTTP POST without redirects: `https://…` or `http://…`, at most
    /// 2,048 bytes, without user name, password and fragment. Addresses inside the operator's
    /// network are refused when it comes to it, unless the operator allows them.
    #[schema(max_length = 2048, example = "https://crm.acme.example/hooks/calls")]
    pub url: String,
    /// Which events: types (`call.ended`), families (`call.*`) or `*`; none means all.
    #[serde(default)]
    #[schema(max_items = 32)]
    pub events: Vec<String>,
    /// A disabled webhook is told of nothing; what happens meanwhile it is told afterwards, as
    /// far as the log reaches.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

impl Webhook {
    /// Which events it wants.
    ///
    /// # Errors
    /// [`Invalid`] naming the pattern.
    pub fn filter(&self) -> Result<EventFilter, Invalid> {
        EventFilter::parse(self.events.iter().map(String::as_str)).map_err(|pattern| {
            let rule = format!("{pattern:?} is no type of event, or one of too many");
            Invalid::new("/events", rule)
        })
    }
}

impl Identified for Webhook {
    type Id = WebhookId;
}

impl Kind for Webhook {
    const NAME: KindName = KindName::Webhook;
    const MANY: &'static str = "webhooks";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "webhook";
    const SECRET: SecretRule = SecretRule::Signing;
    const MOST: Option<u32> = Some(WEBHOOKS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> WebhookId {
        WebhookId::new(unix_ms, random)
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<WebhookId>(&self.name)?;
        rule(
            is_url(&self.url),
            "/url",
            "must be https://HOST/… or http://HOST/… without user name, password and fragment",
        )?;
        self.filter().map(|_| ())
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "webhook",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
