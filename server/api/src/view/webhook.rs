//! The views of a webhook and of its deliveries. A key is shown once, when it was made.

use admin::webhooks::Keyed;
use domain::{Delivery, Resource, Webhook};
use ids::{TenantId, WebhookId};
use machine::WallTime;
use ports::{CourierError, Receipt};
use serde::Serialize;
use utoipa::ToSchema;

use super::event::EventView;

/// What can be set on a webhook.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookSpec {
    /// Names it in paths; unique in the company.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "crm")]
    name: String,
    /// Where deliveries go: HTTP POST, without redirects. Addresses inside the operator's network
    /// are refused when it comes to it, unless the operator allows them.
    #[schema(max_length = 2048, example = "https://crm.acme.example/hooks/calls")]
    url: String,
    /// Which events: types (`call.ended`), families (`call.*`) or `*`; none means all.
    #[schema(required = false, max_items = 32)]
    events: Vec<String>,
    /// A disabled webhook is told of nothing; what happens meanwhile it is told afterwards, as
    /// far as the log reaches.
    #[schema(required = false, default = true)]
    enabled: bool,
}

impl From<Webhook> for WebhookSpec {
    fn from(spec: Webhook) -> Self {
        WebhookSpec {
            name: spec.name,
            url: spec.url,
            events: spec.events,
            enabled: spec.enabled,
        }
    }
}

/// An endpoint that is told of events.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    /// The id.
    #[schema(value_type = String, read_only, example = "whk_01hg5z3r8k0000000000000000")]
    id: WebhookId,
    /// The tenant's id.
    #[schema(value_type = String, read_only)]
    tenant: Option<TenantId>,
    /// 1 when created, one more with each change; the `ETag` in quotes.
    #[schema(read_only)]
    revision: u64,
    /// When it was created.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    created: WallTime,
    /// When it was changed last.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    updated: WallTime,
    #[serde(flatten)]
    spec: WebhookSpec,
    /// The key that signs deliveries, when it was made just now; it is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only, example = "whsec_…")]
    secret: Option<String>,
}

impl From<Resource<Webhook>> for WebhookView {
    fn from(webhook: Resource<Webhook>) -> Self {
        WebhookView {
            id: webhook.id,
            tenant: webhook.owner.tenant(),
            revision: webhook.revision,
            created: webhook.created,
            updated: webhook.updated,
            spec: webhook.spec.into(),
            secret: None,
        }
    }
}

impl From<Keyed> for WebhookView {
    fn from(keyed: Keyed) -> Self {
        WebhookView {
            secret: Some(keyed.key.reveal()),
            ..WebhookView::from(keyed.webhook)
        }
    }
}

/// How a try went.
#[derive(Serialize, ToSchema)]
#[schema(as = Try)]
pub(crate) struct TryView {
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// The HTTP status, when one came back.
    status: Option<u16>,
    /// What else there is to say.
    detail: String,
}

/// What became of one event at one webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryView {
    /// The event, as it is delivered. Its `cursor` names the delivery in paths.
    event: EventView,
    /// `waiting`, `delivered` or `dead`.
    state: String,
    /// Tries so far, since it was replayed last.
    tries: u16,
    /// Since when it is tried.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    since: WallTime,
    /// When it is tried next, while it waits.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<WallTime>,
    /// How the latest try went.
    last: Option<TryView>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let waits = delivery.state == domain::DeliveryState::Waiting;
        DeliveryView {
            state: delivery.state.as_str().to_owned(),
            tries: delivery.tries,
            since: delivery.since,
            due: waits.then_some(delivery.due),
            last: delivery.last.map(|last| TryView {
                at: last.at,
                status: last.status,
                detail: last.detail,
            }),
            event: delivery.event.into(),
        }
    }
}

/// How many deliveries begin anew.
#[derive(Serialize, ToSchema)]
#[schema(as = Replayed)]
pub(crate) struct ReplayedView {
    /// Their number.
    pub(crate) replayed: usize,
}

/// What a receiver said to a trial delivery.
#[derive(Serialize, ToSchema)]
#[schema(as = Pong)]
pub(crate) struct PongView {
    /// Whether it would count as delivered (2xx).
    delivered: bool,
    /// The HTTP status, when one came back.
    status: Option<u16>,
    /// Why nothing came back.
    detail: Option<String>,
}

impl From<Result<Receipt, CourierError>> for PongView {
    fn from(answer: Result<Receipt, CourierError>) -> Self {
        let status = answer.as_ref().ok().map(|receipt| receipt.status);
        PongView {
            delivered: status.is_some_and(|status| (200..300).contains(&status)),
            status,
            detail: answer.err().map(|error| error.to_string()),
        }
    }
}
