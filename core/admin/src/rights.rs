//! What a principal may do: the one function that says so.

use domain::{Level, Resource, Rights, Role, User};
use ids::UserId;
use ports::StoreError;
use tenancy::{Principal, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;
use crate::reach::Reach;

/// The rights of a principal at this moment. An API key has all of its owner's; a person has those
/// of the role that the person's document names, and none when the document is gone or disabled.
///
/// # Errors
/// What the store says.
pub async fn rights(office: &Office, principal: &Principal) -> Result<Rights, StoreError> {
    let level = Level::of(principal.owner());
    let Some(user) = principal.user() else {
        return Ok(Rights::of_level(level));
    };
    if let Some(account) = principal.account() {
        return of_person(office, &account, level, user).await;
    }
    let own = principal.tenant().ok_or(StoreError::NotFound)?;
    let scope = TenantScope::from_api_authorisation(principal, own).ok_or(StoreError::NotFound)?;
    of_person(office, &scope, level, user).await
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
