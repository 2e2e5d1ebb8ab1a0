//! The fact *delivery*: what became of one event at one webhook.

use ids::WebhookId;
use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be tried, again or at all.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It was tried often or long enough. It can be replayed.
    Dead,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [DeliveryState; 3] = [
        DeliveryState::Waiting,
        DeliveryState::Delivered,
        DeliveryState::Dead,
    ];

    /// The word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Dead => "dead",
        }
    }
}

/// How the latest try went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastTry {
    /// When.
    pub at: WallTime,
    /// The HTTP status, when one came back.
    pub status: Option<u16>,
    /// What else there is to say, in words for a person.
    pub detail: String,
}

/// One event at one webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The webhook.
    pub webhook: WebhookId,
    /// The event, as it is delivered.
    pub event: Event,
    /// How far it is.
    pub state: DeliveryState,
    /// Tries so far, since it was replayed last.
    pub tries: u16,
    /// Since when it is tried; its age counts from here.
    pub since: WallTime,
    /// When it is tried next, while it waits.
    pub due: WallTime,
    /// How the latest try went.
    pub last: Option<LastTry>,
}

impl Delivery {
    /// A delivery that begins now.
    pub fn begin(webhook: WebhookId, event: Event, now: WallTime) -> Delivery {
        Delivery {
            webhook,
            event,
            state: DeliveryState::Waiting,
            tries: 0,
            since: now,
            due: now,
            last: None,
        }
    }

    /// The same once more from the beginning.
    #[must_use]
    pub fn replayed(self, now: WallTime) -> Delivery {
        Delivery {
            last: self.last,
            ..Delivery::begin(self.webhook, self.event, now)
        }
    }
}
