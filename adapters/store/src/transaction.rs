//! What a change does, step by step, over whatever tables a store has.

use domain::{
    AuditEntry, Change as Kind, Document, Event, Facets, FeedEntry, Invalid, KindName, Reference,
    UniqueKey, Version, facets,
};
use ids::{AuditId, TenantId};
use ports::{
    Change, Committed, OPERATIONS_MAX, Operation, SecretChange, StoreError, Write, Written,
};
use tenancy::Actor;

/// Those who refer, named in a refusal to delete.
const USERS_NAMED: usize = 20;

/// Who holds a unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) tenant: TenantId,
    pub(crate) kind: KindName,
    pub(crate) id: String,
}

/// The steps of which a change consists. All of them belong to one transaction, which the
/// implementation undoes when the change fails.
pub(crate) trait Tables {
    fn document(
        &mut self,
        tenant: TenantId,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Document>, StoreError>;
    fn key_holder(
        &mut self,
        tenant: TenantId,
        key: &UniqueKey,
    ) -> Result<Option<Holder>, StoreError>;
    fn referrers(
        &mut self,
        tenant: TenantId,
        kind: KindName,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError>;
    /// Whether the tenant has documents besides its own; names some.
    fn inhabitants(&mut self, tenant: TenantId, limit: usize)
    -> Result<Vec<Reference>, StoreError>;
    fn put(
        &mut self,
        document: &Document,
        facets: &Facets,
        secret: SecretChange,
        new: bool,
    ) -> Result<(), StoreError>;
    fn delete(&mut self, tenant: TenantId, kind: KindName, id: &str) -> Result<(), StoreError>;
    fn add_version(&mut self, version: &Version) -> Result<(), StoreError>;
    fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// Adds to the feed and gives the cursor; the entry's own cursor is ignored.
    fn add_feed(&mut self, entry: &FeedEntry) -> Result<u64, StoreError>;
    fn cursor(&mut self) -> Result<u64, StoreError>;
    /// Tells the tenant's programs.
    fn add_event(&mut self, event: &Event) -> Result<(), StoreError>;
}

/// On whose documents a change works.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// One tenant's documents, but not its own.
    Inside(TenantId),
    /// Tenants' own documents.
    Tenants,
}

/// Carries out a change. On an error nothing of it may remain.
pub(crate) fn carry_out(
    tables: &mut impl Tables,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Committed, StoreError> {
    if change.operations.len() > OPERATIONS_MAX {
        return Err(StoreError::TooLarge {
            limit: OPERATIONS_MAX,
        });
    }
    let mut written = Vec::with_capacity(change.operations.len());
    let mut cursor = tables.cursor()?;
    for (index, operation) in change.operations.iter().enumerate() {
        let mut step = Step {
            tables,
            reach,
            actor,
            change,
            index,
        };
        let (result, at) = match operation {
            Operation::Create(write) => step.create(write)?,
            Operation::Replace {
                write,
                expected_revision,
            } => step.replace(write, *expected_revision)?,
            Operation::Delete {
                kind,
                id,
                expected_revision,
            } => step.delete(*kind, id, *expected_revision)?,
        };
        cursor = at;
        written.push(result);
    }
    Ok(Committed { written, cursor })
}

struct Step<'a, T> {
    tables: &'a mut T,
    reach: Reach,
    actor: Actor,
    change: &'a Change,
    index: usize,
}

/// A document before and after, for the facts that a step leaves.
struct Trace<'a> {
    kind: Kind,
    secret: bool,
    before: Option<&'a Document>,
    now: &'a Document,
}

