//! Names in the place of ids: a body may say `"plan": "gold"`.

use domain::{Invalid, KindName, Link, Place, Reseller};
use ids::ResellerId;
use ports::{StoreError, locate_below};
use serde_json::Value;
use tenancy::{Account, AccountScope, Unresolved};

use crate::office::Office;
use crate::reach::Reach;

/// The member of a spec that names the account above.
pub(crate) fn above(kind: KindName) -> Option<&'static str> {
    if kind.place() != Place::Itself {
        return None;
    }
    let mut links = kind.links().iter();
    links
        .find(|link| link.kind == KindName::Reseller)
        .map(|link| link.member)
}

/// Lets a spec that names no account above it lie right below this reseller.
fn lie_below(kind: KindName, value: &mut Value, own: ResellerId) {
    if let (Some(field), Some(members)) = (above(kind), value.as_object_mut()) {
        let named = members.get(field).is_some_and(|member| !member.is_null());
        if !named {
            members.insert(field.to_owned(), own.to_string().into());
        }
    }
}

/// Puts ids in the place of names in a spec of a kind. A reseller or a tenant that names no account
/// above it lies right below the account that acts, unless it is that account's `own` document.
pub(crate) async fn resolve_all<S: Reach>(
    office: &Office,
    scope: &S,
    (kind, own_document): (KindName, bool),
    value: &mut Value,
) -> Result<(), StoreError> {
    if let Some(account) = scope.account() {
        if let (Account::Reseller(own), false) = (account.account(), own_document) {
            lie_below(kind, value, own);
        }
        return resolve_below(office, account, kind, value).await;
    }
    for link in kind.links() {
        resolve(office, scope, link, value).await?;
    }
    Ok(())
}

/// Puts ids in the place of names of resellers and plans. A plan is looked for among those that
/// the account above may sell: its own first, then those it was granted.
async fn resolve_below(
    office: &Office,
    scope: &AccountScope,
    kind: KindName,
    value: &mut Value,
) -> Result<(), StoreError> {
    for link in kind.links() {
        if link.kind == KindName::Reseller {
            resolve(office, scope, link, value).await?;
        }
    }
    let seller = seller(office, scope, kind, value).await?;
    for link in kind.links() {
        if link.kind != KindName::Reseller {
            resolve(office, &seller, link, value).await?;
        }
    }
    Ok(())
}

/// The scope of the account above, when the spec names one that is there.
async fn seller(
    office: &Office,
    scope: &AccountScope,
    kind: KindName,
    value: &Value,
) -> Result<AccountScope, StoreError> {
    let named = above(kind)
        .and_then(|field| value.get(field))
        .and_then(Value::as_str);
    let Some(named) = named else {
        return Ok(scope.clone());
    };
    let own = match scope.account() {
        Account::Reseller(own) => own.to_string() == named,
        Account::Platform => false,
    };
    if own {
        return Ok(scope.clone());
    }
    match locate_below(office.store(), scope, &Unresolved::<Reseller>::new(named)).await {
        Ok((below, _)) => Ok(scope.descend(below).unwrap_or_else(|| scope.clone())),
        // whoever writes the document says so, and in which field
        Err(StoreError::NotFound) => Ok(scope.clone()),
        Err(error) => Err(error),
    }
}

/// Puts ids in the place of names in the member of a link.
async fn resolve<S: Reach>(
    office: &Office,
    scope: &S,
    link: &Link,
    value: &mut Value,
) -> Result<(), StoreError> {
    let place = format!("/{}", link.member);
    match value.get_mut(link.member) {
        Some(Value::String(text)) => put_id(office, scope, link.kind, text, &place).await,
        Some(Value::Array(members)) => {
            for (index, member) in members.iter_mut().enumerate() {
                if let Value::String(text) = member {
                    let place = format!("{place}/{index}");
                    put_id(office, scope, link.kind, text, &place).await?;
                }
            }
            Ok(())
        }
        // what is of another type is refused when the spec is read
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Ok(()),
    }
}

async fn put_id<S: Reach>(
    office: &Office,
    scope: &S,
    target: KindName,
    text: &mut String,
    field: &str,
) -> Result<(), StoreError> {
    if target.is_id(text) {
        return Ok(());
    }
    let found = scope.named(office.store(), target, text).await?;
    let rule = || Invalid::new(field, format!("must be an existing {target}"));
    *text = found.ok_or_else(rule)?;
    Ok(())
}
