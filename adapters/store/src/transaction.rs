//! What a change does, step by step, over whatever tables a store has.

mod account;
mod arrive;
mod lines;
mod quota;

pub(crate) use quota::check_keys;

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{
    AuditEntry, Change as Kind, Document, Event, Facets, FeedEntry, Invalid, KindName, Place,
    Reference, Referrer, UniqueKey, Version, facets,
};
use ids::{AuditId, TenantId};
use ports::{
    Change, Committed, Fault, OPERATIONS_MAX, Operation, PARTS_OPERATIONS_MAX, Part, SecretChange,
    StoreError, Write, Written,
};
use tenancy::{Account, Actor, Owner};

pub(crate) use arrive::{Arrivals, arrive};

/// Those who refer, named in a refusal to delete.
pub(crate) const USERS_NAMED: usize = 20;

/// How many of all are not among those named.
pub(crate) fn beyond(all: u64, named: usize) -> u64 {
    all.saturating_sub(u64::try_from(named).unwrap_or(u64::MAX))
}

/// Who holds a unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) owner: Owner,
    pub(crate) kind: KindName,
    pub(crate) id: String,
}

/// What a document states, with the owner of each document that it refers to.
pub(crate) struct Links<'a> {
    pub(crate) facets: &'a Facets,
    /// In the order of `facets.references`.
    pub(crate) targets: Vec<Owner>,
}

/// The steps of which a change consists. All of them belong to one transaction, which the
/// implementation undoes when the change fails.
pub(crate) trait Tables {
    fn document(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Document>, StoreError>;
    /// Who owns the document of a kind whose ids are taken once on the platform: a plan, whose id
    /// is what those go by it was granted to, or a person, whom logins and links name alone.
    fn owner_of(&mut self, kind: KindName, id: &str) -> Result<Option<Owner>, StoreError>;
    fn key_holder(&mut self, owner: Owner, key: &UniqueKey) -> Result<Option<Holder>, StoreError>;
    /// The first of those who refer to a document, whoever owns them.
    fn referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Referrer>, StoreError>;
    /// How many refer to a document.
    fn count_referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<u64, StoreError>;
    /// Whether the owner has documents besides its own; names some.
    fn inhabitants(&mut self, owner: Owner, limit: usize) -> Result<Vec<Referrer>, StoreError>;
    /// How many documents of a kind an owner has.
    fn count(&mut self, owner: Owner, kind: KindName) -> Result<u64, StoreError>;
    /// How many resellers or tenants lie below an account.
    fn count_below(&mut self, account: Account, kind: KindName) -> Result<u64, StoreError>;
    fn put(
        &mut self,
        document: &Document,
        links: &Links<'_>,
        secret: &SecretChange,
        new: bool,
    ) -> Result<(), StoreError>;
    fn delete(&mut self, owner: Owner, kind: KindName, id: &str) -> Result<(), StoreError>;
    fn add_version(&mut self, version: &Version) -> Result<(), StoreError>;
    fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// Adds to the feed and gives the cursor; the entry's own cursor is ignored.
    fn add_feed(&mut self, entry: &FeedEntry) -> Result<u64, StoreError>;
    fn cursor(&mut self) -> Result<u64, StoreError>;
    /// Tells the tenants' programs.
    fn add_events(&mut self, events: Vec<Event>) -> Result<(), StoreError>;
}

/// On whose documents a change works.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// One tenant's documents, but not its own.
    Inside(TenantId),
    /// An account's plans, and the resellers and tenants below it.
    Below(Account),
}

/// How many operations the parts of a change have.
pub(crate) fn operations_of(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.change.operations.len()).sum()
}

/// Carries out changes of several owners, and counts the operations that went well. On an error
/// nothing of them may remain.
pub(crate) fn carry_out_parts(
    tables: &mut impl Tables,
    account: Account,
    actor: Actor,
    parts: &[Part],
    done: &AtomicUsize,
) -> Result<Vec<Committed>, StoreError> {
    done.store(0, Ordering::Relaxed);
    StoreError::at_most(operations_of(parts), PARTS_OPERATIONS_MAX)?;
    let (mut committed, mut events) = (Vec::with_capacity(parts.len()), Vec::new());
    for part in parts {
        if !account::commands(tables, account, part.owner)? {
            return Err(StoreError::NotFound);
        }
        let reach = match part.owner {
            Owner::Account(account) => Reach::Below(account),
            Owner::Tenant(tenant) => Reach::Inside(tenant),
        };
        let by = (reach, actor);
        committed.push(counted(tables, by, &part.change, &mut events, done)?);
    }
    tables.add_events(events)?;
    Ok(committed)
}

