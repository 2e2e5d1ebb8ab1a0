//! Names in the place of ids: a body may say `"plan": "gold"`.

use domain::{Invalid, KindName, Plan, Reseller, Resource};
use ids::ResellerId;
use ports::{Page, StoreError, locate_below};
use serde_json::Value;
use tenancy::{Account, AccountScope, Unresolved};

use crate::office::Office;

/// The member of a spec that names the account above.
fn above(kind: KindName) -> Option<&'static str> {
    match kind {
        KindName::Reseller => Some("parent"),
        KindName::Tenant => Some("reseller"),
        KindName::Plan | KindName::Extension | KindName::Device | KindName::Webhook => None,
    }
}

/// Lets a spec that names no account above it lie right below this reseller.
pub(crate) fn lie_below(kind: KindName, value: &mut Value, own: ResellerId) {
    if let (Some(field), Some(members)) = (above(kind), value.as_object_mut()) {
        let named = members.get(field).is_some_and(|member| !member.is_null());
        if !named {
            members.insert(field.to_owned(), own.to_string().into());
        }
    }
}

/// Puts ids in the place of names of resellers and plans. A plan is looked for among those that
/// the account above may sell: its own first, then those it was granted.
pub(crate) async fn resolve_below(
    office: &Office,
    scope: &AccountScope,
    kind: KindName,
    value: &mut Value,
) -> Result<(), StoreError> {
    for (field, target) in kind.reference_fields() {
        if *target == KindName::Reseller {
            resolve(office, scope, value, field, *target).await?;
        }
    }
    let seller = seller(office, scope, kind, value).await?;
    for (field, target) in kind.reference_fields() {
        if *target == KindName::Plan {
            resolve(office, &seller, value, field, *target).await?;
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

async fn resolve(
    office: &Office,
    scope: &AccountScope,
    value: &mut Value,
    field: &str,
    target: KindName,
) -> Result<(), StoreError> {
    let place = format!("/{field}");
    match value.get_mut(field) {
        Some(Value::String(text)) => {
            *text = id_of(office, scope, target, text, &place).await?;
        }
        Some(Value::Array(members)) => {
            for (index, member) in members.iter_mut().enumerate() {
                if let Value::String(text) = member {
                    let place = format!("{place}/{index}");
                    *text = id_of(office, scope, target, text, &place).await?;
                }
            }
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {}
    }
    Ok(())
}

async fn id_of(
    office: &Office,
    scope: &AccountScope,
    target: KindName,
    text: &str,
    field: &str,
) -> Result<String, StoreError> {
    if target.is_id(text) {
        return Ok(text.to_owned());
    }
    let found = match office.store().get_below(scope, target, text).await? {
        Some(found) => Some(found.id),
        None if target == KindName::Plan => granted(office, scope, text).await?,
        None => None,
    };
    let rule = || Invalid::new(field, format!("must be the id or the name of a {target}"));
    Ok(found.ok_or_else(rule)?)
}

/// The id of the plan of this name that the account was granted.
async fn granted(
    office: &Office,
    scope: &AccountScope,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let mut page = Page::first(ports::PAGE_MAX);
    loop {
        let listing = office
            .store()
            .list_below(scope, KindName::Plan, &page)
            .await?;
        for document in listing.documents {
            let plan: Resource<Plan> = document.try_into()?;
            if plan.spec.name == name {
                return Ok(Some(plan.id.to_string()));
            }
        }
        match listing.next {
            Some(next) => page = page.after(next),
            None => return Ok(None),
        }
    }
}
