//! An order in which every document comes after those that it needs.

use std::collections::HashMap;

use domain::{KindName, Place};
use serde_json::Value;

use super::snapshot::Entry;

/// Where an entry stands: accounts from the top down, each followed by its plans; then tenants,
/// each kind before those that refer to it.
pub(super) type Rank = (usize, KindName);

/// The rank of each entry. Resellers whose parents go round in a circle come last; they are
/// refused when they are looked up.
pub(super) fn ranks(entries: &[Entry]) -> Vec<Rank> {
    let depths = depths(entries);
    let deepest = depths.values().copied().max().unwrap_or_default() + 1;
    let of = |name: Option<&str>| name.and_then(|name| depths.get(name)).copied();
    let rank = |entry: &Entry| match (entry.kind.place(), entry.kind) {
        (Place::Itself, KindName::Reseller) => (of(name(entry)).unwrap_or(deepest), entry.kind),
        (Place::Account, kind) => (of(entry.within.as_deref()).unwrap_or_default(), kind),
        (Place::Itself, kind) => (deepest + 1, kind),
        (Place::Tenant | Place::Anywhere, kind) => (deepest + 2, kind),
    };
    entries.iter().map(rank).collect()
}

fn name(entry: &Entry) -> Option<&str> {
    entry.spec.get("name").and_then(Value::as_str)
}

/// How deep each of the resellers lies below the account that applies: 1 for those right below.
fn depths(entries: &[Entry]) -> HashMap<&str, usize> {
    let resellers = entries.iter().filter(|e| e.kind == KindName::Reseller);
    let parent = |entry: &Entry| {
        let parent = entry.spec.get("parent").and_then(Value::as_str);
        parent.map(str::to_owned)
    };
    let mut waiting: Vec<(&str, Option<String>)> = resellers
        .filter_map(|entry| Some((name(entry)?, parent(entry))))
        .collect();
    let names: Vec<&str> = waiting.iter().map(|(name, _)| *name).collect();
    let mut depths = HashMap::new();
    loop {
        let before = waiting.len();
        waiting.retain(|(name, parent)| {
            let above = match parent.as_deref() {
                Some(parent) if names.contains(&parent) => depths.get(parent).copied(),
                Some(_) | None => Some(0),
            };
            if let Some(above) = above {
                depths.insert(*name, above + 1);
            }
            above.is_none()
        });
        if waiting.len() == before {
            return depths;
        }
    }
}
