//! Nobody gives what it does not have: roles, people and keys with more rights than the caller's.

use admin::{Reach, access, documents};
use domain::{FixedRole, Kind, KindName, Level, Permission, Rights, Role};
use machine::WallTime;
use ports::StoreError;
use serde_json::Value;
use tenancy::{Owner, Unresolved};

use crate::call::Call;
use crate::permission::missing;
use crate::problem::{self, Problem};

/// Lets a document pass that gives nobody more than the caller has.
///
/// # Errors
/// 403 naming the first permission that is not the caller's to give.
pub(crate) async fn check<K: Kind, S: Reach>(
    call: &Call,
    scope: &S,
    spec: &Value,
) -> Result<(), Problem> {
    let level = Level::of(scope.owner());
    if K::NAME == KindName::Role {
        let made = Rights::of_list(level, &texts(&spec["allow"]));
        return within(call, &made.without(&texts(&spec["deny"]))).await;
    }
    if K::NAME == KindName::Sso {
        // whoever names the server that says who people are could be any of them
        return within(call, &Rights::of_level(level)).await;
    }
    if K::NAME == KindName::User {
        return within(call, &of_person(call, scope, level, spec).await?).await;
    }
    Ok(())
}

/// Lets a caller pass who has a permission besides the one that the operation needs.
///
/// # Errors
/// 403 naming it.
pub(crate) async fn holds(call: &Call, needed: Permission) -> Result<(), Problem> {
    let own = access::rights(&call.office, call.principal()?).await?;
    own.permit(needed)
        .then_some(())
        .ok_or_else(|| missing(needed))
}

/// Lets rights pass that are all the caller's own. What a ceiling takes from the caller it takes
/// from whoever is given it, too: that is no reason to refuse.
///
/// # Errors
/// 403 naming the first that is not.
pub(crate) async fn within(call: &Call, given: &Rights) -> Result<(), Problem> {
    let caller = call.principal()?;
    let own = access::held(&call.office, caller).await?;
    match given.beyond(&own, Level::of(caller.owner())) {
        Some(beyond) => Err(missing(beyond)),
        None => Ok(()),
    }
}

/// Lets a key pass, or a new text of it, that may do and lasts no more than its giver.
///
/// # Errors
/// 403 naming the first permission that is not the caller's to give, or that the caller ends
/// before the key would.
pub(crate) async fn key(
    call: &Call,
    owner: Owner,
    scopes: &[String],
    expires: Option<WallTime>,
) -> Result<(), Problem> {
    within(call, &Rights::of_key(Level::of(owner), scopes)).await?;
    let own_end = call.principal()?.limits().expires;
    if own_end.is_some_and(|end| expires.is_none_or(|later| later > end)) {
        let detail = "a key that ends gives none that ends later or never";
        return Err(Problem::new(problem::Kind::Forbidden, detail));
    }
    Ok(())
}

fn texts(list: &Value) -> Vec<String> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What a person's document gives. What breaks a rule gives nothing, and is refused later.
async fn of_person<S: Reach>(
    call: &Call,
    scope: &S,
    level: Level,
    spec: &Value,
) -> Result<Rights, Problem> {
    let Some(name) = spec["custom_role"].as_str() else {
        let fixed = serde_json::from_value::<FixedRole>(spec["role"].clone());
        return Ok(fixed.map(Rights::of_fixed).unwrap_or_default());
    };
    let reference = Unresolved::<Role>::new(name);
    match documents::find(&call.office, scope, &reference).await {
        Ok((_, role)) => Ok(Rights::of_role(level, &role.spec)),
        Err(StoreError::NotFound) => Ok(Rights::default()),
        Err(error) => Err(error.into()),
    }
}
