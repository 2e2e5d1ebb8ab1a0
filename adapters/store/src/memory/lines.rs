//! Trunks, numbers and routes of a tenant in memory, those of accounts above included.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{CompiledDeck, KindName, LineParts, Resource, Sound};
use ids::TenantId;
use ports::StoreError;
use tenancy::Owner;

use super::state::{State, Stored};

impl State {
    /// All of a tenant's.
    pub(super) fn lines(&self, tenant: TenantId) -> Result<LineParts, StoreError> {
        let owner = Owner::from(tenant);
        let mut parts = LineParts::default();
        let own = self.owned(owner, KindName::RateDeck);
        let own = own.map(|stored| (owner, stored.document.id.clone()));
        let mut decks: BTreeSet<_> = own.collect();
        for stored in self.own_or_given(KindName::Trunk, owner) {
            let trunk = stored.document.clone().try_into()?;
            parts.trunks.push((trunk, stored.kept.text.clone()));
            let references = stored.facets.references.iter();
            let named = references.filter(|reference| reference.kind == KindName::RateDeck);
            decks.extend(named.map(|deck| (stored.document.owner, deck.id.clone())));
        }
        for (owner, id) in decks {
            if let Some(found) = self.stored(owner, KindName::RateDeck, &id) {
                let deck = CompiledDeck::new(found.document.clone().try_into()?);
                parts.decks.push(Arc::new(deck));
            }
        }
        for stored in self.own_or_given(KindName::SigningKey, owner) {
            let key = stored.document.clone().try_into()?;
            parts.signing.push((key, stored.kept.text.clone()));
        }
        for stored in self.own_or_given(KindName::Number, owner) {
            parts.numbers.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::Schedule) {
            parts.schedules.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::TollGuard) {
            parts.guards.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::Containment) {
            parts.contained.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::InboundRoute) {
            parts.inbound.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::OutboundRoute) {
            parts.outbound.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::EmergencyLocation) {
            parts.locations.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::Sound) {
            let sound: Resource<Sound> = stored.document.clone().try_into()?;
            if sound.spec.on_hold {
                parts.music = Some(sound);
            }
        }
        for stored in self.owned(owner, KindName::Music) {
            parts.programmes.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::Site) {
            parts.sites.push(stored.document.clone().try_into()?);
        }
        Ok(parts)
    }

    /// A tenant's own documents of a kind, and those of accounts above it that name it.
    fn own_or_given(&self, kind: KindName, to: Owner) -> impl Iterator<Item = &Stored> {
        let named = to.to_string();
        self.of_kind(kind).filter(move |stored| {
            let mut references = stored.facets.references.iter();
            let names = references.any(|r| r.kind == KindName::Tenant && r.id == named);
            let giver = stored.document.owner.account();
            stored.document.owner == to
                || (names && giver.is_some_and(|account| self.commands(account, to)))
        })
    }
}
