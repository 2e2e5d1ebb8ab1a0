//! An order in which every document comes after those that it needs, company by company.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{KindName, Place};
use serde_json::Value;

use super::snapshot::Entry;

/// Where an entry stands: accounts from the top down, each followed by its plans, then what else
/// accounts have; then companies in the order of their names, each with all that is in it, each
/// kind before those that refer to it; then what accounts give to companies, trunks and numbers;
/// then the companies' routes, which may refer to such trunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    tier: usize,
    /// Whether it comes after all companies.
    late: bool,
    /// Place of the company among all, from 1; 0 for what accounts have.
    company: usize,
    kind: KindName,
}

impl Rank {
    /// Whether it comes after all companies, so that these must be durable before it.
    pub(super) fn is_late(self) -> bool {
        self.late
    }

    /// The company, as a number; `None` for what accounts have.
    pub(super) fn company(self) -> Option<usize> {
        (self.company > 0).then_some(self.company)
    }
}

/// The ranks of a snapshot's entries, and its companies.
pub(super) struct Order {
    /// The places of the entries in the snapshot with their ranks, in the order of the ranks.
    /// Resellers whose parents go round in a circle come after all others; they are refused when
    /// they are looked up.
    pub(super) entries: Vec<(usize, Rank)>,
    /// What the companies are called, in the order of their numbers.
    companies: Vec<String>,
}

impl Order {
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

/// A name that stands in a snapshot, as a number.
type Name = usize;

/// What the order needs to know of one entry.
#[derive(Clone, Copy, Debug)]
struct Line {
    kind: KindName,
    /// A reseller's name, or a company's first domain.
    own: Option<Name>,
    within: Option<Name>,
}

/// Whether a document comes after all companies: what accounts give to them, and what companies
/// make of it.
fn is_late(kind: KindName, in_company: bool) -> bool {
    match kind {
        KindName::Trunk | KindName::Number | KindName::SigningKey => !in_company,
        KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => true,
        KindName::Reseller
        | KindName::Plan
        | KindName::Tenant
        | KindName::Extension
        | KindName::Device
        | KindName::Role
        | KindName::User
        | KindName::Hold
        | KindName::Webhook
        | KindName::Sso
        | KindName::RateDeck
        | KindName::Schedule
        | KindName::Sound
        | KindName::Music
        | KindName::EmergencyLocation
        | KindName::Site => false,
    }
}

/// What the order needs to know of all entries, kept once for each name.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    names: HashMap<Box<str>, Name>,
    lines: Vec<Line>,
    /// Resellers with their parents.
    parents: Vec<(Name, Option<Name>)>,
    /// The first domain of each company, by each of its domains.
    first: HashMap<Name, Name>,
}

impl Outline {
    /// Takes an entry up.
    pub(super) fn add(&mut self, entry: &Entry) {
        let member = |name: &str| entry.spec.get(name).and_then(Value::as_str);
        let within = entry.within.as_deref().map(|name| self.name(name));
        let own = match entry.kind {
            KindName::Reseller => member("name").map(|name| self.name(name)),
            KindName::Tenant => self.company(entry),
            KindName::Plan
            | KindName::Extension
            | KindName::Device
            | KindName::Role
            | KindName::User
            | KindName::Hold
            | KindName::Webhook
            | KindName::Sso
            | KindName::RateDeck
            | KindName::Trunk
            | KindName::Number
            | KindName::SigningKey
            | KindName::Schedule
            | KindName::Sound
            | KindName::Music
            | KindName::EmergencyLocation
            | KindName::Site
            | KindName::InboundRoute
            | KindName::OutboundRoute
            | KindName::TollGuard
            | KindName::Containment => None,
        };
        if let (KindName::Reseller, Some(own)) = (entry.kind, own) {
            let parent = member("parent").map(|name| self.name(name));
            self.parents.push((own, parent));
        }
        let kind = entry.kind;
        self.lines.push(Line { kind, own, within });
    }