impl<T: Tables> Step<'_, T> {
    fn create(&mut self, write: &Write) -> Result<(Written, u64), StoreError> {
        let mut document = write.document.clone();
        let tenant = self.owner(document.kind, &document.id)?;
        self.check_owner(&document, tenant)?;
        let facets = facets(&document)?;
        if self
            .tables
            .document(tenant, document.kind, &document.id)?
            .is_some()
        {
            let space = document.kind.as_str().to_owned();
            return Err(StoreError::Conflict {
                space,
                key: document.id,
            });
        }
        document.revision = 1;
        document.created = self.change.at;
        document.updated = self.change.at;
        self.check_links(&document, &facets)?;
        self.tables.put(&document, &facets, write.secret, true)?;
        let secret = write.secret != SecretChange::Keep;
        let trace = Trace {
            kind: Kind::Created,
            secret,
            before: None,
            now: &document,
        };
        let cursor = self.leave_facts(&trace)?;
        Ok((Written::Document(document), cursor))
    }

    fn replace(
        &mut self,
        write: &Write,
        expected: Option<u64>,
    ) -> Result<(Written, u64), StoreError> {
        let mut document = write.document.clone();
        let tenant = self.owner(document.kind, &document.id)?;
        let before = self.current(tenant, document.kind, &document.id, expected)?;
        self.check_owner(&document, tenant)?;
        let facets = facets(&document)?;
        document.revision = before.revision + 1;
        document.created = before.created;
        document.updated = self.change.at;
        self.check_links(&document, &facets)?;
        self.tables.put(&document, &facets, write.secret, false)?;
        let secret = write.secret != SecretChange::Keep;
        let trace = Trace {
            kind: Kind::Replaced,
            secret,
            before: Some(&before),
            now: &document,
        };
        let cursor = self.leave_facts(&trace)?;
        Ok((Written::Document(document), cursor))
    }

    fn delete(
        &mut self,
        kind: KindName,
        id: &str,
        expected: Option<u64>,
    ) -> Result<(Written, u64), StoreError> {
        let tenant = self.owner(kind, id)?;
        let before = self.current(tenant, kind, id, expected)?;
        let by = match self.reach {
            Reach::Inside(_) => self.tables.referrers(tenant, kind, id, USERS_NAMED)?,
            Reach::Tenants => self.tables.inhabitants(tenant, USERS_NAMED)?,
        };
        if !by.is_empty() {
            return Err(StoreError::InUse { by });
        }
        self.tables.delete(tenant, kind, id)?;
        let mut now = before.clone();
        now.revision += 1;
        now.updated = self.change.at;
        let trace = Trace {
            kind: Kind::Deleted,
            secret: false,
            before: Some(&before),
            now: &now,
        };
        let cursor = self.leave_facts(&trace)?;
        Ok((
            Written::Deleted {
                kind,
                id: id.to_owned(),
            },
            cursor,
        ))
    }

    /// The tenant on whose documents this step works; not found when the kind is out of reach.
    fn owner(&self, kind: KindName, id: &str) -> Result<TenantId, StoreError> {
        match (self.reach, kind) {
            (Reach::Inside(tenant), KindName::Extension | KindName::Device) => Ok(tenant),
            (Reach::Tenants, KindName::Tenant) => id.parse().map_err(|_| StoreError::NotFound),
            (Reach::Inside(_), KindName::Tenant)
            | (Reach::Tenants, KindName::Extension | KindName::Device) => Err(StoreError::NotFound),
        }
    }

    fn check_owner(&self, document: &Document, tenant: TenantId) -> Result<(), StoreError> {
        if document.tenant == tenant {
            return Ok(());
        }
        Err(Invalid::new("/tenant", "must be the tenant of the scope").into())
    }

    fn current(
        &mut self,
        tenant: TenantId,
        kind: KindName,
        id: &str,
        expected: Option<u64>,
    ) -> Result<Document, StoreError> {
        let found = self
            .tables
            .document(tenant, kind, id)?
            .ok_or(StoreError::NotFound)?;
        if expected.is_some_and(|revision| revision != found.revision) {
            return Err(StoreError::RevisionMismatch {
                current: found.revision,
            });
        }
        Ok(found)
    }

    fn check_links(&mut self, document: &Document, facets: &Facets) -> Result<(), StoreError> {
        for key in &facets.unique_keys {
            let holder = self.tables.key_holder(document.tenant, key)?;
            let mine = |h: &Holder| {
                h.tenant == document.tenant && h.kind == document.kind && h.id == document.id
            };
            if holder.is_some_and(|holder| !mine(&holder)) {
                let (space, key) = (key.space.to_owned(), key.key.clone());
                return Err(StoreError::Conflict { space, key });
            }
        }
        for reference in &facets.references {
            let target = self
                .tables
                .document(document.tenant, reference.kind, &reference.id)?;
            if target.is_none() {
                return Err(StoreError::Dangling(reference.clone()));
            }
        }
        Ok(())
    }

    fn leave_facts(&mut self, trace: &Trace<'_>) -> Result<u64, StoreError> {
        let now = trace.now;
        self.tables.add_version(&Version {
            revision: now.revision,
            change: trace.kind,
            at: self.change.at,
            actor: self.actor.to_string(),
            document: now.clone(),
        })?;
        let gone = trace.kind == Kind::Deleted;
        let index = u128::try_from(self.index).unwrap_or_default();
        let audit = AuditId::from_u128(self.change.audit.as_u128().wrapping_add(index));
        self.tables.add_audit(&AuditEntry {
            id: audit,
            tenant: Some(now.tenant),
            at: self.change.at,
            actor: self.actor.to_string(),
            action: action(now.kind, trace.kind, trace.secret),
            target: now.id.clone(),
            before: trace.before.map(|document| document.spec.clone()),
            after: (!gone).then(|| now.spec.clone()),
            request: self.change.request,
        })?;
        // nobody is left to be told that a tenant is gone
        if !(gone && now.kind == KindName::Tenant) {
            self.tables
                .add_event(&Event::of_change(now, trace.kind, audit))?;
        }
        self.tables.add_feed(&FeedEntry {
            cursor: 0,
            tenant: now.tenant,
            kind: now.kind,
            id: now.id.clone(),
            revision: now.revision,
            change: trace.kind,
        })
    }
}

fn action(kind: KindName, change: Kind, secret: bool) -> String {
    match (change, secret) {
        (Kind::Replaced, true) => format!("{kind}.secret_replaced"),
        (Kind::Created | Kind::Deleted, _) | (Kind::Replaced, false) => {
            format!("{kind}.{}", change.as_str())
        }
    }
}
