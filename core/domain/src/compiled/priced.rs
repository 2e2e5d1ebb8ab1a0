//! What a tenant's calls by a trunk cost.

use machine::WallTime;

use super::rates::{CompiledDeck, Price};
use super::{CompiledTenant, CompiledTrunk};
use crate::e164::E164;

/// What a call by a trunk costs, and which deck says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced<'a> {
    /// The deck.
    pub deck: &'a CompiledDeck,
    /// The price.
    pub price: Price,
    /// Length of the prefix by which it fits.
    pub digits: u8,
}

impl CompiledTenant {
    /// What calls to a number by a trunk cost at a moment: the longest prefix of all decks of the
    /// trunk's own owner that it names, and of equal ones that of the deck which is named first.
    pub fn price(&self, trunk: &CompiledTrunk, number: &E164, at: WallTime) -> Option<Priced<'_>> {
        let mut best: Option<Priced<'_>> = None;
        for id in &trunk.spec.rate_decks {
            let deck = self.lines.deck(*id);
            let deck = deck.filter(|deck| deck.owner == trunk.owner);
            let Some((deck, (price, digits))) = deck.and_then(|d| Some((d, d.price(number, at)?)))
            else {
                continue;
            };
            if best.is_none_or(|best| best.digits < digits) {
                best = Some(Priced {
                    deck,
                    price,
                    digits,
                });
            }
        }
        best
    }
}
