//! What is there already, and what an earlier step has made: by name.

use std::collections::{HashMap, HashSet};

use domain::{Document, Invalid, KindName, Place, Tenant};
use ids::TenantId;
use ports::StoreError;
use serde_json::Value;
use tenancy::{Account, AccountScope, Owner, Unresolved};

use super::export::{every, seller};
use super::names::ABOVE;
use super::snapshot::Entry;
use crate::access;
use crate::lines;
use crate::office::Office;

/// What is in companies, by kind and name.
type Inside = HashMap<TenantId, HashMap<(KindName, String), Document>>;

/// A document by whose it is, its kind and its name.
type Address = (Owner, KindName, String);

/// The documents that steps may refer to.
pub(super) struct Existing<'a> {
    office: &'a Office,
    scope: &'a AccountScope,
    /// Documents of accounts, and tenants' own, as they were found or as steps leave them.
    found: HashMap<Address, Option<Document>>,
    /// The tenant at hand, and its documents as they were found or as steps leave them.
    inside: (Option<TenantId>, HashMap<(KindName, String), Document>),
    /// Owners that an earlier step has made: nothing of theirs is in the store yet.
    fresh: HashSet<Owner>,
    /// Ids of plans, by the account that sells them and what it calls them.
    plans: HashMap<(Account, String), String>,
    sellers: HashSet<Account>,
    /// What is in new companies that were left, where that is kept.
    left: Option<Inside>,
    /// Trunks of accounts in the snapshot, by a tenant with which they are shared and by name.
    given: HashMap<(TenantId, String), String>,
}

