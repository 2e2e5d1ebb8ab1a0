//! A company as it would be by proposed documents: made in memory, and written nowhere.

use std::collections::{BTreeMap, HashSet};

use domain::{Document, ForKind, Invalid, Kind, KindName, Place, TenantParts, facets};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::Owner;

use super::parts;
use crate::apply::{Entry, Snapshot, each_reference, supplied};
use crate::office::Office;
use crate::resource::mint_id;
use crate::spec::parse_spec;

/// Most documents of one proposal, those that it takes away included.
pub const PROPOSED_MAX: usize = 20_000;

/// What is proposed: documents as a snapshot has them, and documents that would not be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Documents of the company that would be new, or other than they are; those that are not
    /// named stay.
    pub snapshot: Option<Snapshot>,
    /// Documents that would be deleted.
    pub without: Vec<Without>,
}

/// A document that would be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// Its kind.
    pub kind: KindName,
    /// What it is called, or its id.
    pub name: String,
}

/// The company's documents after the proposal. Those of kinds that no call depends on, such as
/// people and webhooks, are passed over.
pub(super) fn applied(
    office: &Office,
    parts: TenantParts,
    proposal: &Proposal,
) -> Result<TenantParts, Invalid> {
    let entries = proposal.snapshot.as_ref();
    if let Some(snapshot) = entries {
        snapshot.check().map_err(|wrong| Invalid {
            field: format!("/with{}", wrong.field),
            ..wrong
        })?;
    }
    let entries = entries.map_or(&[][..], |snapshot| &snapshot.documents);
    if entries.len() + proposal.without.len() > PROPOSED_MAX {
        let rule = format!("must be at most {PROPOSED_MAX}, those to be deleted included");
        return Err(Invalid::new("/with/documents", rule));
    }
    let mut draft = Draft::of(office, &parts)?;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    // each kind comes after those that it refers to
    order.sort_by_key(|at| entries.get(*at).map(|entry| entry.kind));
    for at in order {
        let Some(entry) = entries.get(at) else {
            continue;
        };
        draft.take(entry).map_err(|wrong| Invalid {
            field: format!("/with/documents/{at}{}", wrong.field),
            ..wrong
        })?;
    }
    draft.take_away(&proposal.without)?;
    parts::with(parts, draft.held.into_values())
}

/// A company in the making.
struct Draft<'a> {
    office: &'a Office,
    tenant: Owner,
    domains: Vec<String>,
    /// Its own documents of kinds that calls depend on, by kind and name.
    held: BTreeMap<(KindName, String), Document>,
    /// What accounts share with it: kind, name, id.
    shared: Vec<(KindName, String, String)>,
}

impl<'a> Draft<'a> {
    fn of(office: &'a Office, parts: &TenantParts) -> Result<Draft<'a>, Invalid> {
        let all = parts::documents(parts)?;
        let tenant = Owner::Tenant(parts.tenant.id);
        let (own, above): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.owner == tenant);
        let shared = above.into_iter().map(|one| (one.kind, one.name, one.id));
        let held = own
            .into_iter()
            .map(|one| ((one.kind, one.name.clone()), one));
        Ok(Draft {
            office,
            tenant,
            domains: parts.tenant.spec.domains.clone(),
            held: held.collect(),
            shared: shared.collect(),
        })
    }

    /// Takes in one document of the proposal.
    fn take(&mut self, entry: &Entry) -> Result<(), Invalid> {
        self.check_owner(entry)?;
        if !parts::matters(entry.kind) {
            return Ok(());
        }
        let mut spec = entry.spec.clone();
        let in_spec = |wrong: Invalid| Invalid {
            field: format!("/spec{}", wrong.field),
            ..wrong
        };
        supplied(entry.kind, &mut spec).map_err(in_spec)?;
        if entry.kind == KindName::Tenant {
            self.keep_account(&mut spec);
        } else {
            self.resolve(entry.kind, &mut spec).map_err(in_spec)?;
        }
        let (spec, name) = canonical(entry.kind, &spec, self.tenant).map_err(in_spec)?;
        let name = self.own_name(entry.kind, name);
        let before = self.held.get(&(entry.kind, name.clone()));
        if before.is_some_and(|before| before.spec == spec) {
            return Ok(());
        }
        let document = Document {
            kind: entry.kind,
            id: before.map_or_else(
                || mint_id(self.office, entry.kind),
                |before| before.id.clone(),
            ),
            owner: self.tenant,
            revision: before.map_or(1, |before| before.revision + 1),
            name: name.clone(),
            spec,
            created: before.map_or(WallTime::UNIX_EPOCH, |before| before.created),
            updated: self.office.now(),
        };
        self.held.insert((entry.kind, name), document);
        Ok(())
    }

