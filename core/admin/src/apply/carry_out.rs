//! Telling what a snapshot would change, and changing it.

use domain::{Document, ForKind, Invalid, Kind, KindName, Place, Secret, SecretRule};
use ids::ResellerId;
use machine::WallTime;
use ports::{OPERATIONS_MAX, Operation, Part, PartsRefused, SecretChange, StoreError, Write};
use serde_json::Value;
use tenancy::{Account, AccountScope, Owner};

use super::existing::Existing;
use super::names::{called, each_reference};
use super::order::{Order, Rank};
use super::pile::Pile;
use super::progress::Progress;
use super::snapshot::Entry;
use super::step::{Act, Step, Sums, Trouble};
use crate::draft::take_secret;
use crate::office::Office;
use crate::reference::above;
use crate::resource::mint_id;
use crate::secrets;
use crate::spec::parse_spec;

/// Changes of one transaction after which the next company goes into the next one: few enough
/// that a running exchange, which waits meanwhile, is not kept waiting for long.
const LOT: usize = 2_000;

/// Steps that [`carry_out`] tells one by one; of those beyond there are only the sums.
const STEPS_TOLD: usize = 1_000;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The first 1,000 steps that made or changed something, in the order in which they were taken.
    pub steps: Vec<Step>,
    /// How many there were of each sort.
    pub sums: Sums,
    /// How many transactions it took: one, unless there was more to change than one takes (2,000
    /// documents). Each of several holds whole companies.
    pub transactions: usize,
}

/// What [`carry_out`] would do. Nothing is changed.
///
/// # Errors
/// [`Trouble`] with the first document that cannot be as the snapshot says.
pub async fn plan(
    office: &Office,
    scope: &AccountScope,
    snapshot: &Pile,
) -> Result<Vec<Step>, Trouble> {
    let order = snapshot.order();
    let mut worker = Worker::new(office, scope, Progress::default());
    worker.told = None;
    worker
        .existing
        .keep_new(order.entries.iter().any(|(_, rank)| rank.is_late()));
    for (at, _) in order.entries {
        worker.take(at, &snapshot.entry(at)?).await?;
    }
    Ok(worker.steps)
}

/// Makes documents be as a snapshot says: those that are not there are made, those that differ are
/// changed, others stay. Nothing is deleted. What belongs to one company is done as a whole or not
/// at all, its routes apart: they come after what accounts give to companies. `told` hears how far
/// it is, as often as that changes.
///
/// What is done already costs a look, so a snapshot whose application was cut short is applied
/// again as it is.
///
/// # Errors
/// [`Trouble`] with the first document that cannot be as the snapshot says, or with what the store
/// says; and with what was done before.
pub async fn carry_out(
    office: &Office,
    scope: &AccountScope,
    snapshot: &Pile,
    mut told: impl FnMut(&Progress),
) -> Result<Applied, Trouble> {
    let order = snapshot.order();
    let all = Progress {
        of_companies: order.companies(),
        of_documents: snapshot.len(),
        ..Progress::default()
    };
    let mut worker = Worker::new(office, scope, all);
    match worker.all(snapshot, &order, &mut told).await {
        Ok(()) => Ok(Applied {
            steps: worker.steps,
            sums: worker.sums,
            transactions: worker.done.transactions,
        }),
        Err(trouble) => Err(Trouble {
            done: worker.done,
            ..trouble
        }),
    }
}

struct Worker<'a> {
    office: &'a Office,
    scope: &'a AccountScope,
    existing: Existing<'a>,
    parts: Vec<Part>,
    /// The documents of the operations in the parts, with their places in the snapshot.
    places: Vec<(usize, String)>,
    steps: Vec<Step>,
    /// How many steps are told: all, or so many that make or change something.
    told: Option<usize>,
    sums: Sums,
    /// What is durable.
    done: Progress,
    /// What will be when the parts are.
    taken: Progress,
}

