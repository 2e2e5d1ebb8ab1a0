//! Programmes of music on hold, for the running exchange.

use domain::{Music, Resource};
use ids::{MusicId, TenantId};
use ports::StoreError;
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// A company's programme, as its document says at present.
///
/// # Errors
/// `NotFound` when it is gone, else what the store says.
pub async fn programme(
    office: &Office,
    tenant: TenantId,
    programme: MusicId,
) -> Result<Music, StoreError> {
    let scope = TenantScope::for_job(tenant, "music");
    let reference = Unresolved::<Music>::new(programme.to_string());
    let found: Resource<Music> = documents::find(office, &scope, &reference).await?.1;
    Ok(found.spec)
}
