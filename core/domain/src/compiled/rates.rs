//! Rate decks, compiled: the price of a call is found without allocation, and a deck that several
//! companies' trunks name is held once.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ids::RateDeckId;
use machine::WallTime;
use tenancy::Owner;

use crate::document::Resource;
use crate::e164::E164;
use crate::rate_deck::{Rate, RateDeck};

/// How long the call is whose price is compared: three minutes, as calls are on the whole.
pub const TYPICAL_CALL: Duration = Duration::from_secs(180);

/// Millionths that a hundredth of a currency is.
const MINOR: u64 = 10_000;

/// What calls to a number cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What a minute costs, in millionths of the currency.
    pub per_minute: u32,
    /// What an answered call costs besides, likewise.
    pub connection: u32,
    /// How many seconds are charged at once.
    pub first_seconds: u16,
    /// In steps of how many seconds those after them are charged.
    pub each_seconds: u16,
}

impl Price {
    /// What an answered call of some length costs, in millionths, rounded up.
    pub fn of(&self, length: Duration) -> u64 {
        let length = length.as_secs() + u64::from(length.subsec_nanos() > 0);
        let (first, each) = (u64::from(self.first_seconds), u64::from(self.each_seconds));
        let further = length.saturating_sub(first).div_ceil(each.max(1));
        let charged = first.saturating_add(further.saturating_mul(each));
        let minutes = charged.saturating_mul(self.per_minute.into()).div_ceil(60);
        minutes.saturating_add(self.connection.into())
    }

    /// What a minute costs in hundredths of the currency, with what the connection costs laid on
    /// it and rounded up, as budgets count money.
    pub fn per_minute_minor(&self) -> u32 {
        let minute = u64::from(self.per_minute) + u64::from(self.connection);
        u32::try_from(minute.div_ceil(MINOR)).unwrap_or(u32::MAX)
    }
}

/// One rate. Those of a deck lie by length and digits of their prefix, and by when they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    length: u8,
    prefix: u64,
    /// In force from and until, in Unix milliseconds.
    from: i64,
    until: i64,
    price: Price,
}

/// One rate deck, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledDeck {
    /// The id.
    pub id: RateDeckId,
    /// Whose it is.
    pub owner: Owner,
    /// Revision of its document.
    pub revision: u64,
    /// What people call it.
    pub name: Box<str>,
    /// The currency, by its three letters.
    pub currency: Box<str>,
    rows: Box<[Row]>,
}

impl CompiledDeck {
    /// Compiles a deck. A rate whose prefix is none is left out.
    pub fn new(found: Resource<RateDeck>) -> CompiledDeck {
        let spec = found.spec;
        let rows = spec.rates.iter().filter_map(|rate| row(&spec, rate));
        let mut rows: Box<[Row]> = rows.collect();
        rows.sort_unstable_by_key(|row| (row.length, row.prefix, row.from));
        CompiledDeck {
            id: found.id,
            owner: found.owner,
            revision: found.revision,
            name: spec.name.into(),
            currency: spec.currency.into(),
            rows,
        }
    }

    /// What calls to a number cost at a moment, and the length of the prefix that says so.
    pub fn price(&self, number: &E164, at: WallTime) -> Option<(Price, u8)> {
        let digits = number.digits();
        let longest = u8::try_from(digits.len()).ok()?;
        (0..=longest)
            .rev()
            .find_map(|length| Some((self.under(digits, length, at)?, length)))
    }

    /// The price of the prefix of this length that is in force.
    fn under(&self, digits: &str, length: u8, at: WallTime) -> Option<Price> {
        let prefix = value(digits.get(..usize::from(length))?)?;
        let key = (length, prefix);
        let is_before = |row: &Row| (row.length, row.prefix) < key;
        let first = self.rows.partition_point(is_before);
        let same = self.rows.iter().skip(first);
        let mut same = same.take_while(|row| (row.length, row.prefix) == key);
        let at = at.unix_ms();
        let found = same.find(|row| row.from <= at && at < row.until);
        found.map(|row| row.price)
    }
}

/// The digits as a number; their length is kept beside it, so that zeros before it count.
fn value(digits: &str) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok()
}

fn row(deck: &RateDeck, rate: &Rate) -> Option<Row> {
    Some(Row {
        length: u8::try_from(rate.prefix.len()).ok()?,
        prefix: value(&rate.prefix)?,
        from: rate.from.map_or(i64::MIN, WallTime::unix_ms),
        until: rate.until.map_or(i64::MAX, WallTime::unix_ms),
        price: Price {
            per_minute: rate.per_minute,
            connection: rate.connection,
            first_seconds: rate.first_seconds.unwrap_or(deck.first_seconds),
            each_seconds: rate.each_seconds.unwrap_or(deck.each_seconds),
        },
    })
}

/// Decks that are in use, so that companies loaded at different times hold the same ones.
#[derive(Debug, Default)]
pub struct DeckShelf {
    held: BTreeMap<RateDeckId, Weak<CompiledDeck>>,
}

impl DeckShelf {
    /// Puts decks that are held already in the place of equal ones, and remembers the others.
    pub fn share(&mut self, decks: &mut [Arc<CompiledDeck>]) {
        for deck in decks {
            let known = self.held.get(&deck.id).and_then(Weak::upgrade);
            match known.filter(|known| known == deck) {
                Some(known) => *deck = known,
                None => {
                    self.held.retain(|_, held| held.strong_count() > 0);
                    self.held.insert(deck.id, Arc::downgrade(deck));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
