//! What documents that are referred to are called, for whoever reads a table.

use std::collections::BTreeMap;

use admin::{Office, Reach, documents};
use domain::{ForKind, Kind, KindName, Place, Reseller};
use ports::StoreError;
use serde_json::{Map, Value};
use store::block_on;
use tenancy::{AccountScope, Unresolved};

use super::each_page;
use crate::failure::Failure;

/// Names by id.
pub(super) type Names = BTreeMap<String, String>;

/// What is called so, by id: the documents that a kind points to within a scope, and the plans
/// that these specs have from the accounts right above them.
///
/// # Errors
/// What the store says.
pub(super) fn known<'a, K: Kind>(
    office: &Office,
    scope: &impl Reach,
    specs: impl Iterator<Item = &'a Map<String, Value>>,
) -> Result<Names, Failure> {
    let mut names = Names::new();
    for link in K::LINKS {
        names.extend(link.kind.with(All { office, scope })?);
    }
    if let (Some(account), Place::Itself) = (scope.account(), K::NAME.place()) {
        for spec in specs {
            from_above::<K>(office, account, spec, &mut names)?;
        }
    }
    Ok(names)
}

/// Adds the names of what the account above has, or was granted: nobody else sees that by itself.
fn from_above<K: Kind>(
    office: &Office,
    account: &AccountScope,
    spec: &Map<String, Value>,
    names: &mut Names,
) -> Result<(), Failure> {
    let above = K::LINKS.iter().find(|link| link.kind == KindName::Reseller);
    let above = above.and_then(|link| spec.get(link.member)?.as_str());
    for link in K::LINKS {
        let Some(above) = above.filter(|_| link.kind != KindName::Reseller) else {
            continue;
        };
        for id in texts(spec.get(link.member)) {
            if names.contains_key(id) {
                continue;
            }
            if let Some(name) = called(office, account, above, (link.kind, id))? {
                names.insert(id.to_owned(), name);
            }
        }
    }
    Ok(())
}

/// The one text, or the several.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// What a reseller below calls the document with this id.
fn called(
    office: &Office,
    account: &AccountScope,
    reseller: &str,
    (kind, id): (KindName, &str),
) -> Result<Option<String>, Failure> {
    let reference = Unresolved::<Reseller>::new(reseller);
    let below = match block_on(documents::find(office, account, &reference)) {
        Ok((below, _)) => below,
        Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(scope) = account.descend(below) else {
        return Ok(None);
    };
    kind.with(One {
        office,
        scope: &scope,
        id,
    })
}

/// All documents of a kind within a scope.
struct All<'a, S> {
    office: &'a Office,
    scope: &'a S,
}

impl<S: Reach> ForKind for All<'_, S> {
    type Output = Result<Names, Failure>;

    fn run<K: Kind>(self) -> Self::Output {
        let mut names = Names::new();
        each_page(
            async |page| documents::list::<K, S>(self.office, self.scope, &page).await,
            |found| {
                names.insert(found.id.to_string(), found.spec.natural_key());
            },
        )?;
        Ok(names)
    }
}

/// One document within an account's scope.
struct One<'a> {
    office: &'a Office,
    scope: &'a AccountScope,
    id: &'a str,
}

impl ForKind for One<'_> {
    type Output = Result<Option<String>, Failure>;

    fn run<K: Kind>(self) -> Self::Output {
        let reference = Unresolved::<K>::new(self.id);
        match block_on(documents::find(self.office, self.scope, &reference)) {
            Ok((_, found)) => Ok(Some(found.spec.natural_key())),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use admin::DEFAULT_REALM;
    use domain::{Plan, Resource, Tenant};
    use machine::WallTime;
    use ports::{FixedClock, Page, SeededEntropy};
    use serde_json::json;
    use store::MemoryStore;

    use super::*;
    use crate::console::operator;

    fn made<K: Kind>(office: &Office, scope: &AccountScope, spec: Value) -> Resource<K> {
        let made = documents::create::<K, _>(office, scope, spec);
        block_on(made).unwrap().resource
    }

    #[test]
    fn a_company_below_a_reseller_shows_the_name_of_the_resellers_plan() {
        let clock = Arc::new(FixedClock::at(WallTime::from_unix_ms(1_764_000_000_000)));
        let (store, entropy) = (
            Arc::new(MemoryStore::new()),
            Arc::new(SeededEntropy::new(7)),
        );
        let office = block_on(Office::open(store, entropy, clock, DEFAULT_REALM)).unwrap();
        let platform = operator();
        made::<Reseller>(&office, &platform, json!({ "name": "north" }));
        let north = Unresolved::<Reseller>::new("north");
        let (north, _) = block_on(documents::find(&office, &platform, &north)).unwrap();
        let north = platform.descend(north).unwrap();
        let own = made::<Plan>(&office, &platform, json!({ "name": "house" }));
        let sold = made::<Plan>(&office, &north, json!({ "name": "gold" }));
        let company = json!({ "domains": ["acme.example"], "plan": "gold" });
        made::<Tenant>(&office, &north, company);
        let page = Page::first(10);
        let listed = documents::list::<Tenant, _>(&office, &platform, &page);
        let listed = block_on(listed).unwrap().items;
        let specs: Vec<Map<String, Value>> = listed
            .iter()
            .map(|one| one.to_document().unwrap().spec)
            .filter_map(|spec| spec.as_object().cloned())
            .collect();
        assert_eq!(specs.len(), 1);
        let names = known::<Tenant>(&office, &platform, specs.iter()).unwrap();
        assert_eq!(names.get(&sold.id.to_string()), Some(&"gold".to_owned()));
        assert_eq!(names.get(&own.id.to_string()), Some(&"house".to_owned()));
    }
}
