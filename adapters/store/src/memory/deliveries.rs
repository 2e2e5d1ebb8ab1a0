//! The face of deliveries over the state in memory.

use async_trait::async_trait;
use domain::{Delivery, DeliveryState, KindName};
use ids::{TenantId, WebhookId};
use ports::{DELIVERIES_KEPT, DeliveryBook, DeliveryQuery, StoreError};
use tenancy::TenantScope;

use super::MemoryStore;
use super::state::{HookBook, State};

impl State {
    fn hook(&self, scope: &TenantScope, webhook: WebhookId) -> Option<&HookBook> {
        let estate = self.estates.get(&scope.owner())?;
        estate.hooks.get(&webhook)
    }

    fn hook_mut(&mut self, scope: &TenantScope, webhook: WebhookId) -> Option<&mut HookBook> {
        let owner = scope.owner();
        self.stored(owner, KindName::Webhook, &webhook.to_string())?;
        let estate = self.estates.entry(owner).or_default();
        Some(estate.hooks.entry(webhook).or_default())
    }
}

/// Forgets the oldest of those in one state.
fn trim(book: &mut HookBook, state: DeliveryState) {
    let of_state = book.deliveries.iter().rev();
    let of_state = of_state.filter(|(_, delivery)| delivery.state == state);
    let over: Vec<u64> = of_state.skip(DELIVERIES_KEPT).map(|(at, _)| *at).collect();
    for cursor in over {
        book.deliveries.remove(&cursor);
    }
}

#[async_trait]
impl DeliveryBook for MemoryStore {
    async fn tenants_with_webhooks(&self) -> Result<Vec<TenantId>, StoreError> {
        let state = self.state()?;
        let owners = state.of_kind(KindName::Webhook);
        let mut tenants: Vec<TenantId> = owners
            .filter_map(|stored| stored.document.owner.tenant())
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }

    async fn place(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
    ) -> Result<Option<u64>, StoreError> {
        let state = self.state()?;
        Ok(state.hook(scope, webhook).and_then(|book| book.place))
    }

    async fn take_in(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        place: u64,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let book = state.hook_mut(scope, webhook).ok_or(StoreError::NotFound)?;
        book.place = Some(place);
        for delivery in deliveries {
            let cursor = delivery.event.cursor;
            book.deliveries.entry(cursor).or_insert(delivery);
        }
        Ok(())
    }

    async fn waiting(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let state = self.state()?;
        let all = state.hook(scope, webhook).into_iter();
        let all = all.flat_map(|book| book.deliveries.values());
        let waiting = all.filter(|delivery| delivery.state == DeliveryState::Waiting);
        Ok(waiting.take(limit).cloned().collect())
    }

    async fn note_deliveries(
        &self,
        scope: &TenantScope,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        for delivery in deliveries {
            let Some(book) = state.hook_mut(scope, delivery.webhook) else {
                continue;
            };
            let now = delivery.state;
            if let Some(known) = book.deliveries.get_mut(&delivery.event.cursor) {
                *known = delivery;
            }
            if now != DeliveryState::Waiting {
                trim(book, now);
            }
        }
        Ok(())
    }

    async fn delivery(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        event: u64,
    ) -> Result<Option<Delivery>, StoreError> {
        let state = self.state()?;
        let book = state.hook(scope, webhook);
        Ok(book.and_then(|book| book.deliveries.get(&event)).cloned())
    }

    async fn deliveries(
        &self,
        scope: &TenantScope,
        query: &DeliveryQuery,
    ) -> Result<Vec<Delivery>, StoreError> {
        let state = self.state()?;
        let before = query.before.unwrap_or(u64::MAX);
        let all = state.hook(scope, query.webhook).into_iter();
        let all = all.flat_map(|book| book.deliveries.range(..before).rev());
        let wanted = all.map(|(_, delivery)| delivery);
        let wanted = wanted.filter(|one| query.state.is_none_or(|state| state == one.state));
        Ok(wanted.take(query.bounded_limit()).cloned().collect())
    }
}
