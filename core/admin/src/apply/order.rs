//! An order in which every document comes after those that it needs, company by company.

use std::collections::{BTreeSet, HashMap};

use domain::{KindName, Place};
use serde_json::Value;

use super::snapshot::Entry;

/// Where an entry stands: accounts from the top down, each followed by its plans, then what else
/// accounts have; then companies in the order of their names, each with all that is in it, each
/// kind before those that refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    tier: usize,
    /// Place of the company among all, from 1; 0 for what accounts have.
    company: usize,
    kind: KindName,
}

impl Rank {
    /// The company, as a number; `None` for what accounts have.
    pub(super) fn company(self) -> Option<usize> {
        (self.company > 0).then_some(self.company)
    }
}

/// The ranks of a snapshot's entries, and its companies.
pub(super) struct Order {
    /// In the order of the entries. Resellers whose parents go round in a circle come after all
    /// others; they are refused when they are looked up.
    pub(super) ranks: Vec<Rank>,
    /// What the companies are called, in the order of their numbers.
    companies: Vec<String>,
}

impl Order {
    pub(super) fn of(entries: &[Entry]) -> Order {
        let depths = depths(entries);
        let domains = first_domains(entries);
        let belongs = entries
            .iter()
            .map(|entry| company(entry, &depths, &domains));
        let belongs: Vec<Option<&str>> = belongs.collect();
        let names: BTreeSet<&str> = belongs.iter().copied().flatten().collect();
        let numbers: HashMap<&str, usize> = names.iter().copied().zip(1..).collect();
        let deepest = depths.values().copied().max().unwrap_or_default() + 1;
        let depth = |name: Option<&str>| name.and_then(|name| depths.get(name)).copied();
        let rank = |(entry, belongs): (&Entry, &Option<&str>)| {
            let number = belongs.and_then(|name| numbers.get(name));
            let tier = match (number, entry.kind, entry.kind.place()) {
                (Some(_), _, _) => deepest + 2,
                (None, KindName::Reseller, _) => depth(name(entry)).unwrap_or(deepest),
                (None, _, Place::Account) => depth(entry.within.as_deref()).unwrap_or_default(),
                (None, _, Place::Itself | Place::Tenant | Place::Anywhere) => deepest + 1,
            };
            Rank {
                tier,
                company: number.copied().unwrap_or_default(),
                kind: entry.kind,
            }
        };
        Order {
            ranks: entries.iter().zip(&belongs).map(rank).collect(),
            companies: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// How many companies the snapshot works on.
    pub(super) fn companies(&self) -> usize {
        self.companies.len()
    }

    /// What a company is called.
    pub(super) fn called(&self, company: usize) -> Option<&str> {
        self.companies
            .get(company.checked_sub(1)?)
            .map(String::as_str)
    }
}

/// The company to which an entry belongs, by its first domain where the snapshot tells it.
fn company<'a>(
    entry: &'a Entry,
    resellers: &HashMap<&str, usize>,
    first: &HashMap<&'a str, &'a str>,
) -> Option<&'a str> {
    let own = match (entry.kind, entry.kind.place()) {
        (KindName::Tenant, _) => domains(entry).next(),
        (_, Place::Tenant | Place::Anywhere) => entry.within.as_deref(),
        (_, Place::Itself | Place::Account) => None,
    }?;
    match first.get(own) {
        Some(first) => Some(first),
        None => (!resellers.contains_key(own)).then_some(own),
    }
}

fn name(entry: &Entry) -> Option<&str> {
    entry.spec.get("name").and_then(Value::as_str)
}

fn domains(entry: &Entry) -> impl Iterator<Item = &str> {
    let list = entry.spec.get("domains").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// The first domain of each company of the snapshot, by each of its domains.
fn first_domains(entries: &[Entry]) -> HashMap<&str, &str> {
    let companies = entries.iter().filter(|e| e.kind == KindName::Tenant);
    companies
        .filter_map(|entry| Some((entry, domains(entry).next()?)))
        .flat_map(|(entry, first)| domains(entry).map(move |domain| (domain, first)))
        .collect()
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