    /// Refuses what is not the company's own.
    fn check_owner(&self, entry: &Entry) -> Result<(), Invalid> {
        let domains = &self.domains;
        if entry.kind == KindName::Tenant {
            let first = entry.spec.pointer("/domains/0").and_then(Value::as_str);
            let own = first.is_some_and(|first| is_one_of(domains, first));
            let rule = "must be a domain of the company whose calls are looked at";
            return match own {
                true => Ok(()),
                false => Err(Invalid::new("/spec/domains/0", rule)),
            };
        }
        if !matches!(entry.kind.place(), Place::Tenant | Place::Anywhere) {
            let rule = "must be a kind that companies have; what accounts have stays as it is";
            return Err(Invalid::new("/kind", rule));
        }
        let within = entry.within.as_deref();
        let named = |name: &str| is_one_of(domains, name) || name == self.tenant.to_string();
        match within.is_some_and(named) {
            true => Ok(()),
            false => Err(Invalid::new(
                "/in",
                "must name the company whose calls are looked at",
            )),
        }
    }

    /// What an account says of a company stays as it is.
    fn keep_account(&self, spec: &mut Value) {
        let present = self.held.values().find(|one| one.kind == KindName::Tenant);
        let Some(members) = spec.as_object_mut() else {
            return;
        };
        for link in KindName::Tenant.links() {
            match present.and_then(|present| present.spec.get(link.member)) {
                Some(kept) => members.insert(link.member.to_owned(), kept.clone()),
                None => members.remove(link.member),
            };
        }
    }

    /// The name under which a document is held: a company's own stays itself whatever its first
    /// domain becomes.
    fn own_name(&self, kind: KindName, name: String) -> String {
        if kind != KindName::Tenant {
            return name;
        }
        let mut all = self.held.keys();
        let own = all.find(|(kind, _)| *kind == KindName::Tenant);
        own.map_or(name, |(_, own)| own.clone())
    }

    /// Puts ids in the place of names.
    fn resolve(&self, kind: KindName, spec: &mut Value) -> Result<(), Invalid> {
        each_reference(kind, spec, |field, target, text| {
            let found = self.id_of(target, text);
            let missing =
                || Invalid::new(format!("/{field}"), format!("there is no {target} {text}"));
            found.map(Some).ok_or_else(missing)
        })
    }

    /// The id of what a text refers to: an id or a name, of the company's own first.
    fn id_of(&self, kind: KindName, text: &str) -> Option<String> {
        if let Some(own) = self.held.get(&(kind, text.to_owned())) {
            return Some(own.id.clone());
        }
        let mut own = self.held.values().filter(|one| one.kind == kind);
        if own.any(|one| one.id == text) {
            return Some(text.to_owned());
        }
        let meant =
            |one: &&(KindName, String, String)| one.0 == kind && (one.1 == text || one.2 == text);
        let mut shared = self.shared.iter().filter(meant);
        // of two of one name only an id can mean one
        let (first, second) = (shared.next()?, shared.next());
        second.is_none().then(|| first.2.clone())
    }

    /// Takes away what would be deleted. What others refer to cannot be.
    fn take_away(&mut self, without: &[Without]) -> Result<(), Invalid> {
        let mut gone: Vec<(String, usize)> = Vec::new();
        for (at, one) in without.iter().enumerate() {
            if one.kind == KindName::Tenant || !parts::matters(one.kind) {
                let rule = "must be a kind of a company's that calls depend on";
                return Err(Invalid::new(format!("/without/{at}/kind"), rule));
            }
            let meant = |document: &&Document| {
                document.kind == one.kind && (document.name == one.name || document.id == one.name)
            };
            let found = self.held.values().find(meant);
            let key = found.map(|found| (found.kind, found.name.clone()));
            let removed = key.and_then(|key| self.held.remove(&key));
            let Some(removed) = removed else {
                let rule = format!("there is no {} {} of the company's", one.kind, one.name);
                return Err(Invalid::new(format!("/without/{at}/name"), rule));
            };
            gone.push((removed.id, at));
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.check_unused(&gone)
    }

    fn check_unused(&self, gone: &[(String, usize)]) -> Result<(), Invalid> {
        let ids: HashSet<&str> = gone.iter().map(|(id, _)| id.as_str()).collect();
        for document in self.held.values() {
            let all = facets(document)?.references;
            let Some(broken) = all.iter().find(|one| ids.contains(one.id.as_str())) else {
                continue;
            };
            let at = gone.iter().find(|(id, _)| *id == broken.id);
            let at = at.map_or(0, |(_, at)| *at);
            let (kind, name, field) = (document.kind, &document.name, &broken.field);
            let rule = format!("is in use by {kind} {name} ({field}), which would have to go too");
            return Err(Invalid::new(format!("/without/{at}"), rule));
        }
        Ok(())
    }
}

fn is_one_of(domains: &[String], name: &str) -> bool {
    domains.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A spec as it is stored, and its natural key.
fn canonical(kind: KindName, spec: &Value, owner: Owner) -> Result<(Value, String), Invalid> {
    struct Task<'a>(&'a Value, Owner);
    impl ForKind for Task<'_> {
        type Output = Result<(Value, String), Invalid>;
        fn run<K: Kind>(self) -> Self::Output {
            let typed: K = parse_spec(self.0)?;
            typed.validate_for(self.1)?;
            let name = typed.natural_key();
            let value = serde_json::to_value(typed);
            let value = value.map_err(|error| Invalid::new("", error.to_string()))?;
            Ok((value, name))
        }
    }
    kind.with(Task(spec, owner))
}
