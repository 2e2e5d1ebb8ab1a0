//! Tenants as a running exchange loads them: many with a few statements, so that a start takes as
//! long as their documents are, however far the server is.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{
    CompiledTenant, Credentials, Directory, Document, KindName, LineParts, Plan, Resource, Tenant,
    TenantParts,
};
use ids::{PlanId, TenantId};
use ports::StoreError;

use super::lines::{self, Gifts};
use super::readers::Snapshot;
use super::vault::OwnerKey;
use super::{documents, feed, lists, tenants};

/// All documents of these tenants, with digests opened, in the order of their ids; who does not
/// exist is left out.
pub(super) fn parts(
    snapshot: &Snapshot<'_>,
    tenants: &[TenantId],
) -> Result<Vec<TenantParts>, StoreError> {
    let cursor = feed::cursor(snapshot.sql)?;
    let mut loader = Loader {
        snapshot,
        cursor,
        plans: HashMap::new(),
    };
    let mut loaded = Vec::with_capacity(tenants.len());
    for some in tenants.chunks(lists::MOST) {
        loader.load(some, &mut loaded)?;
    }
    Ok(loaded)
}

/// Names of all tenants and devices, and the feed's cursor at that moment.
pub(super) fn directory(snapshot: &Snapshot<'_>) -> Result<(Directory, u64), StoreError> {
    let mut directory = Directory::new();
    for parts in parts(snapshot, &tenants::ids(snapshot.sql)?)? {
        directory.replace(&Arc::new(CompiledTenant::compile(parts)));
    }
    Ok((directory, feed::cursor(snapshot.sql)?))
}

struct Loader<'a> {
    snapshot: &'a Snapshot<'a>,
    cursor: u64,
    /// Plans that were read already.
    plans: HashMap<PlanId, Option<Resource<Plan>>>,
}

impl Loader<'_> {
    fn load(
        &mut self,
        tenants: &[TenantId],
        loaded: &mut Vec<TenantParts>,
    ) -> Result<(), StoreError> {
        let owners: Vec<String> = tenants.iter().map(ToString::to_string).collect();
        let keys = self.snapshot.vault.keys(self.snapshot.sql, &owners)?;
        let mut gifts = Gifts::read(self.snapshot, &owners)?;
        let mut rows = documents::compiled(self.snapshot.sql, &owners)?
            .into_iter()
            .peekable();
        while let Some((first, _)) = rows.peek() {
            let owner = first.owner;
            let mut own = Vec::new();
            while let Some(row) = rows.next_if(|(document, _)| document.owner == owner) {
                own.push(row);
            }
            let mut found = self.tenant(keys.get(&owner), own)?;
            if let Some(parts) = &mut found {
                gifts.give(owner, &mut parts.lines)?;
            }
            loaded.extend(found);
        }
        Ok(())
    }

    fn tenant(
        &mut self,
        key: Option<&OwnerKey>,
        rows: Vec<(Document, Option<Vec<u8>>)>,
    ) -> Result<Option<TenantParts>, StoreError> {
        let mut tenant: Option<Resource<Tenant>> = None;
        let (mut extensions, mut devices) = (Vec::new(), Vec::new());
        let mut lines = LineParts::default();
        for (document, sealed) in rows {
            let kind = document.kind;
            if kind == KindName::Tenant {
                tenant = Some(document.try_into()?);
            } else if kind == KindName::Extension {
                extensions.push(document.try_into()?);
            } else if kind == KindName::Device {
                let credentials = opened(key, &document, sealed)?;
                devices.push((document.try_into()?, credentials));
            } else {
                lines::add(&mut lines, key, document, sealed)?;
            }
        }
        let Some(tenant) = tenant else {
            return Ok(None);
        };
        Ok(Some(TenantParts {
            plan: self.plan(tenant.spec.plan)?,
            tenant,
            extensions,
            devices,
            lines,
            cursor: self.cursor,
        }))
    }

    fn plan(&mut self, id: Option<PlanId>) -> Result<Option<Resource<Plan>>, StoreError> {
        let Some(id) = id else {
            return Ok(None);
        };
        if let Some(known) = self.plans.get(&id) {
            return Ok(known.clone());
        }
        let plan = tenants::plan(self.snapshot.sql, Some(id))?;
        let plan = plan.map(Resource::try_from).transpose()?;
        self.plans.insert(id, plan.clone());
        Ok(plan)
    }
}

fn opened(
    key: Option<&OwnerKey>,
    document: &Document,
    sealed: Option<Vec<u8>>,
) -> Result<Option<Credentials>, StoreError> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let key = key.ok_or_else(|| super::vault::without_key(document.owner))?;
    key.open(document.kind, &document.id, &sealed).map(Some)
}
