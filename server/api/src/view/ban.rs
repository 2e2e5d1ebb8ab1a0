//! The view of a ban, and what bans by hand.

use std::time::Duration;

use admin::bans::NewBan;
use domain::{Ban, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a ban by hand lasts when nothing is said: a day.
const SECONDS_DEFAULT: u64 = 24 * 3_600;

/// A source whose messages are not read for a while.
#[derive(Serialize, ToSchema)]
#[schema(as = Ban)]
pub(crate) struct BanView {
    /// An IPv4 address or an IPv6 network of 64 bits.
    #[schema(example = "192.0.2.1")]
    source: String,
    /// `scanner`, `guessing`, `garbage`, `asking` or `hand`.
    #[schema(example = "guessing")]
    cause: String,
    /// Since when.
    #[schema(format = DateTime)]
    begun: String,
    /// Until when.
    #[schema(format = DateTime)]
    until: String,
    /// Which one in a row it is, from 1; each is longer than the one before.
    strikes: u32,
    /// What whoever banned by hand had to say.
    note: String,
}

impl From<Ban> for BanView {
    fn from(ban: Ban) -> Self {
        BanView {
            source: ban.source.to_string(),
            cause: ban.cause.to_string(),
            begun: ban.begun.to_string(),
            until: ban.until.to_string(),
            strikes: ban.strikes,
            note: ban.note,
        }
    }
}

/// A ban by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BanOrder {
    /// An IPv4 address, or an IPv6 address, whose network of 64 bits is banned.
    #[schema(example = "192.0.2.1")]
    source: String,
    /// How long, in seconds: 1 to 315360000, which is ten years; a day when it says nothing.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 315_360_000)]
    seconds: Option<u64>,
    /// Why, at most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

impl TryFrom<BanOrder> for NewBan {
    type Error = Invalid;

    fn try_from(order: BanOrder) -> Result<NewBan, Invalid> {
        Ok(NewBan {
            source: order.source.parse()?,
            lasts: Duration::from_secs(order.seconds.unwrap_or(SECONDS_DEFAULT)),
            note: order.note,
        })
    }
}
