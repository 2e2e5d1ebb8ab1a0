//! A company as a model for another one: its documents with ids of their own, and nothing of what
//! happened in it.

use std::collections::BTreeMap;

use domain::{Device, Document, ForKind, Invalid, Kind, KindName};
use ids::{AuditId, TenantId};
use machine::WallTime;
use ports::{ArchiveError, Arrival, Belonging, Giver, StoreError, Thing};
use serde_json::Value;
use tenancy::{AccountScope, Owner};

use super::arrival::{
    Belongings, Wanted, ended, first_domain, fit_tenant, renew_password, rewrite, title,
};
use super::taken::{Counts, Line};
use super::unsold::unsold;
use super::{Report, Title};
use crate::office::Office;

/// Brings an archived company in as another one, below the account: under other domains, with new
/// ids. Where the first one is here too, its devices get user names of their own (with the first
/// label of the new domain behind a dot, unless another suffix is wanted) and new passwords.
///
/// # Errors
/// No domain is wanted, a domain or a user name is taken, or the archive is not whole.
pub async fn bring_clone(
    office: &Office,
    account: &AccountScope,
    lines: &mut dyn Giver<Line>,
    wanted: &Wanted,
) -> Result<Report, ArchiveError> {
    let Some(domain) = wanted.domains.first() else {
        return Err(StoreError::from(Invalid::new("/domains", "must be named for a clone")).into());
    };
    let title = title(lines)?;
    let (documents, counts) = read(lines)?;
    let first = title.tenant.to_string();
    let beside = office.store().get_below(account, KindName::Tenant, &first);
    let beside = beside.await?.is_some();
    let label = domain.split('.').next().map(str::to_owned);
    let suffix = wanted.suffix.clone().or(label.filter(|_| beside));
    let cloning = Cloning {
        office,
        title,
        tenant: office.mint(TenantId::new),
        suffix,
        passwords: Vec::new(),
        notes: Vec::new(),
    };
    cloning.move_in(account, documents, wanted, counts).await
}

/// The documents of an archive, to its proved end.
fn read(lines: &mut dyn Giver<Line>) -> Result<(Vec<Belonging>, Counts), ArchiveError> {
    let (mut counts, mut belongings) = (Counts::default(), Belongings::default());
    loop {
        match lines.give()?.ok_or(ArchiveError::CutOff)? {
            Line::Title(_) => return Err(ArchiveError::Odd("it has two titles".into())),
            Line::Thing(thing) => {
                counts.add(&thing);
                if let Thing::Document(belonging) = *thing {
                    belongings.add(belonging)?;
                }
            }
            Line::End(said) => {
                ended(lines, said, counts)?;
                return Ok((belongings.into_all()?, counts));
            }
        }
    }
}

struct Cloning<'a> {
    office: &'a Office,
    title: Title,
    tenant: TenantId,
    suffix: Option<String>,
    passwords: Vec<super::NewPassword>,
    notes: Vec<String>,
}

impl Cloning<'_> {
    async fn move_in(
        mut self,
        account: &AccountScope,
        mut documents: Vec<Belonging>,
        wanted: &Wanted,
        counts: Counts,
    ) -> Result<Report, ArchiveError> {
        let (office, now) = (self.office, self.office.now());
        let ids = self.new_ids(&documents);
        for belonging in &mut documents {
            self.renew(&mut belonging.document, &ids, now);
            // people of another company are other people: they are invited
            belonging.credentials = None;
            if belonging.document.kind == KindName::Device {
                self.renew_device(belonging)?;
            }
        }
        let mut domain = String::new();
        if let Some(own) = documents.first_mut() {
            let fitted = fit_tenant(
                office.store(),
                account,
                &mut own.document,
                (wanted, &self.title),
            );
            let fitted = fitted.await?;
            domain = first_domain(&own.document).map_err(StoreError::from)?;
            self.notes.extend(fitted.notes);
            self.notes
                .extend(unsold(fitted.plan.as_ref(), &documents, 0));
        }
        let came = u64::try_from(documents.len()).unwrap_or(u64::MAX);
        let arrival = Arrival {
            tenant: self.tenant,
            documents,
            begins: true,
            replaces: false,
            at: now,
            audit: office.mint(AuditId::new),
            action: "tenant.cloned",
        };
        office.store().move_in(account, arrival).await?;
        Ok(Report {
            counts: Counts {
                documents: came,
                secrets: counts.secrets,
                ..Counts::default()
            },
            tenant: self.tenant,
            domain,
            passwords: self.passwords,
            notes: self.notes,
        })
    }

    /// A new id for each old one; they sort as the old ones did.
    fn new_ids(&self, documents: &[Belonging]) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        let now = u64::try_from(self.office.now().unix_ms()).unwrap_or_default();
        let count = u64::try_from(documents.len()).unwrap_or_default();
        for (at, belonging) in (now.saturating_sub(count)..).zip(documents) {
            let random = self.office.mint(|_, random| random);
            let document = &belonging.document;
            let new = if document.kind == KindName::Tenant {
                self.tenant.to_string()
            } else {
                document.kind.with(NewId { at, random })
            };
            ids.insert(document.id.clone(), new);
        }
        ids.insert(self.title.tenant.to_string(), self.tenant.to_string());
        ids
    }

    /// The same document as a new one of the new company.
    fn renew(&self, document: &mut Document, ids: &BTreeMap<String, String>, now: WallTime) {
        exchange(&mut document.spec, ids);
        if let Some(id) = ids.get(&document.id) {
            document.id.clone_from(id);
        }
        document.owner = Owner::Tenant(self.tenant);
        document.revision = 1;
        document.created = now;
        document.updated = now;
    }

    fn renew_device(&mut self, belonging: &mut Belonging) -> Result<(), StoreError> {
        let mut trusted = None;
        rewrite::<Device>(&mut belonging.document, |device| {
            trusted = device.trusted_source.take();
        })?;
        if let Some(source) = trusted {
            let name = &belonging.document.name;
            self.notes.push(format!(
                "{name} is not trusted by the address {source}, which can be one device's only"
            ));
        }
        if self.suffix.is_some() || self.title.realm != self.office.realm() {
            let new = renew_password(self.office, belonging, self.suffix.as_deref())?;
            self.passwords.push(new);
        }
        Ok(())
    }
}

/// Puts new ids in the place of old ones, wherever a text is one.
fn exchange(value: &mut Value, ids: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = ids.get(text) {
                text.clone_from(new);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| exchange(item, ids)),
        Value::Object(members) => members.values_mut().for_each(|item| exchange(item, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

struct NewId {
    at: u64,
    random: u128,
}

impl ForKind for NewId {
    type Output = String;

    fn run<K: Kind>(self) -> String {
        K::new_id(self.at, self.random).to_string()
    }
}