/// Carries out a change. On an error nothing of it may remain.
pub(crate) fn carry_out(
    tables: &mut impl Tables,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Committed, StoreError> {
    let (mut events, done) = (Vec::new(), AtomicUsize::new(0));
    let committed = counted(tables, (reach, actor), change, &mut events, &done)?;
    tables.add_events(events)?;
    Ok(committed)
}

/// The events are left to be added, for many are added at the price of one.
fn counted(
    tables: &mut impl Tables,
    (reach, actor): (Reach, Actor),
    change: &Change,
    events: &mut Vec<Event>,
    done: &AtomicUsize,
) -> Result<Committed, StoreError> {
    check_size(change)?;
    let mut written = Vec::with_capacity(change.operations.len());
    let mut cursor = tables.cursor()?;
    for (index, operation) in change.operations.iter().enumerate() {
        let mut step = Step {
            tables,
            reach,
            actor,
            change,
            index,
            events,
        };
        let (result, at) = step.take(operation)?;
        cursor = at;
        written.push(result);
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(Committed { written, cursor })
}

/// Tries each operation of a change, those that are refused left out; the caller undoes it all.
/// An operation is refused before it writes anything, so one that is leaves nothing behind.
pub(crate) fn rehearse(
    tables: &mut impl Tables,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Vec<Option<StoreError>>, StoreError> {
    check_size(change)?;
    let mut refused = Vec::with_capacity(change.operations.len());
    for (index, operation) in change.operations.iter().enumerate() {
        let mut step = Step {
            tables,
            reach,
            actor,
            change,
            index,
            events: &mut Vec::new(),
        };
        match step.take(operation) {
            Ok(_) => refused.push(None),
            Err(error) if error.whose_fault() == Fault::Asker => refused.push(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}

fn check_size(change: &Change) -> Result<(), StoreError> {
    StoreError::at_most(change.operations.len(), OPERATIONS_MAX)
}

struct Step<'a, T> {
    tables: &'a mut T,
    reach: Reach,
    actor: Actor,
    change: &'a Change,
    index: usize,
    /// What is to be told of all steps.
    events: &'a mut Vec<Event>,
}

/// A document before and after, for the facts that a step leaves.
struct Trace<'a> {
    kind: Kind,
    secret: bool,
    before: Option<&'a Document>,
    now: &'a Document,
}

impl<T: Tables> Step<'_, T> {
    fn take(&mut self, operation: &Operation) -> Result<(Written, u64), StoreError> {
        match operation {
            Operation::Create(write) => self.create(write),
            Operation::Replace {
                write,
                expected_revision,
            } => self.replace(write, *expected_revision),
            Operation::Delete {
                kind,
                id,
                expected_revision,
            } => self.delete(*kind, id, *expected_revision),
        }
    }

    fn create(&mut self, write: &Write) -> Result<(Written, u64), StoreError> {
        let mut document = write.document.clone();
        let owner = self.owner(document.kind, &document.id)?;
        self.check_owner(&document, owner)?;
        let facets = facets(&document)?;
        let id = &document.id;
        let known = self.tables.document(owner, document.kind, id)?.is_some()
            || is_found_by_id_alone(document.kind)
                && self.tables.owner_of(document.kind, id)?.is_some();
        if known {
            let space = document.kind.as_str().to_owned();
            return Err(StoreError::Conflict {
                space,
                key: document.id,
            });
        }
        document.revision = 1;
        document.created = self.change.at;
        document.updated = self.change.at;
        self.check_place(&facets)?;
        quota::check(self.tables, self.reach, document.kind, &facets)?;
        let links = self.links(&document, &facets, None)?;
        self.tables.put(&document, &links, &write.secret, true)?;
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
        let owner = self.owner(document.kind, &document.id)?;
        let before = self.current(owner, document.kind, &document.id, expected)?;
        self.check_owner(&document, owner)?;
        let facets = facets(&document)?;
        document.revision = before.revision + 1;
        document.created = before.created;
        document.updated = self.change.at;
        self.check_move(&before, &document, &facets)?;
        let links = self.links(&document, &facets, Some(&before))?;
        self.tables.put(&document, &links, &write.secret, false)?;
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
        let owner = self.owner(kind, id)?;
        let before = self.current(owner, kind, id, expected)?;
        if self.is_own(&before) {
            return Err(StoreError::NotFound);
        }
        self.check_unused(owner, kind, id)?;
        self.tables.delete(owner, kind, id)?;
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

    /// Refuses to delete what others refer to, or in what others lie.
    fn check_unused(&mut self, owner: Owner, kind: KindName, id: &str) -> Result<(), StoreError> {
        let mut by = self.tables.referrers(owner, kind, id, USERS_NAMED)?;
        let itself = kind.place() == Place::Itself;
        if itself && by.len() < USERS_NAMED {
            by.extend(self.tables.inhabitants(owner, USERS_NAMED - by.len())?);
        }
        if by.is_empty() {
            return Ok(());
        }
        let mut all = self.tables.count_referrers(owner, kind, id)?;
        let others = KindName::ALL.into_iter();
        for kind in others.filter(|kind| itself && kind.place() != Place::Itself) {
            all += self.tables.count(owner, kind)?;
        }
        let more = beyond(all, by.len());
        Err(StoreError::InUse { by, more })
    }

    /// Whose documents this step works on; not found when the kind is out of reach.
    fn owner(&self, kind: KindName, id: &str) -> Result<Owner, StoreError> {
        match (self.reach, kind.place()) {
            (Reach::Inside(tenant), Place::Tenant | Place::Anywhere) => Ok(tenant.into()),
            (Reach::Below(account), Place::Account | Place::Anywhere) => Ok(account.into()),
            (Reach::Below(_), Place::Itself) => kind.itself(id).ok_or(StoreError::NotFound),
            (Reach::Inside(_), Place::Account | Place::Itself)
            | (Reach::Below(_), Place::Tenant) => Err(StoreError::NotFound),
        }
    }

    fn check_owner(&self, document: &Document, owner: Owner) -> Result<(), StoreError> {
        if document.owner == owner {
            return Ok(());
        }
        Err(Invalid::new("/owner", "must be the owner that the scope works for").into())
    }

    /// The document as it is. What does not lie below the account is not there.
    fn current(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
        expected: Option<u64>,
    ) -> Result<Document, StoreError> {
        let found = self
            .tables
            .document(owner, kind, id)?
            .ok_or(StoreError::NotFound)?;
        if let (Reach::Below(account), Place::Itself) = (self.reach, kind.place())
            && !self.is_own(&found)
            && !account::lies_below(self.tables, &found, account)?
        {
            return Err(StoreError::NotFound);
        }
        if expected.is_some_and(|revision| revision != found.revision) {
            return Err(StoreError::RevisionMismatch {
                current: found.revision,
            });
        }
        Ok(found)
    }

    /// Whether a document is that of the very account that acts.
    fn is_own(&self, document: &Document) -> bool {
        match self.reach {
            Reach::Inside(_) => false,
            Reach::Below(account) => {
                document.kind == KindName::Reseller && document.owner == Owner::Account(account)
            }
        }
    }

    /// A document that is its own owner must lie below the account that makes it.
    fn check_place(&mut self, facets: &Facets) -> Result<(), StoreError> {
        let (Reach::Below(account), Some(parent)) = (self.reach, facets.parent) else {
            return Ok(());
        };
        account::check_parent(self.tables, account, parent, facets)
    }

    /// A document may be moved below the account; an account changes no more of itself than how
    /// it looks.
    fn check_move(
        &mut self,
        before: &Document,
        now: &Document,
        facets: &Facets,
    ) -> Result<(), StoreError> {
        if self.is_own(before) {
            return account::check_own(before, now);
        }
        self.check_place(facets)?;
        if now.kind == KindName::Reseller {
            account::check_no_circle(self.tables, now, facets)?;
        }
        quota::check_move(self.tables, before, facets)
    }

    fn links<'f>(
        &mut self,
        document: &Document,
        facets: &'f Facets,
        before: Option<&Document>,
    ) -> Result<Links<'f>, StoreError> {
        for key in &facets.unique_keys {
            let holder = self.tables.key_holder(document.owner, key)?;
            let mine = |h: &Holder| {
                h.owner == document.owner && h.kind == document.kind && h.id == document.id
            };
            if holder.is_some_and(|holder| !mine(&holder)) {
                let (space, key) = (key.space.to_owned(), key.key.clone());
                return Err(StoreError::Conflict { space, key });
            }
        }
        let known = match before {
            Some(before) => domain::facets(before)?.references,
            None => Vec::new(),
        };
        let mut targets = Vec::with_capacity(facets.references.len());
        for reference in &facets.references {
            let is = |r: &Reference| r.kind == reference.kind && r.id == reference.id;
            let new = !known.iter().any(is);
            let target = self.target(document, facets, reference, new)?;
            targets.push(target.ok_or_else(|| StoreError::Dangling(reference.clone()))?);
        }
        Ok(Links { facets, targets })
    }

    /// The owner of what a document refers to, when it is there and may be referred to.
    fn target(
        &mut self,
        document: &Document,
        facets: &Facets,
        reference: &Reference,
        new: bool,
    ) -> Result<Option<Owner>, StoreError> {
        if reference.kind == KindName::Trunk {
            return lines::trunk(self.tables, document.owner, &reference.id, new);
        }
        let owner = match reference.kind.place() {
            Place::Tenant | Place::Anywhere => document.owner,
            Place::Itself => match reference.kind.itself(&reference.id) {
                Some(owner) => owner,
                None => return Ok(None),
            },
            Place::Account => match self.tables.owner_of(reference.kind, &reference.id)? {
                Some(owner) => owner,
                None => return Ok(None),
            },
        };
        let Some(found) = self.tables.document(owner, reference.kind, &reference.id)? else {
            return Ok(None);
        };
        if let (KindName::Tenant, Some(account), true) =
            (reference.kind, document.owner.account(), new)
            && !account::lies_below(self.tables, &found, account)?
        {
            return Ok(None);
        }
        if let (KindName::Plan, Some(seller), true) = (reference.kind, facets.parent, new)
            && !account::may_sell(self.tables, seller, &found)?
        {
            return Ok(None);
        }
        Ok(Some(owner))
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
            owner: now.owner,
            at: self.change.at,
            actor: self.actor.to_string(),
            action: action(now.kind, trace.kind, trace.secret),
            target: now.id.clone(),
            before: trace.before.map(|document| document.spec.clone()),
            after: (!gone).then(|| now.spec.clone()),
            request: self.change.request,
        })?;
        // nobody is left to be told that a tenant is gone
        let event = Event::of_change(now, trace.kind, audit);
        if let Some(event) = event.filter(|_| !(gone && now.kind == KindName::Tenant)) {
            self.events.push(event);
        }
        let entry = FeedEntry {
            cursor: 0,
            owner: now.owner,
            kind: now.kind,
            id: now.id.clone(),
            revision: now.revision,
            change: trace.kind,
        };
        // tenants that have, or had, a share in an account's document hear of it too
        for tenant in lines::concerned(self.tables, trace.before, now)? {
            self.tables.add_feed(&FeedEntry {
                owner: tenant.into(),
                ..entry.clone()
            })?;
        }
        self.tables.add_feed(&entry)
    }
}

/// Whether documents of a kind are found by their ids whoever owns them, so that no other owner's
/// may have the same.
fn is_found_by_id_alone(kind: KindName) -> bool {
    matches!(
        kind,
        KindName::Plan | KindName::User | KindName::Trunk | KindName::Number | KindName::SigningKey
    )
}

fn action(kind: KindName, change: Kind, secret: bool) -> String {
    match (change, secret) {
        (Kind::Replaced, true) => format!("{kind}.secret_replaced"),
        (Kind::Created | Kind::Deleted, _) | (Kind::Replaced, false) => {
            format!("{kind}.{}", change.as_str())
        }
    }
}