impl<'a> Worker<'a> {
    fn new(office: &'a Office, scope: &'a AccountScope, all: Progress) -> Worker<'a> {
        Worker {
            office,
            scope,
            existing: Existing::new(office, scope),
            parts: Vec::new(),
            places: Vec::new(),
            steps: Vec::new(),
            told: Some(STEPS_TOLD),
            sums: Sums::default(),
            taken: all.clone(),
            done: all,
        }
    }

    async fn all(
        &mut self,
        snapshot: &Pile,
        order: &Order,
        told: &mut impl FnMut(&Progress),
    ) -> Result<(), Trouble> {
        let together = |(_, a): &(usize, Rank), (_, b): &(usize, Rank)| {
            a.company().is_some() && a.company() == b.company()
        };
        let mut after_companies = false;
        for unit in order.entries.chunk_by(together) {
            let late = unit.first().is_some_and(|(_, rank)| rank.is_late());
            let turn = late && !std::mem::replace(&mut after_companies, late);
            let full = self.places.len() + unit.len() > LOT;
            if !self.places.is_empty() && (full || turn) {
                self.flush().await?;
                told(&self.done);
            }
            for (at, _) in unit {
                self.take(*at, &snapshot.entry(*at)?).await?;
            }
            self.existing.leave();
            self.taken.documents += unit.len();
            if let Some((_, rank)) = unit.first().filter(|_| !late)
                && let Some(company) = rank.company()
            {
                self.taken.companies += 1;
                self.taken.up_to = order.called(company).map(str::to_owned);
            }
            if self.places.is_empty() {
                self.done.clone_from(&self.taken);
                told(&self.done);
            }
        }
        self.flush().await?;
        told(&self.done);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Trouble> {
        if self.places.is_empty() {
            return Ok(());
        }
        let parts = std::mem::take(&mut self.parts);
        let mut places = std::mem::take(&mut self.places).into_iter();
        let written = self.office.store().commit_parts(self.scope, parts).await;
        if let Err(PartsRefused { at, error }) = written {
            return Err(match at.and_then(|at| places.nth(at)) {
                Some((at, document)) => Trouble {
                    at: Some(at),
                    document,
                    ..Trouble::of_all(error)
                },
                None => Trouble::of_all(error),
            });
        }
        self.taken.transactions += 1;
        self.done.clone_from(&self.taken);
        Ok(())
    }

    async fn take(&mut self, at: usize, entry: &Entry) -> Result<(), Trouble> {
        let word = |name: &str| entry.spec.get(name).and_then(Value::as_str);
        let domain = || entry.spec.pointer("/domains/0").and_then(Value::as_str);
        let name = word("name")
            .or_else(|| word("number"))
            .or_else(|| word("username"))
            .or_else(|| word("mail"));
        let name = name.or_else(domain).unwrap_or("without a name").to_owned();
        let document = called(entry.kind, &name, entry.within.as_deref());
        match self.step(entry).await {
            Ok(true) => self.places.push((at, document)),
            Ok(false) => {}
            Err(error) => {
                return Err(Trouble {
                    at: Some(at),
                    document,
                    ..Trouble::of_all(error)
                });
            }
        }
        Ok(())
    }

    /// Takes the step of one entry; says whether it makes or changes something.
    async fn step(&mut self, entry: &Entry) -> Result<bool, StoreError> {
        let owner = self.existing.owner(entry).await?;
        let mut spec = entry.spec.clone();
        let secret = supplied(entry.kind, &mut spec)?;
        let seller = self.seller(entry.kind, &mut spec).await?;
        self.resolve(entry.kind, &mut spec, owner, seller).await?;
        let (spec, name) = canonical(entry.kind, &spec)?;
        let before = self.existing.named(owner, entry.kind, &name).await?;
        let act = match &before {
            None => Act::Create,
            Some(before) => differences(&before.spec, &spec),
        };
        let document = self.document(entry.kind, owner, &name, spec, before.as_ref())?;
        if entry.kind == KindName::Reseller
            && let Owner::Account(account) = document.owner
        {
            let plans = document.spec.get("plans").and_then(Value::as_array);
            let plans = plans.into_iter().flatten().filter_map(Value::as_str);
            let plans: Vec<String> = plans.map(str::to_owned).collect();
            self.existing.grant(account, seller, &plans);
        }
        if act != Act::Keep {
            let secret = match &before {
                None => first_secret(self.office, &document, secret.as_ref())?,
                Some(_) => SecretChange::Keep,
            };
            self.add(document.clone(), secret, before.as_ref());
        }
        self.existing.put(document, before.is_none());
        let changes = act != Act::Keep;
        self.sums.add(&act);
        let told = |most| changes && self.steps.len() < most;
        if self.told.is_none_or(told) {
            self.steps.push(Step {
                kind: entry.kind,
                within: entry.within.clone(),
                name,
                act,
            });
        }
        Ok(changes)
    }

    /// The account that sells to a document which lies under one: the one that it names or, when
    /// it names none, the one that applies, which is written into it.
    async fn seller(&mut self, kind: KindName, spec: &mut Value) -> Result<Account, StoreError> {
        let own = self.scope.account();
        let Some(field) = above(kind) else {
            return Ok(own);
        };
        let named = spec.get(field).and_then(Value::as_str).map(str::to_owned);
        let Some(named) = named else {
            if let (Account::Reseller(id), Some(members)) = (own, spec.as_object_mut()) {
                members.insert(field.to_owned(), id.to_string().into());
            }
            return Ok(own);
        };
        let id = self
            .existing
            .id_of(KindName::Reseller, &named, None, own)
            .await?;
        let id = id.and_then(|id| id.parse::<ResellerId>().ok());
        let missing = || Invalid::new(format!("/{field}"), format!("there is no reseller {named}"));
        Ok(Account::Reseller(id.ok_or_else(missing)?))
    }

    /// Puts ids in the place of names.
    async fn resolve(
        &mut self,
        kind: KindName,
        spec: &mut Value,
        owner: Option<Owner>,
        seller: Account,
    ) -> Result<(), StoreError> {
        let mut wanted = Vec::new();
        each_reference(kind, spec, |field, target, text| {
            wanted.push((field.to_owned(), target, text.to_owned()));
            Ok::<_, StoreError>(Some(text.to_owned()))
        })?;
        let mut ids = Vec::with_capacity(wanted.len());
        for (field, target, text) in wanted {
            let id = self.existing.id_of(target, &text, owner, seller).await?;
            let missing =
                || Invalid::new(format!("/{field}"), format!("there is no {target} {text}"));
            ids.push(id.ok_or_else(missing)?);
        }
        let mut ids = ids.into_iter();
        each_reference(kind, spec, |_, _, text| {
            Ok(ids.next().or_else(|| Some(text.to_owned())))
        })
    }

    fn document(
        &self,
        kind: KindName,
        owner: Option<Owner>,
        name: &str,
        spec: Value,
        before: Option<&Document>,
    ) -> Result<Document, StoreError> {
        let id = match before {
            Some(before) => before.id.clone(),
            None => mint_id(self.office, kind),
        };
        let owner = match owner {
            Some(owner) => owner,
            None => id
                .parse()
                .map_err(|_| Invalid::new("/id", "must be the id of an owner"))?,
        };
        Ok(Document {
            kind,
            id,
            owner,
            revision: before.map_or(1, |before| before.revision),
            name: name.to_owned(),
            spec,
            created: WallTime::UNIX_EPOCH,
            updated: WallTime::UNIX_EPOCH,
        })
    }

    /// Adds an operation to the part of its owner.
    fn add(&mut self, document: Document, secret: SecretChange, before: Option<&Document>) {
        let owner = match document.kind.place() {
            Place::Itself => self.scope.owner(),
            Place::Account | Place::Tenant | Place::Anywhere => document.owner,
        };
        let write = Write { document, secret };
        let operation = match before {
            None => Operation::Create(write),
            Some(before) => Operation::Replace {
                write,
                expected_revision: Some(before.revision),
            },
        };
        if let Some(part) = self.parts.last_mut()
            && part.owner == owner
            && part.change.operations.len() < OPERATIONS_MAX
        {
            part.change.operations.push(operation);
            return;
        }
        let change = self.office.change(vec![operation]);
        self.parts.push(Part { owner, change });
    }
}

