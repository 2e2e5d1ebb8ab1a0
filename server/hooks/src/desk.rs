//! What others may ask of whoever delivers.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use delivery::{Limits, Receiver};
use domain::{Event, EventKind, KindName, Resource, Webhook};
use ids::{EventId, TenantId, WebhookId};
use machine::WallTime;
use ports::{Courier, CourierError, HookDesk, Receipt, StoreError, Stores, WallClock};
use tenancy::TenantScope;
use tokio::sync::Notify;

use crate::figures::Figures;
use crate::parcel;

/// What deliveries are made of.
#[derive(Clone)]
pub struct Parts {
    /// Where events, webhooks and deliveries are.
    pub store: Arc<dyn Stores>,
    /// Who carries parcels.
    pub courier: Arc<dyn Courier>,
    /// The time of day.
    pub clock: Arc<dyn WallClock>,
    /// Bounds.
    pub limits: Limits,
    /// Spreads the pauses between tries.
    pub seed: u64,
}

/// Whoever delivers, as others see it.
pub struct Hooks {
    pub(crate) parts: Parts,
    pub(crate) figures: Figures,
    replayed: Mutex<BTreeSet<Receiver>>,
    pub(crate) bell: Notify,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

impl Hooks {
    /// The desk; [`run`](crate::run) begins the work.
    pub fn new(parts: Parts) -> Arc<Hooks> {
        Arc::new(Hooks {
            parts,
            figures: Figures::default(),
            replayed: Mutex::default(),
            bell: Notify::new(),
        })
    }

    /// What is counted.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn asked(&self) -> MutexGuard<'_, BTreeSet<Receiver>> {
        // a set is never half changed, so a poisoned lock is as good as any
        self.replayed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Endpoints whose deliveries were put back to waiting. There are never more than webhooks.
    pub(crate) fn take_replayed(&self) -> BTreeSet<Receiver> {
        std::mem::take(&mut *self.asked())
    }

    /// One attempt.
    pub(crate) async fn attempt(
        &self,
        scope: &TenantScope,
        (webhook, url): (WebhookId, &str),
        event: &Event,
    ) -> Result<Result<Receipt, CourierError>, StoreError> {
        let (kind, id) = (KindName::Webhook, webhook.to_string());
        let keys = self.parts.store.signing_keys(scope, kind, &id).await?;
        let Some(keys) = keys else {
            return Err(StoreError::NotFound);
        };
        let parcel = match parcel::signed(url, event, &keys, self.parts.clock.now()) {
            Ok(parcel) => parcel,
            Err(error) => return Ok(Err(error)),
        };
        Ok(self.parts.courier.deliver(parcel).await)
    }
}

/// A trial event: of no log, with the cursor 0.
fn trial(tenant: TenantId, webhook: WebhookId, now: WallTime) -> Event {
    let ms = u64::try_from(now.unix_ms()).unwrap_or(0);
    Event {
        id: EventId::new(ms, webhook.as_u128()),
        tenant,
        kind: EventKind::WebhookPing,
        at: now,
        cursor: 0,
        subject: webhook.to_string(),
        data: serde_json::json!({ "webhook": webhook }),
    }
}

#[async_trait]
impl HookDesk for Hooks {
    fn replayed(&self, tenant: TenantId, webhook: WebhookId) {
        self.asked().insert(Receiver { tenant, webhook });
        self.bell.notify_one();
    }

    async fn ping(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
    ) -> Result<Result<Receipt, CourierError>, StoreError> {
        let (kind, id) = (KindName::Webhook, webhook.to_string());
        let found = self.parts.store.get(scope, kind, &id).await?;
        let found: Resource<Webhook> = found.ok_or(StoreError::NotFound)?.try_into()?;
        let event = trial(scope.tenant(), webhook, self.parts.clock.now());
        self.attempt(scope, (webhook, &found.spec.url), &event)
            .await
    }
}
