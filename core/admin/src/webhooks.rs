//! Use cases of webhooks beyond those of every kind: their deliveries.

use domain::{Delivery, DeliveryState, Webhook};
use ids::WebhookId;
use ports::{DELIVERIES_KEPT, DeliveryQuery, StoreError};
use tenancy::{Located, TenantScope};

use crate::office::Office;

fn id_within(scope: &TenantScope, located: Located<Webhook>) -> Result<WebhookId, StoreError> {
    located.within(scope).ok_or(StoreError::NotFound)
}

/// Some of a webhook's deliveries, newest event first.
///
/// # Errors
/// `NotFound` outside the scope, else what the store says.
pub async fn deliveries(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    query: DeliveryQuery,
) -> Result<Vec<Delivery>, StoreError> {
    let webhook = id_within(scope, located)?;
    let query = DeliveryQuery { webhook, ..query };
    office.store().deliveries(scope, &query).await
}

/// Puts one delivery back to the beginning, whatever became of it.
///
/// # Errors
/// `NotFound` when there is no delivery of that event, else what the store says.
pub async fn replay(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    event: u64,
) -> Result<Delivery, StoreError> {
    let (store, webhook) = (office.store(), id_within(scope, located)?);
    let found = store.delivery(scope, webhook, event).await?;
    let again = found.ok_or(StoreError::NotFound)?.replayed(office.now());
    store.note_deliveries(scope, vec![again.clone()]).await?;
    Ok(again)
}

/// Puts all dead letters back to the beginning; gives their number.
///
/// # Errors
/// `NotFound` outside the scope, else what the store says.
pub async fn replay_dead(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
) -> Result<usize, StoreError> {
    let (store, webhook) = (office.store(), id_within(scope, located)?);
    let mut replayed = 0;
    while replayed < DELIVERIES_KEPT {
        let query = DeliveryQuery {
            webhook,
            state: Some(DeliveryState::Dead),
            before: None,
            limit: 0,
        };
        let dead = store.deliveries(scope, &query).await?;
        if dead.is_empty() {
            break;
        }
        replayed += dead.len();
        let again = dead.into_iter().map(|one| one.replayed(office.now()));
        store.note_deliveries(scope, again.collect()).await?;
    }
    Ok(replayed)
}
