//! A person's data: where it is, and all of it as JSON.

use std::collections::BTreeMap;

use domain::{Fact, Invalid, Kind, KindName, Resource, Treatment, of_kind};
use ports::StoreError;
use serde::Serialize;
use serde_json::{Value, json};
use tenancy::TenantScope;

use super::walk::{Item, Walk};
use super::{Person, resolve};
use crate::office::Office;

/// Most facts that one export holds.
pub const EXPORT_MAX: usize = 20_000;

/// A place where something of a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The kind of document, or the sort of fact.
    pub what: String,
    /// How many documents or facts.
    pub count: u64,
    /// What an erasure does with them.
    pub treatment: Treatment,
    /// Why.
    pub why: &'static str,
}

/// Where a person's data is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// All places where there is any.
    pub places: Vec<Place>,
}

/// All of a person's data.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Export {
    /// Documents and facts, by the kind or sort.
    pub data: BTreeMap<String, Vec<Value>>,
}

/// Where a person's data is.
///
/// # Errors
/// `NotFound` when nothing names such a person, `Invalid` for a text that cannot name anybody,
/// else what the store says.
pub async fn find(office: &Office, scope: &TenantScope, text: &str) -> Result<Found, StoreError> {
    let person = resolve(office, scope, text).await?;
    let mut counts: BTreeMap<Fact, u64> = BTreeMap::new();
    let mut walk = Walk::new(office, scope, &person);
    while let Some(items) = walk.next().await? {
        for item in items {
            *counts.entry(item.fact()).or_default() += 1;
        }
    }
    let mut kinds: BTreeMap<&str, (KindName, u64)> = BTreeMap::new();
    for (kind, _) in person.documents() {
        kinds.entry(kind.as_str()).or_insert((kind, 0)).1 += 1;
    }
    let documents = kinds.into_values().map(|(kind, count)| Place {
        what: kind.as_str().to_owned(),
        count,
        treatment: of_kind(kind).treatment,
        why: of_kind(kind).why,
    });
    let facts = counts.into_iter().map(|(fact, count)| Place {
        what: word(fact).to_owned(),
        count,
        treatment: fact.personal().treatment,
        why: fact.personal().why,
    });
    let places: Vec<Place> = documents.chain(facts).collect();
    if places.is_empty() {
        return Err(StoreError::NotFound);
    }
    Ok(Found { places })
}

/// The word for a sort of fact.
pub(super) fn word(fact: Fact) -> &'static str {
    match fact {
        Fact::Cdr => "call_record",
        Fact::History => "history",
        Fact::Audit => "audit",
        Fact::Event => "event",
        Fact::Delivery => "delivery",
        Fact::Support => "support",
        Fact::Credentials => "credentials",
    }
}

/// All of a person's data, machine-readable. That it was handed out is in the audit trail.
///
/// # Errors
/// As [`find`], and `TooLarge` beyond [`EXPORT_MAX`] facts.
pub async fn export(
    office: &Office,
    scope: &TenantScope,
    text: &str,
) -> Result<Export, StoreError> {
    let person = resolve(office, scope, text).await?;
    let mut data = documents(&person)?;
    let (mut facts, mut walk) = (0, Walk::new(office, scope, &person));
    while let Some(items) = walk.next().await? {
        facts += items.len();
        StoreError::at_most(facts, EXPORT_MAX)?;
        for item in items {
            let fact = word(item.fact()).to_owned();
            data.entry(fact).or_default().push(value(&item)?);
        }
    }
    if data.is_empty() {
        return Err(StoreError::NotFound);
    }
    let target = person.documents().into_iter().next();
    let target = target.map(|(_, id)| id).unwrap_or_default();
    let note = office.audit(scope.owner(), scope.actor(), "person.exported", target);
    office.store().add_audit(scope, &note).await?;
    Ok(Export { data })
}

fn documents(person: &Person) -> Result<BTreeMap<String, Vec<Value>>, StoreError> {
    let mut data: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut add = |kind: KindName, document: Value| {
        data.entry(kind.as_str().to_owned())
            .or_default()
            .push(document);
    };
    for user in &person.users {
        add(KindName::User, shown(user)?);
    }
    for extension in &person.extensions {
        add(KindName::Extension, shown(extension)?);
    }
    for device in &person.devices {
        add(KindName::Device, shown(device)?);
    }
    Ok(data)
}

fn shown<K: Kind>(resource: &Resource<K>) -> Result<Value, Invalid> {
    let document = resource.to_document()?;
    Ok(json!({
        "id": document.id,
        "created": document.created.to_string(),
        "updated": document.updated.to_string(),
        "spec": document.spec,
    }))
}

fn value(item: &Item) -> Result<Value, StoreError> {
    let value = match item {
        Item::Cdr(cdr) => serde_json::to_value(cdr),
        Item::Version(version) => serde_json::to_value(version),
        Item::Audit(entry) => serde_json::to_value(entry),
        Item::Event(event) => serde_json::to_value(event),
        Item::Delivery(delivery) => serde_json::to_value(delivery),
    };
    value.map_err(|error| StoreError::Corrupt {
        detail: error.to_string(),
    })
}
