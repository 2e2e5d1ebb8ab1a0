//! The kind *rate deck*: what a carrier asks for calls, by the beginning of the called number.

use std::cmp::Ordering;

use ids::RateDeckId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;

/// Most rate decks of one owner.
pub const RATE_DECKS_MAX: u32 = 1_000;
/// Most rates of one deck. A longer price list is several decks, all of which a trunk names.
pub const RATES_MAX: usize = 2_000;

/// Most digits of a beginning (E.164 §6).
const PREFIX_MAX: usize = 15;
/// Dearest minute, and dearest connection, in millionths of the currency: a thousand of it.
const PRICE_MAX: u32 = 1_000_000_000;
/// Longest step in which seconds are charged: an hour.
const STEP_MAX: u16 = 3_600;

/// What calls to numbers that begin so cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// What the number begins with, at most 15 digits after its plus; all that no other rate fits
    /// where it is empty.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{0,15}$", default = "", example = "4930")]
    pub prefix: String,
    /// What a minute costs, in millionths of the currency, at most 1,000,000,000.
    #[schema(maximum = 1_000_000_000, example = 9_000)]
    pub per_minute: u32,
    /// What a call that is answered costs besides, likewise.
    #[serde(default)]
    #[schema(default = 0, maximum = 1_000_000_000)]
    pub connection: u32,
    /// How many seconds are charged at once, 1 to 3,600; as the deck says where it is left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3_600)]
    pub first_seconds: Option<u16>,
    /// In steps of how many seconds those after them are charged, 1 to 3,600, likewise.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3_600)]
    pub each_seconds: Option<u16>,
    /// From when it is in force (RFC 3339); for ever before where it is left out.
    #[serde(default, with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, example = "2031-12-24T00:00:00.000Z")]
    pub from: Option<WallTime>,
    /// Until when; for ever after where it is left out.
    #[serde(default, with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, example = "2032-01-01T00:00:00.000Z")]
    pub until: Option<WallTime>,
}

impl Rate {
    /// Its place among the rates of a deck.
    fn order(&self, other: &Rate) -> Ordering {
        let place = |rate: &Rate| rate.from.map(WallTime::unix_ms);
        let same = self.prefix.cmp(&other.prefix);
        same.then_with(|| place(self).cmp(&place(other)))
    }

    /// Whether it ends before another one of the same prefix, its next in order, begins.
    fn ends_before(&self, next: &Rate) -> bool {
        match (self.until, next.from) {
            (Some(until), Some(from)) => until <= from,
            (None, _) | (_, None) => false,
        }
    }

    fn validate(&self, field: &str) -> Result<(), Invalid> {
        let digits = self.prefix.bytes().all(|b| b.is_ascii_digit());
        rule(
            digits && self.prefix.len() <= PREFIX_MAX && !self.prefix.starts_with('0'),
            &format!("{field}/prefix"),
            "must be at most 15 digits that begin with a country code",
        )?;
        let prices = [
            ("per_minute", self.per_minute),
            ("connection", self.connection),
        ];
        for (name, price) in prices {
            let text = "must be at most 1000000000 millionths";
            rule(price <= PRICE_MAX, &format!("{field}/{name}"), text)?;
        }
        step(self.first_seconds, &format!("{field}/first_seconds"))?;
        step(self.each_seconds, &format!("{field}/each_seconds"))?;
        let lasts = match (self.from, self.until) {
            (Some(from), Some(until)) => from < until,
            (None, _) | (_, None) => true,
        };
        let name = format!("{field}/until");
        rule(lasts, &name, "must be later than the rate's beginning")
    }
}

/// A carrier's prices for calls that go out by its trunk. The rate with the longest prefix that a
/// number begins with is its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateDeck {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique with its owner. It names the deck in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "carrier-europe")]
    pub name: String,
    /// In which currency its prices are, by its three letters (ISO 4217). Prices of different
    /// currencies are not compared.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// How many seconds are charged at once, 1 to 3,600.
    #[serde(default = "minute")]
    #[schema(default = 60, minimum = 1, maximum = 3_600)]
    pub first_seconds: u16,
    /// In steps of how many seconds those after them are charged, 1 to 3,600.
    #[serde(default = "minute")]
    #[schema(default = 60, minimum = 1, maximum = 3_600)]
    pub each_seconds: u16,
    /// The prices, at most 2,000. Two of one prefix are not in force at the same time.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 2_000)]
    pub rates: Vec<Rate>,
}

fn minute() -> u16 {
    60
}

fn step(seconds: Option<u16>, field: &str) -> Result<(), Invalid> {
    let good = seconds.is_none_or(|seconds| (1..=STEP_MAX).contains(&seconds));
    rule(good, field, "must be 1 to 3600 seconds")
}

impl RateDeck {
    fn validate_rates(&self) -> Result<(), Invalid> {
        let few = self.rates.len() <= RATES_MAX;
        rule(few, "/rates", "must have at most 2000 entries")?;
        for (index, rate) in self.rates.iter().enumerate() {
            rate.validate(&format!("/rates/{index}"))?;
        }
        let text = "must have one price at a time: two of the prefix are in force at once";
        for (index, next) in (1..).zip(self.rates.iter().skip(1)) {
            let before = self.rates.get(index - 1);
            let rival = before.filter(|rate| rate.prefix == next.prefix);
            let apart = rival.is_none_or(|rate| rate.ends_before(next));
            rule(apart, &format!("/rates/{index}/prefix"), text)?;
        }
        Ok(())
    }
}

impl Identified for RateDeck {
    type Id = RateDeckId;
}

impl Kind for RateDeck {
    const NAME: KindName = KindName::RateDeck;
    const MANY: &'static str = "rate_decks";
    const PLACE: Place = Place::Anywhere;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "rate_deck";
    const MOST: Option<u32> = Some(RATE_DECKS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> RateDeckId {
        RateDeckId::new(unix_ms, random)
    }

    /// Carriers write beginnings with a plus or without; the order of the rows says nothing.
    fn normalise(&mut self) {
        self.currency = self.currency.trim().to_ascii_uppercase();
        for rate in &mut self.rates {
            let digits = rate.prefix.trim();
            rate.prefix = digits.strip_prefix('+').unwrap_or(digits).to_owned();
        }
        self.rates.sort_by(Rate::order);
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<RateDeckId>(&self.name)?;
        let letters = self.currency.bytes().all(|b| b.is_ascii_uppercase());
        rule(
            letters && self.currency.len() == 3,
            "/currency",
            "must be the three letters of a currency",
        )?;
        step(Some(self.first_seconds), "/first_seconds")?;
        step(Some(self.each_seconds), "/each_seconds")?;
        self.validate_rates()
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "rate_deck",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
