//! The views of a webhook's deliveries.

use domain::Delivery;
use machine::WallTime;
use ports::{CourierError, Receipt};
use serde::Serialize;
use utoipa::ToSchema;

use super::event::EventView;

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
