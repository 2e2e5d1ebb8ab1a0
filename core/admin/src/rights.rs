//! What a principal may do: the one function that says so.

use domain::{KindName, Level, Reseller, Resource, Rights, Role, Tenant, User};
use ids::UserId;
use ports::StoreError;
use tenancy::{Account, Owner, Principal, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;
use crate::reach::Reach;

/// The rights of a principal at this moment. An API key has all of its owner's, or those that its
/// scopes name; a person has those of the role that the person's document names, and none when the
/// document is gone or disabled. Nobody has what a ceiling above takes away.
///
/// # Errors
/// What the store says.
pub async fn rights(office: &Office, principal: &Principal) -> Result<Rights, StoreError> {
    let held = held(office, principal).await?;
    left(office, principal, held).await
}

/// What the ceilings above a principal leave of some rights.
///
/// # Errors
/// What the store says.
pub(crate) async fn left(
    office: &Office,
    principal: &Principal,
    rights: Rights,
) -> Result<Rights, StoreError> {
    Ok(rights.without(&denied(office, principal).await?))
}

/// What a principal would have if nobody above took anything away: what it may give to others,
/// whom the same ceilings cut.
///
/// # Errors
/// What the store says.
pub async fn held(office: &Office, principal: &Principal) -> Result<Rights, StoreError> {
    let level = Level::of(principal.owner());
    let Some(user) = principal.user() else {
        return Ok(Rights::of_key(level, &principal.limits().scopes));
    };
    if let Some(account) = principal.account() {
        return of_person(office, &account, level, user).await;
    }
    of_person(office, &inside(principal)?, level, user).await
}

/// The scope of the tenant that a principal belongs to.
pub(crate) fn inside(principal: &Principal) -> Result<TenantScope, StoreError> {
    let own = principal.tenant().ok_or(StoreError::NotFound)?;
    TenantScope::from_api_authorisation(principal, own).ok_or(StoreError::NotFound)
}

/// What the ceilings of the principal's owner and of all resellers above it take away.
async fn denied(office: &Office, principal: &Principal) -> Result<Vec<String>, StoreError> {
    let (store, mut denied) = (office.store(), Vec::new());
    let lowest = match principal.owner() {
        Owner::Account(account) => account,
        Owner::Tenant(tenant) => {
            let (scope, id) = (inside(principal)?, tenant.to_string());
            let own = store.get(&scope, KindName::Tenant, &id).await?;
            let own: Resource<Tenant> = own.ok_or(StoreError::NotFound)?.try_into()?;
            denied.extend(own.spec.ceiling.deny);
            Account::of(own.spec.reseller)
        }
    };
    // nobody is above the platform, nor above most tenants but it
    if lowest == Account::Platform {
        return Ok(denied);
    }
    for above in store.resellers_above(lowest.into()).await? {
        let above: Resource<Reseller> = above.try_into()?;
        denied.extend(above.spec.ceiling.deny);
    }
    Ok(denied)
}

async fn of_person<S: Reach>(
    office: &Office,
    scope: &S,
    level: Level,
    user: UserId,
) -> Result<Rights, StoreError> {
    let reference = Unresolved::<User>::new(user.to_string());
    let user = match documents::find(office, scope, &reference).await {
        Ok((_, user)) => user.spec,
        Err(StoreError::NotFound) => return Ok(Rights::default()),
        Err(error) => return Err(error),
    };
    if !user.enabled {
        return Ok(Rights::default());
    }
    given(office, scope, level, &user).await
}

/// The rights that a person's document gives at a level, enabled or not.
///
/// # Errors
/// What the store says.
pub(crate) async fn given<S: Reach>(
    office: &Office,
    scope: &S,
    level: Level,
    user: &User,
) -> Result<Rights, StoreError> {
    let Some(custom) = user.custom_role else {
        let fixed = user.role.filter(|role| role.level() == level);
        return Ok(fixed.map(Rights::of_fixed).unwrap_or_default());
    };
    let reference = Unresolved::<Role>::new(custom.to_string());
    match documents::find(office, scope, &reference).await {
        Ok((_, role)) => {
            let role: Resource<Role> = role;
            Ok(Rights::of_role(level, &role.spec))
        }
        Err(StoreError::NotFound) => Ok(Rights::default()),
        Err(error) => Err(error),
    }
}
