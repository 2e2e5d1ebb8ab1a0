//! The part of the exchange that delivers, as the API sees it.

use async_trait::async_trait;
use ids::{TenantId, WebhookId};
use tenancy::TenantScope;

use crate::courier::{CourierError, Receipt};
use crate::error::StoreError;

/// What can be asked of whoever delivers to webhooks.
#[async_trait]
pub trait HookDesk: Send + Sync {
    /// Deliveries of a webhook were put back to waiting.
    fn replayed(&self, tenant: TenantId, webhook: WebhookId);

    /// Delivers a trial event to a webhook at once, signed like every other, and tells what the
    /// receiver said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such webhook, else what the store says.
    async fn ping(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
    ) -> Result<Result<Receipt, CourierError>, StoreError>;
}

/// Stands in where nobody delivers.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

#[async_trait]
impl HookDesk for NoHooks {
    fn replayed(&self, _tenant: TenantId, _webhook: WebhookId) {}

    async fn ping(
        &self,
        _scope: &TenantScope,
        _webhook: WebhookId,
    ) -> Result<Result<Receipt, CourierError>, StoreError> {
        Err(StoreError::Unavailable {
            detail: "nobody delivers here".to_owned(),
        })
    }
}
