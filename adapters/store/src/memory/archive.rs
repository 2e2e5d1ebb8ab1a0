//! Companies on their way out of the state in memory and into it.

use async_trait::async_trait;
use domain::KindName;
use ids::{TenantId, UserId};
use ports::{
    ArchiveError, ArchiveStore, Arrival, Belonging, Committed, FACTS_MAX, Fact, StoreError, Taker,
    Thing,
};
use tenancy::{AccountScope, Owner, PlatformScope, TenantScope};

use super::MemoryStore;
use super::state::{Estate, State, Stored};
use super::tables::move_in;

impl State {
    fn things(&self, tenant: TenantId) -> Result<Vec<Thing>, StoreError> {
        let owner = Owner::Tenant(tenant);
        let estate = self.estates.get(&owner).ok_or(StoreError::NotFound)?;
        if !self.has_tenant(tenant) {
            return Err(StoreError::NotFound);
        }
        let audit = self.audit.values().filter(|entry| entry.owner == owner);
        let audit = audit.cloned().map(Fact::Audit);
        let history = estate.history.values().flatten().cloned();
        let cdrs = estate.cdrs.values().cloned().map(Fact::Cdr);
        let tokens = self.tokens.values().filter(|token| token.owner == owner);
        let facts = audit
            .chain(history.map(Fact::Version))
            .chain(cdrs)
            .chain(estate.facts_of_events())
            .chain(estate.facts_of_support())
            .chain(tokens.cloned().map(Fact::Token));
        let documents = estate.documents.values();
        let documents = documents.map(|stored| self.belonging(stored));
        Ok(facts
            .map(Thing::Fact)
            .chain(documents.map(Thing::Document))
            .collect())
    }

    fn belonging(&self, stored: &Stored) -> Belonging {
        let person = stored.document.id.parse().ok();
        let person = person.and_then(|person: UserId| self.credentials.get(&person));
        Belonging {
            document: stored.document.clone(),
            secret: stored.kept.to_bytes(),
            credentials: person.map(|record| record.content.clone()),
        }
    }

    fn must_be_away(&self, tenant: TenantId) -> Result<(), StoreError> {
        if self.has_tenant(tenant) {
            let (space, key) = (KindName::Tenant.as_str().to_owned(), tenant.to_string());
            return Err(StoreError::Conflict { space, key });
        }
        Ok(())
    }

    fn bring(&mut self, tenant: TenantId, fact: Fact) {
        let estate = self.estates.entry(tenant.into()).or_default();
        match fact {
            Fact::Audit(entry) => {
                self.audit.entry((entry.owner, entry.id)).or_insert(entry);
            }
            Fact::Version(version) => {
                let place = (version.document.kind, version.document.id.clone());
                estate.history.entry(place).or_default().push_back(version);
            }
            Fact::Cdr(cdr) => {
                if !estate.cdrs.contains_key(&cdr.id) {
                    estate.quality.add(&cdr);
                    estate.cdrs.insert(cdr.id, cdr);
                }
            }
            Fact::Event(event) => {
                self.turns.add(tenant, event.cursor);
                estate.events.add_as_it_was(event);
            }
            Fact::Latest(latest) => estate.events.set_latest(latest),
            Fact::Delivery(delivery) => {
                let book = estate.hooks.entry(delivery.webhook).or_default();
                let cursor = delivery.event.cursor;
                book.deliveries.entry(cursor).or_insert(delivery);
            }
            Fact::Place { webhook, cursor } => {
                let book = estate.hooks.entry(webhook).or_default();
                book.place.get_or_insert(cursor);
            }
            Fact::Policy(policy) => estate.visitors.policy = policy,
            Fact::Access(access) => {
                estate.visitors.accesses.entry(access.id).or_insert(access);
            }
            Fact::Token(token) => {
                self.tokens.entry(token.id).or_insert(token);
            }
        }
    }
}

impl Estate {
    fn facts_of_events(&self) -> impl Iterator<Item = Fact> {
        let events = self.events.all().cloned().map(Fact::Event);
        let latest = std::iter::once(Fact::Latest(self.events.latest()));
        let deliveries = self
            .hooks
            .values()
            .flat_map(|book| book.deliveries.values());
        let places = self.hooks.iter().filter_map(|(webhook, book)| {
            let (webhook, cursor) = (*webhook, book.place?);
            Some(Fact::Place { webhook, cursor })
        });
        events
            .chain(latest)
            .chain(deliveries.cloned().map(Fact::Delivery))
            .chain(places)
    }
}

impl Estate {
    fn facts_of_support(&self) -> impl Iterator<Item = Fact> {
        let policy = std::iter::once(Fact::Policy(self.visitors.policy));
        let accesses = self.visitors.accesses.values().cloned();
        policy.chain(accesses.map(Fact::Access))
    }
}

#[async_trait]
impl ArchiveStore for MemoryStore {
    async fn take_out(
        &self,
        scope: &TenantScope,
        mut taker: Box<dyn Taker<Thing>>,
    ) -> Result<(), ArchiveError> {
        // a copy, so that the taker may use the store
        let things = self.state()?.things(scope.tenant())?;
        things.iter().try_for_each(|thing| taker.take(thing))
    }

    async fn bring_facts(
        &self,
        _: &PlatformScope,
        tenant: TenantId,
        facts: Vec<Fact>,
    ) -> Result<(), StoreError> {
        StoreError::at_most(facts.len(), FACTS_MAX)?;
        let mut state = self.state()?;
        state.must_be_away(tenant)?;
        if !facts.iter().all(|fact| fact.belongs_to(tenant)) {
            return Err(StoreError::NotFound);
        }
        for fact in facts {
            state.bring(tenant, fact);
        }
        self.publish(&state);
        Ok(())
    }

    async fn clear_out(&self, _: &PlatformScope, tenant: TenantId) -> Result<(), StoreError> {
        let mut state = self.state()?;
        state.must_be_away(tenant)?;
        state.estates.remove(&tenant.into());
        state.tokens.retain(|_, token| token.owner != tenant.into());
        Ok(())
    }

    async fn move_in(
        &self,
        scope: &AccountScope,
        arrival: Arrival,
    ) -> Result<Committed, StoreError> {
        let mut state = self.state()?;
        let moved = move_in(&mut state, scope.account(), scope.actor(), &arrival)?;
        self.publish(&state);
        Ok(moved)
    }
}
