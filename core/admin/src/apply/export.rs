//! Taking a snapshot.

use std::collections::HashMap;

use domain::{Document, KindName, Place, Reseller, Tenant};
use ports::{Page, StoreError, locate_below};
use tenancy::{Account, AccountScope, Owner, Unresolved};

use super::names::{ABOVE, each_reference};
use super::order::Outline;
use super::snapshot::{Entry, Snapshot};
use crate::access;
use crate::office::Office;
use crate::reach::Reach;

/// How much is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Everything below the account.
    All,
    /// One reseller and everything below it, by id or name.
    Reseller(String),
    /// One tenant and everything in it, by id or domain.
    Tenant(String),
}

/// Takes a snapshot of what lies below an account. `told` hears after each tenant how many are
/// done and how many there are.
///
/// # Errors
/// `NotFound` when there is no such reseller or tenant below the account, else what the store
/// says.
pub async fn export(
    office: &Office,
    scope: &AccountScope,
    what: &What,
    mut told: impl FnMut(usize, usize),
) -> Result<Snapshot, StoreError> {
    let mut taker = Taker {
        office,
        scope,
        names: HashMap::new(),
        entries: Vec::new(),
    };
    let (resellers, tenants) = taker.within(what).await?;
    for reseller in &resellers {
        let name = reseller.name.clone();
        taker.names.insert(reseller.id.clone(), name);
    }
    if *what == What::All {
        taker.plans(scope, None).await?;
        taker.own(scope, None).await?;
    }
    for reseller in &resellers {
        let below = seller(office, scope, reseller.owner).await?;
        taker.plans(&below, Some(&reseller.name)).await?;
        taker.own(&below, Some(&reseller.name)).await?;
    }
    for reseller in resellers {
        taker.add(reseller, None).await?;
    }
    let all = tenants.len();
    for (done, tenant) in tenants.into_iter().enumerate() {
        taker.tenant(tenant).await?;
        told(done + 1, all);
    }
    Ok(Snapshot::of(in_order(taker.entries)))
}

/// Entries in an order that depends on nothing but what is in them.
fn in_order(taken: Vec<(Entry, String)>) -> Vec<Entry> {
    let (entries, names): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
    let mut outline = Outline::default();
    entries.iter().for_each(|entry| outline.add(entry));
    let ranks = outline.ranks();
    let mut ranked: Vec<_> = ranks.into_iter().zip(entries).zip(names).collect();
    ranked.sort_by(|((a_rank, a), a_name), ((b_rank, b), b_name)| {
        (a_rank, &a.within, a_name).cmp(&(b_rank, &b.within, b_name))
    });
    ranked.into_iter().map(|((_, entry), _)| entry).collect()
}

/// The scope of an account that is the scope's own or lies below it.
pub(super) async fn seller(
    office: &Office,
    scope: &AccountScope,
    owner: Owner,
) -> Result<AccountScope, StoreError> {
    if owner == scope.owner() {
        return Ok(scope.clone());
    }
    let reference = Unresolved::<Reseller>::new(owner.to_string());
    let (below, _) = locate_below(office.store(), scope, &reference).await?;
    scope.descend(below).ok_or(StoreError::NotFound)
}

/// All documents of a kind that a scope reaches, page after page.
pub(crate) async fn every(
    office: &Office,
    scope: &impl Reach,
    kind: KindName,
) -> Result<Vec<Document>, StoreError> {
    let (mut all, mut page) = (Vec::new(), Page::first(ports::PAGE_MAX));
    loop {
        let listing = scope.list(office.store(), kind, &page).await?;
        all.extend(listing.documents);
        match listing.next {
            Some(next) => page = page.after(next),
            None => return Ok(all),
        }
    }
}

struct Taker<'a> {
    office: &'a Office,
    scope: &'a AccountScope,
    /// Names of accounts, plans and the present tenant's documents, by their ids.
    names: HashMap<String, String>,
    /// Entries with their natural keys.
    entries: Vec<(Entry, String)>,
}

