//! Deliveries to tenants' webhooks, kept until they are done.

use async_trait::async_trait;
use domain::{Delivery, DeliveryState};
use ids::{TenantId, WebhookId};
use tenancy::TenantScope;

use crate::error::StoreError;
use crate::page::PAGE_MAX;

/// Deliveries that are done, and dead letters, kept of each webhook: the latest so many of each.
pub const DELIVERIES_KEPT: usize = 1_000;

/// Which deliveries of a webhook, newest event first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// The webhook.
    pub webhook: WebhookId,
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those of events before this cursor.
    pub before: Option<u64>,
    /// Most entries; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
}

impl DeliveryQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }
}

/// The deliveries of webhooks. All of a webhook's are erased with it.
#[async_trait]
pub trait DeliveryBook: Send + Sync {
    /// Tenants that have webhooks, in order.
    async fn tenants_with_webhooks(&self) -> Result<Vec<TenantId>, StoreError>;

    /// Up to where in its tenant's log a webhook's deliveries were made; `None` for none yet.
    async fn place(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
    ) -> Result<Option<u64>, StoreError>;

    /// Adds deliveries of a webhook and moves its place, in one transaction. A delivery of an
    /// event that is there already is not added again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such webhook, else what the store says.
    async fn take_in(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        place: u64,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError>;

    /// A webhook's waiting deliveries, oldest event first.
    async fn waiting(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Notes what became of deliveries; those that are not there any more are left out.
    async fn note_deliveries(
        &self,
        scope: &TenantScope,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError>;

    /// The delivery of the event with this cursor.
    async fn delivery(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        event: u64,
    ) -> Result<Option<Delivery>, StoreError>;

    /// Some of a webhook's deliveries.
    async fn deliveries(
        &self,
        scope: &TenantScope,
        query: &DeliveryQuery,
    ) -> Result<Vec<Delivery>, StoreError>;
}
