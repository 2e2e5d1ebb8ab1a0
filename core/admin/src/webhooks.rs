//! Use cases of the kind *webhook* and of its deliveries. Keys are shown once, when they are made.

use delivery::SigningKey;
use domain::{
    Delivery, DeliveryState, KindName, Resource, SigningKeys, Version, WEBHOOKS_MAX, Webhook,
};
use ids::WebhookId;
use ports::{DELIVERIES_KEPT, DeliveryQuery, Operation, Page, SecretChange, StoreError};
use serde_json::Value;
use tenancy::{Located, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;
use crate::patch::merge_patch;
use crate::resource::{self, Resources};
use crate::spec::parse_spec;

/// A webhook with a key that was made for it just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The webhook.
    pub webhook: Resource<Webhook>,
    /// The key, to be shown now and never again.
    pub key: SigningKey,
}

/// Adds a webhook and makes its first key.
///
/// # Errors
/// `Invalid`, `Conflict` when the name is taken, `Quota` beyond [`WEBHOOKS_MAX`], else what the
/// store says.
pub async fn create(
    office: &Office,
    scope: &TenantScope,
    spec: Webhook,
) -> Result<Keyed, StoreError> {
    let kind = KindName::Webhook;
    if office.store().count(scope, kind).await? >= WEBHOOKS_MAX {
        let limit = u32::try_from(WEBHOOKS_MAX).unwrap_or(u32::MAX);
        return Err(StoreError::Quota { kind, limit });
    }
    let bits = office.random();
    let secret = SecretChange::Sign(SigningKeys::first(bits));
    let id = office.mint(WebhookId::new);
    let write = resource::new_write(id, scope.owner(), spec, secret)?;
    Ok(Keyed {
        webhook: documents::commit_one(office, scope, Operation::Create(write)).await?,
        key: SigningKey::from_entropy(bits),
    })
}

/// Finds a webhook by id or name.
///
/// # Errors
/// `NotFound`, else what the store says.
pub async fn find(
    office: &Office,
    scope: &TenantScope,
    reference: &Unresolved<Webhook>,
) -> Result<(Located<Webhook>, Resource<Webhook>), StoreError> {
    documents::find(office, scope, reference).await
}

/// One page of webhooks.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<Resources<Webhook>, StoreError> {
    documents::list(office, scope, page).await
}

/// Replaces a webhook's spec; its keys stay.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, `Invalid`, `Conflict`, else what the store says.
pub async fn replace(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    revision: Option<u64>,
    spec: Webhook,
) -> Result<Resource<Webhook>, StoreError> {
    let before = documents::reread(office, scope, located).await?;
    write(
        office,
        scope,
        (&before, revision),
        (spec, SecretChange::Keep),
    )
    .await
}

/// Changes a webhook by a JSON merge patch (RFC 7396).
///
/// # Errors
/// As [`replace`].
pub async fn patch(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    revision: Option<u64>,
    patch: &Value,
) -> Result<Resource<Webhook>, StoreError> {
    let before = documents::reread(office, scope, located).await?;
    let mut value = resource::spec_value(&before)?;
    merge_patch(&mut value, patch);
    let spec = parse_spec(&value)?;
    write(
        office,
        scope,
        (&before, revision),
        (spec, SecretChange::Keep),
    )
    .await
}

/// Gives a webhook a new key. The one before signs beside it for another day.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, else what the store says.
pub async fn rotate_key(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    revision: Option<u64>,
) -> Result<Keyed, StoreError> {
    let before = documents::reread(office, scope, located).await?;
    let bits = office.random();
    let keys = match office.store().signing_keys(scope, before.id).await? {
        Some(keys) => keys.replaced(bits, office.now()),
        None => SigningKeys::first(bits),
    };
    let change = (before.spec.clone(), SecretChange::Sign(keys));
    Ok(Keyed {
        webhook: write(office, scope, (&before, revision), change).await?,
        key: SigningKey::from_entropy(bits),
    })
}

async fn write(
    office: &Office,
    scope: &TenantScope,
    (before, revision): (&Resource<Webhook>, Option<u64>),
    (spec, secret): (Webhook, SecretChange),
) -> Result<Resource<Webhook>, StoreError> {
    let operation = Operation::Replace {
        write: resource::next_write(before, spec, secret)?,
        expected_revision: resource::expected(before, revision),
    };
    documents::commit_one(office, scope, operation).await
}

/// Deletes a webhook with its deliveries.
///
/// # Errors
/// `NotFound`, `RevisionMismatch`, else what the store says.
pub async fn delete(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
    revision: Option<u64>,
) -> Result<(), StoreError> {
    documents::delete(office, scope, located, revision).await
}

/// The latest revisions of a webhook, newest first.
///
/// # Errors
/// `NotFound` outside the scope, else what the store says.
pub async fn history(
    office: &Office,
    scope: &TenantScope,
    located: Located<Webhook>,
) -> Result<Vec<Version>, StoreError> {
    let id = id_within(scope, located)?.to_string();
    office.store().history(scope, KindName::Webhook, &id).await
}

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
