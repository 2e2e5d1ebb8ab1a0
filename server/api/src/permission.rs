//! The one place where a caller's rights are held against what an operation needs.

use admin::access;
use domain::{Level, Permission};

use crate::call::Call;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};

/// Lets a call pass whose caller has every permission that the operation needs.
///
/// # Errors
/// 403 naming the permission, but only when the caller may know what the path names: of what lies
/// beyond its reach it hears that it is not found, whatever its rights.
pub(crate) async fn check(operation: &Operation, call: &Call) -> Result<(), Problem> {
    let Some(caller) = call.caller.as_ref().filter(|_| !operation.needs.is_empty()) else {
        return Ok(());
    };
    let rights = access::rights(&call.office, caller).await?;
    let mut needed = operation.needs.iter().copied();
    let Some(needed) = needed.find(|needed| !rights.permit(*needed)) else {
        return Ok(());
    };
    reach(call).await?;
    let beside = !needed.exists_for(Level::of(caller.owner()));
    if beside && call.path.is_empty() {
        return Err(Problem::not_found());
    }
    Err(missing(needed))
}

/// Lets a call go on whose caller has a permission beyond those that the operation needs. What the
/// path names was found already.
///
/// # Errors
/// 403 naming the permission.
pub(crate) async fn also(call: &Call, needed: Permission) -> Result<(), Problem> {
    let rights = access::rights(&call.office, call.principal()?).await?;
    if rights.permit(needed) {
        return Ok(());
    }
    Err(missing(needed))
}

/// The refusal for want of a permission.
pub(crate) fn missing(needed: Permission) -> Problem {
    Problem::new(
        Kind::Forbidden,
        format!("the permission {needed} is needed"),
    )
}

/// Whether the caller reaches what the path begins with.
async fn reach(call: &Call) -> Result<(), Problem> {
    let names = |name: &str| !call.segment(name).is_empty();
    if names("tenant") {
        return call.oversee(&call.reference("tenant")).await.map(drop);
    }
    if names("reseller") {
        return call.reseller().await.map(drop);
    }
    call.account().map(drop)
}

#[cfg(test)]
mod tests;