impl Taker<'_> {
    /// The resellers and the tenants that are taken.
    async fn within(&self, what: &What) -> Result<(Vec<Document>, Vec<Document>), StoreError> {
        let store = self.office.store();
        let (scope, mut resellers) = match what {
            What::All => (self.scope.clone(), Vec::new()),
            What::Tenant(name) => {
                let found = store.get_below(self.scope, KindName::Tenant, name).await?;
                return Ok((Vec::new(), vec![found.ok_or(StoreError::NotFound)?]));
            }
            What::Reseller(name) => {
                let found = store
                    .get_below(self.scope, KindName::Reseller, name)
                    .await?;
                let found = found.ok_or(StoreError::NotFound)?;
                (
                    seller(self.office, self.scope, found.owner).await?,
                    vec![found],
                )
            }
        };
        resellers.extend(every(self.office, &scope, KindName::Reseller).await?);
        Ok((
            resellers,
            every(self.office, &scope, KindName::Tenant).await?,
        ))
    }

    /// An account's own plans.
    async fn plans(
        &mut self,
        seller: &AccountScope,
        within: Option<&str>,
    ) -> Result<(), StoreError> {
        for plan in every(self.office, seller, KindName::Plan).await? {
            self.names.insert(plan.id.clone(), plan.name.clone());
            if plan.owner == seller.owner() {
                self.add(plan, within).await?;
            }
        }
        Ok(())
    }

    /// What an account has of the kinds that everybody may have, and its numbers.
    async fn own(&mut self, seller: &AccountScope, within: Option<&str>) -> Result<(), StoreError> {
        let kinds = KindName::ALL.into_iter();
        let own = |kind: &KindName| kind.place() == Place::Anywhere || *kind == KindName::Number;
        for kind in kinds.filter(own) {
            for document in every(self.office, seller, kind).await? {
                self.names
                    .insert(document.id.clone(), document.name.clone());
                self.add(document, within).await?;
            }
        }
        Ok(())
    }

    async fn tenant(&mut self, own: Document) -> Result<(), StoreError> {
        let domain = own.name.clone();
        let reference = Unresolved::<Tenant>::new(own.id.clone());
        let entered = access::visit(self.office, self.scope, &reference).await?;
        self.add(own, None).await?;
        let inside = KindName::ALL.into_iter();
        for kind in inside.filter(|kind| kind.place().is_in_tenants()) {
            for document in every(self.office, &entered.scope, kind).await? {
                self.names
                    .insert(document.id.clone(), document.name.clone());
                self.add(document, Some(&domain)).await?;
            }
        }
        Ok(())
    }

    async fn add(&mut self, document: Document, within: Option<&str>) -> Result<(), StoreError> {
        let facets = domain::facets(&document)?;
        let mut spec = document.spec;
        for reference in &facets.references {
            self.learn(reference.kind, &reference.id, facets.parent)
                .await?;
        }
        each_reference(document.kind, &mut spec, |_, kind, id| {
            let own = self.scope.owner().to_string();
            if kind == KindName::Reseller && id == own {
                return Ok::<_, StoreError>(None);
            }
            let name = self.names.get(&name_key(kind, id, facets.parent));
            Ok(Some(name.cloned().unwrap_or_else(|| id.to_owned())))
        })?;
        let entry = Entry {
            kind: document.kind,
            within: within.map(str::to_owned),
            spec,
        };
        self.entries.push((entry, document.name));
        Ok(())
    }

    /// Looks the name of an account or a plan up, unless it is known.
    async fn learn(
        &mut self,
        kind: KindName,
        id: &str,
        parent: Option<Account>,
    ) -> Result<(), StoreError> {
        let key = name_key(kind, id, parent);
        let inside = kind.place().is_in_tenants();
        if inside || self.names.contains_key(&key) {
            return Ok(());
        }
        let store = self.office.store();
        let name = match (kind, parent) {
            (KindName::Plan, Some(parent)) => {
                let seller = seller(self.office, self.scope, parent.into()).await?;
                let plan = store.get_below(&seller, kind, id).await?;
                plan.map(|plan| {
                    let own = plan.owner == Owner::Account(parent);
                    format!("{}{}", if own { "" } else { ABOVE }, plan.name)
                })
            }
            (_, _) => store.get_below(self.scope, kind, id).await?.map(|d| d.name),
        };
        if let Some(name) = name {
            self.names.insert(key, name);
        }
        Ok(())
    }
}

/// Under what a name is known: a plan is called otherwise by those whom it was granted.
fn name_key(kind: KindName, id: &str, seller: Option<Account>) -> String {
    match (kind, seller) {
        (KindName::Plan, Some(seller)) => format!("{id} sold by {seller}"),
        (_, _) => id.to_owned(),
    }
}