/// Takes a supplied secret out of a spec.
pub(crate) fn supplied(kind: KindName, spec: &mut Value) -> Result<Option<Secret>, Invalid> {
    struct Task<'a>(&'a mut Value);
    impl ForKind for Task<'_> {
        type Output = Result<Option<Secret>, Invalid>;
        fn run<K: Kind>(self) -> Self::Output {
            match K::SECRET {
                SecretRule::None | SecretRule::Signing => Ok(None),
                SecretRule::Generated | SecretRule::Supplied | SecretRule::PrivateKey => {
                    take_secret(K::SECRET, self.0)
                }
            }
        }
    }
    kind.with(Task(spec))
}

/// The secret of a new document. Passwords are not made, since nobody would be told; keys are, and
/// told when they are replaced for the first time.
fn first_secret(
    office: &Office,
    document: &Document,
    supplied: Option<&Secret>,
) -> Result<SecretChange, Invalid> {
    struct Task<'a>(&'a Office, &'a Document, Option<&'a Secret>);
    impl ForKind for Task<'_> {
        type Output = Result<SecretChange, Invalid>;
        fn run<K: Kind>(self) -> Self::Output {
            let spec: K = parse_spec(&self.1.spec)?;
            match K::SECRET {
                SecretRule::Signing => Ok(secrets::made(self.0, &spec, None)?.change),
                SecretRule::None
                | SecretRule::Generated
                | SecretRule::Supplied
                | SecretRule::PrivateKey => secrets::given(self.0, &spec, self.2),
            }
        }
    }
    document.kind.with(Task(office, document, supplied))
}

/// A spec as it is stored, and its natural key.
fn canonical(kind: KindName, spec: &Value) -> Result<(Value, String), Invalid> {
    struct Task<'a>(&'a Value);
    impl ForKind for Task<'_> {
        type Output = Result<(Value, String), Invalid>;
        fn run<K: Kind>(self) -> Self::Output {
            stored::<K>(self.0)
        }
    }
    kind.with(Task(spec))
}

fn stored<K: Kind>(spec: &Value) -> Result<(Value, String), Invalid> {
    let typed: K = parse_spec(spec)?;
    let name = typed.natural_key();
    let value = serde_json::to_value(typed).map_err(|e| Invalid::new("", e.to_string()))?;
    Ok((value, name))
}

/// The members that differ between what is stored and what shall be.
pub(crate) fn differences(before: &Value, now: &Value) -> Act {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (before, now) = (members(before), members(now));
    let names = before
        .keys()
        .chain(now.keys().filter(|name| !before.contains_key(*name)));
    let differing = names.filter(|name| before.get(*name) != now.get(*name));
    let differing: Vec<String> = differing.cloned().collect();
    if differing.is_empty() {
        Act::Keep
    } else {
        Act::Change(differing)
    }
}
