//! Where the calls of a person's own extension go on to: what whoever is signed in may say of it,
//! also without the right to change the company's extensions.

use domain::{Extension, Forwards, KindName, Level, Permission, Resource, Rights, User, Verb};
use ports::StoreError;
use serde_json::{Value, json};
use tenancy::{Principal, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;
use crate::rights;

/// The extension of whoever is signed in.
///
/// # Errors
/// `NotFound` for whoever is not a person of a company, or has no extension, else what the store
/// says.
pub async fn extension(
    office: &Office,
    principal: &Principal,
) -> Result<Resource<Extension>, StoreError> {
    let scope = rights::inside(principal)?;
    let (_, extension) =
        documents::find(office, &scope, &own(office, &scope, principal).await?).await?;
    Ok(extension)
}

/// Says where the calls of that extension go on to. Nothing else of it changes.
///
/// # Errors
/// As [`extension`], also where somebody above has taken from the company that it changes its
/// extensions; `Invalid` for forwards that break a rule, else what the store says.
pub async fn set(
    office: &Office,
    principal: &Principal,
    forwards: &Forwards,
) -> Result<Resource<Extension>, StoreError> {
    let scope = rights::inside(principal)?;
    let left = rights::left(office, principal, Rights::of_level(Level::Tenant)).await?;
    if !left.permit(Permission::of_kind(KindName::Extension, Verb::Change)) {
        return Err(StoreError::NotFound);
    }
    let own = own(office, &scope, principal).await?;
    let (found, before) = documents::find(office, &scope, &own).await?;
    let patch = json!({ "forwards": said(forwards) });
    let revision = Some(before.revision);
    documents::patch(office, &scope, found, revision, &patch).await
}

/// As a merge patch: what is not said is taken away.
fn said(forwards: &Forwards) -> Value {
    serde_json::to_value(forwards).unwrap_or_default()
}

async fn own(
    office: &Office,
    scope: &TenantScope,
    principal: &Principal,
) -> Result<Unresolved<Extension>, StoreError> {
    let user = principal.user().ok_or(StoreError::NotFound)?;
    let reference = Unresolved::<User>::new(user.to_string());
    let (_, user) = documents::find(office, scope, &reference).await?;
    let extension = user.spec.extension.ok_or(StoreError::NotFound)?;
    Ok(Unresolved::new(extension.to_string()))
}