    /// A company's first domain, when it has one.
    fn company(&mut self, entry: &Entry) -> Option<Name> {
        let list = entry.spec.get("domains").and_then(Value::as_array);
        let domains = list.into_iter().flatten().filter_map(Value::as_str);
        let domains: Vec<Name> = domains.map(|domain| self.name(domain)).collect();
        let first = *domains.first()?;
        self.first
            .extend(domains.into_iter().map(|domain| (domain, first)));
        Some(first)
    }

    fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return *name;
        }
        let name = self.names.len();
        self.names.insert(text.into(), name);
        name
    }

    /// The order of the entries that were taken up.
    pub(super) fn order(&self) -> Order {
        let (ranks, companies) = self.ranked();
        let mut entries: Vec<(usize, Rank)> = ranks.into_iter().enumerate().collect();
        entries.sort_by_key(|(at, rank)| (*rank, *at));
        Order { entries, companies }
    }

    /// The ranks of the entries that were taken up, in the order in which they were.
    pub(super) fn ranks(&self) -> Vec<Rank> {
        self.ranked().0
    }

    /// The ranks, and what the companies are called.
    fn ranked(&self) -> (Vec<Rank>, Vec<String>) {
        let depths = self.depths();
        let belongs = self.lines.iter().map(|line| self.company_of(line, &depths));
        let belongs: Vec<Option<Name>> = belongs.collect();
        let there: HashSet<Name> = belongs.iter().copied().flatten().collect();
        let words = self.names.iter().filter(|(_, name)| there.contains(name));
        let words: BTreeSet<(&str, Name)> = words.map(|(text, name)| (&**text, *name)).collect();
        let ordered = words.iter().map(|(_, name)| *name);
        let numbers: HashMap<Name, usize> = ordered.zip(1..).collect();
        let deepest = depths.values().copied().max().unwrap_or_default() + 1;
        let depth = |name: Option<Name>| name.and_then(|name| depths.get(&name)).copied();
        let rank = |(line, belongs): (&Line, &Option<Name>)| {
            let number = belongs.and_then(|name| numbers.get(&name));
            let late = is_late(line.kind, number.is_some());
            let tier = match (number, line.kind, line.kind.place()) {
                (Some(_), _, _) if late => deepest + 4,
                (None, _, _) if late => deepest + 3,
                (Some(_), _, _) => deepest + 2,
                (None, KindName::Reseller, _) => depth(line.own).unwrap_or(deepest),
                (None, _, Place::Account) => depth(line.within).unwrap_or_default(),
                (None, _, Place::Itself | Place::Tenant | Place::Anywhere) => deepest + 1,
            };
            Rank {
                tier,
                late,
                company: number.copied().unwrap_or_default(),
                kind: line.kind,
            }
        };
        let ranks = self.lines.iter().zip(&belongs).map(rank).collect();
        let companies = words.iter().map(|(text, _)| (*text).to_owned());
        (ranks, companies.collect())
    }

    /// The company to which an entry belongs, by its first domain where the snapshot tells it.
    fn company_of(&self, line: &Line, resellers: &HashMap<Name, usize>) -> Option<Name> {
        let own = match (line.kind, line.kind.place()) {
            (KindName::Tenant, _) => line.own,
            (_, Place::Tenant | Place::Anywhere) => line.within,
            (_, Place::Itself | Place::Account) => None,
        }?;
        match self.first.get(&own) {
            Some(first) => Some(*first),
            None => (!resellers.contains_key(&own)).then_some(own),
        }
    }

    /// How deep each of the resellers lies below the account that applies: 1 for those right
    /// below.
    fn depths(&self) -> HashMap<Name, usize> {
        let names: HashSet<Name> = self.parents.iter().map(|(name, _)| *name).collect();
        let mut waiting = self.parents.clone();
        let mut depths = HashMap::new();
        loop {
            let before = waiting.len();
            waiting.retain(|(name, parent)| {
                let above = match parent {
                    Some(parent) if names.contains(parent) => depths.get(parent).copied(),
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
}