impl<'a> Existing<'a> {
    pub(super) fn new(office: &'a Office, scope: &'a AccountScope) -> Existing<'a> {
        Existing {
            office,
            scope,
            found: HashMap::new(),
            fresh: HashSet::new(),
            inside: (None, HashMap::new()),
            plans: HashMap::new(),
            sellers: HashSet::new(),
            left: None,
            given: HashMap::new(),
        }
    }

    /// Keeps what is in new companies after they were left: for a plan, which makes none of them
    /// durable, of a snapshot that comes back to them.
    pub(super) fn keep_new(&mut self, keep: bool) {
        self.left = keep.then(HashMap::new);
    }

    /// Whose an entry is; `None` for one that is its own owner.
    pub(super) async fn owner(&mut self, entry: &Entry) -> Result<Option<Owner>, StoreError> {
        let kind = match entry.kind.place() {
            Place::Itself => return Ok(None),
            Place::Account => KindName::Reseller,
            Place::Tenant => KindName::Tenant,
            Place::Anywhere => match &entry.within {
                Some(name) if self.itself(KindName::Tenant, name).await?.is_some() => {
                    KindName::Tenant
                }
                Some(_) | None => KindName::Reseller,
            },
        };
        match (&entry.within, kind) {
            (Some(name), kind) => match self.itself(kind, name).await? {
                Some(document) => Ok(Some(document.owner)),
                None => Err(Invalid::new("/in", format!("there is no {kind} {name}")).into()),
            },
            (None, KindName::Tenant) => Err(Invalid::new("/in", "must name the tenant").into()),
            (None, _) => Ok(Some(self.scope.owner())),
        }
    }

    /// The document of this kind and name with this owner.
    pub(super) async fn named(
        &mut self,
        owner: Option<Owner>,
        kind: KindName,
        name: &str,
    ) -> Result<Option<Document>, StoreError> {
        let Some(owner) = owner else {
            return self.itself(kind, name).await;
        };
        if let Owner::Tenant(tenant) = owner {
            self.enter(tenant).await?;
            return Ok(self.inside.1.get(&(kind, name.to_owned())).cloned());
        }
        let place = (owner, kind, name.to_owned());
        if let Some(found) = self.found.get(&place) {
            return Ok(found.clone());
        }
        if self.fresh.contains(&owner) {
            return Ok(None);
        }
        let below = seller(self.office, self.scope, owner).await?;
        let found = self.office.store().get_below(&below, kind, name).await?;
        let found = found.filter(|document| document.owner == owner);
        self.found.insert(place, found.clone());
        Ok(found)
    }

    async fn itself(&mut self, kind: KindName, name: &str) -> Result<Option<Document>, StoreError> {
        let place = (Owner::PLATFORM, kind, name.to_owned());
        if let Some(found) = self.found.get(&place) {
            return Ok(found.clone());
        }
        let found = self
            .office
            .store()
            .get_below(self.scope, kind, name)
            .await?;
        self.found.insert(place, found.clone());
        Ok(found)
    }

    /// Turns to a tenant, and reads all its documents when it is there.
    async fn enter(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        if self.inside.0 == Some(tenant) {
            return Ok(());
        }
        let new = self.fresh.contains(&tenant.into());
        let known = self.left.as_mut().and_then(|left| left.remove(&tenant));
        let inside = (Some(tenant), known.unwrap_or_default());
        let (before, held) = std::mem::replace(&mut self.inside, inside);
        if let (Some(left), Some(before)) = (&mut self.left, before)
            && self.fresh.contains(&before.into())
        {
            left.insert(before, held);
        }
        if new {
            return Ok(());
        }
        let reference = Unresolved::<Tenant>::new(tenant.to_string());
        let entered = access::visit(self.office, self.scope, &reference).await?;
        let kinds = KindName::ALL.into_iter();
        for kind in kinds.filter(|kind| kind.place().is_in_tenants()) {
            for document in every(self.office, &entered.scope, kind).await? {
                let name = document.name.clone();
                self.inside.1.insert((kind, name), document);
            }
        }
        Ok(())
    }

    /// Leaves the company at hand: nothing of another refers to it, so nothing of it is remembered.
    pub(super) fn leave(&mut self) {
        if self.inside.0.take().is_some() {
            self.inside.1.clear();
        }
        self.found
            .retain(|(_, kind, _), _| *kind != KindName::Tenant);
        self.fresh.retain(|owner| owner.tenant().is_none());
    }

    /// States how a step leaves a document.
    pub(super) fn put(&mut self, document: Document, new: bool) {
        if document.kind.place().is_in_tenants() && document.owner.tenant().is_some() {
            let name = document.name.clone();
            self.inside.1.insert((document.kind, name), document);
            return;
        }
        let itself = document.kind.place() == Place::Itself;
        let key = if itself {
            Owner::PLATFORM
        } else {
            document.owner
        };
        if itself && new {
            self.fresh.insert(document.owner);
        }
        if let (KindName::Plan, Owner::Account(account)) = (document.kind, document.owner) {
            let called = (account, document.name.clone());
            self.plans.insert(called, document.id.clone());
        }
        if let (KindName::Trunk, Some(_)) = (document.kind, document.owner.account()) {
            self.give(&document);
        }
        let place = (key, document.kind, document.name.clone());
        self.found.insert(place, Some(document));
    }

    /// The id of what a text refers to: an id, or a name that `owner` or `seller` understands.
    pub(super) async fn id_of(
        &mut self,
        kind: KindName,
        text: &str,
        owner: Option<Owner>,
        seller: Account,
    ) -> Result<Option<String>, StoreError> {
        if kind.is_id(text) {
            return Ok(Some(text.to_owned()));
        }
        match kind.place() {
            Place::Itself => Ok(self.itself(kind, text).await?.map(|document| document.id)),
            Place::Tenant | Place::Anywhere => {
                let own = self.named(owner, kind, text).await?;
                if let (None, KindName::Trunk) = (&own, kind) {
                    return self.shared_trunk(owner, text).await;
                }
                Ok(own.map(|document| document.id))
            }
            Place::Account => {
                self.read_plans(seller).await?;
                Ok(self.plans.get(&(seller, text.to_owned())).cloned())
            }
        }
    }

    /// A trunk of that name that is shared with a tenant; `None` when there is none, or more than
    /// one.
    async fn shared_trunk(
        &mut self,
        owner: Option<Owner>,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let Some(tenant) = owner.and_then(Owner::tenant) else {
            return Ok(None);
        };
        if let Some(given) = self.given.get(&(tenant, name.to_owned())) {
            return Ok(Some(given.clone()));
        }
        if self.fresh.contains(&tenant.into()) {
            return Ok(None);
        }
        let reference = Unresolved::<Tenant>::new(tenant.to_string());
        let entered = access::visit(self.office, self.scope, &reference).await?;
        lines::shared_trunk(self.office.store(), &entered.scope, name).await
    }

    /// Remembers with whom an account's trunk is shared.
    fn give(&mut self, trunk: &Document) {
        let shared = trunk.spec.get("shared_with").and_then(Value::as_array);
        let shared = shared.into_iter().flatten().filter_map(Value::as_str);
        for tenant in shared.filter_map(|id| id.parse::<TenantId>().ok()) {
            let place = (tenant, trunk.name.clone());
            self.given.insert(place, trunk.id.clone());
        }
    }

    /// Reads which plans an account sells and what it calls them.
    async fn read_plans(&mut self, account: Account) -> Result<(), StoreError> {
        if self.fresh.contains(&account.into()) || !self.sellers.insert(account) {
            return Ok(());
        }
        let below = seller(self.office, self.scope, account.into()).await?;
        for plan in every(self.office, &below, KindName::Plan).await? {
            let own = plan.owner == Owner::Account(account);
            let called = format!("{}{}", if own { "" } else { ABOVE }, plan.name);
            self.plans.entry((account, called)).or_insert(plan.id);
        }
        Ok(())
    }

    /// States which plans of its parent a reseller may sell from now on.
    pub(super) fn grant(&mut self, reseller: Account, parent: Account, plans: &[String]) {
        let known: Vec<(String, String)> = self
            .plans
            .iter()
            .filter(|((account, _), id)| *account == parent && plans.contains(id))
            .map(|((_, called), id)| (called.clone(), id.clone()))
            .collect();
        for (called, id) in known {
            let bare = called.strip_prefix(ABOVE).unwrap_or(&called);
            self.plans.insert((reseller, format!("{ABOVE}{bare}")), id);
        }
    }
}
