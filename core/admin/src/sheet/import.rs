//! Making and changing documents as a sheet says, all of them or none.

use std::collections::HashMap;

use domain::{Invalid, Kind, Secret};
use ports::{Operation, StoreError, Write};
use serde_json::Value;

use super::bad::{Bad, Refusal};
use super::row::{Meant, Reader};
use super::{column, range, table};
use crate::apply::{Act, differences};
use crate::office::Office;
use crate::reach::Reach;
use crate::resource;
use crate::secrets;

/// What becomes of the document of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The row's line in the file, from 1.
    pub line: u64,
    /// The document's natural key.
    pub name: String,
    /// What happens to it.
    pub act: Act,
    /// The secret that was made for it, to be shown now and never again. None is made in a trial.
    pub secret: Option<Secret>,
}

/// What a sheet has done or, in a trial, would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The good rows, in the order of their lines.
    pub lines: Vec<Line>,
    /// The bad rows, likewise. When there is one nothing was changed.
    pub bad: Vec<Bad>,
}

/// One row's document, ready to be written.
struct Ready {
    line: Line,
    operation: Option<Operation>,
}

/// Makes the documents of a sheet that are not there and changes those that differ, as one
/// transaction. Columns that are left out stay as they are, and an empty cell is the default. In a
/// `trial`, and when a row is bad, nothing is changed. Where secrets are not in the sheet, those of
/// new documents are made.
///
/// # Errors
/// What the store says. Whatever is wrong with the sheet is in [`Imported::bad`].
pub async fn import<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    text: &[u8],
    trial: bool,
) -> Result<Imported, StoreError> {
    let mut bad = Vec::new();
    let ready = match prepare::<K, S>(office, scope, text, &mut bad).await {
        Ok(ready) => ready,
        Err(Refusal::Store(error)) => return Err(error),
        Err(Refusal::Rows(rows)) => {
            bad.extend(rows);
            Vec::new()
        }
    };
    let operations: Vec<Operation> = ready.iter().filter_map(|r| r.operation.clone()).collect();
    bad.extend(rehearse::<K, S>(office, scope, &ready, operations.clone()).await?);
    in_order(&mut bad);
    let done = bad.is_empty() && !trial;
    if done && !operations.is_empty() {
        scope
            .commit(office.store(), office.change(operations))
            .await?;
    }
    let wrong = |line: u64| bad.iter().any(|bad| bad.line == line);
    let good = ready.into_iter().filter(|ready| !wrong(ready.line.line));
    let lines = good.map(|ready| Line {
        secret: ready.line.secret.filter(|_| done),
        ..ready.line
    });
    Ok(Imported {
        lines: lines.collect(),
        bad,
    })
}

/// What is bad by its line; the numbers of one range have their other cells in common.
fn in_order(bad: &mut Vec<Bad>) {
    bad.sort_by_key(|bad| bad.line);
    bad.dedup();
}

/// The documents of all rows that are good as far as can be told without the store's transaction.
async fn prepare<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    text: &[u8],
    bad: &mut Vec<Bad>,
) -> Result<Vec<Ready>, Refusal> {
    let table = table::read(text, &column::taken::<K>(), table::SHEET_ROWS_MAX, bad)?;
    let mut reader = Reader::new(office, scope, &table.columns);
    let (mut ready, mut lines) = (Vec::new(), HashMap::new());
    let rows = range::expanded::<K>(&table.columns, table.rows, bad);
    for row in &rows {
        let meant: Meant<K> = match reader.read(row).await {
            Ok(meant) => meant,
            Err(Refusal::Rows(rows)) => {
                bad.extend(rows);
                continue;
            }
            Err(Refusal::Store(error)) => return Err(error.into()),
        };
        let name = meant.spec.natural_key();
        if let Some(first) = lines.insert(name, row.line) {
            let rule = format!("is that of line {first}, too");
            bad.push(Bad::new(row.line, K::KEY, rule));
            continue;
        }
        match written(office, scope, meant) {
            Ok(written) => ready.push(written),
            Err(invalid) => bad.push(Bad::of(row.line, invalid)),
        }
    }
    Ok(ready)
}

/// What is to be written for one row, if anything.
fn written<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    meant: Meant<K>,
) -> Result<Ready, Invalid> {
    let supplied = meant.secret.as_ref();
    let name = meant.spec.natural_key();
    let (act, operation, told) = match &meant.before {
        None => {
            let minted = secrets::first(office, &meant.spec, supplied)?;
            let id = office.mint(K::new_id);
            let write = resource::new_write(id, scope.owner(), meant.spec, minted.change)?;
            (Act::Create, Some(Operation::Create(write)), minted.told)
        }
        Some(before) => {
            let change = secrets::given(office, &meant.spec, supplied)?;
            let write = resource::next_write(before, meant.spec, change)?;
            let act = act(&resource::spec_value(before)?, &write, supplied.is_some());
            let operation = (act != Act::Keep).then_some(Operation::Replace {
                write,
                expected_revision: Some(before.revision),
            });
            (act, operation, None)
        }
    };
    Ok(Ready {
        line: Line {
            line: meant.line,
            name,
            act,
            secret: told,
        },
        operation,
    })
}

/// What happens to a document that is there already.
fn act(before: &Value, write: &Write, secret: bool) -> Act {
    let act = differences(before, &write.document.spec);
    if act == Act::Keep && secret {
        return Act::Change(vec![column::SECRET.to_owned()]);
    }
    act
}

/// What the store would refuse, row by row.
async fn rehearse<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    ready: &[Ready],
    operations: Vec<Operation>,
) -> Result<Vec<Bad>, StoreError> {
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    let tried = scope
        .rehearse(office.store(), office.change(operations))
        .await?;
    let lines = ready.iter().filter(|ready| ready.operation.is_some());
    let mut bad = Vec::new();
    for (Ready { line, .. }, refused) in lines.zip(tried) {
        if let Some(error) = refused {
            let mut row = refused_row::<K>(line.line, error)?;
            let same = ready.iter().filter(|other| other.line.line == line.line);
            if same.count() > 1 {
                row.rule = format!("{}: {}", line.name, row.rule);
            }
            bad.push(row);
        }
    }
    Ok(bad)
}

/// A refusal of the store as a fault of the row; failures of the world are none.
fn refused_row<K: Kind>(line: u64, error: StoreError) -> Result<Bad, StoreError> {
    match error {
        StoreError::Invalid(invalid) => Ok(Bad::of(line, invalid)),
        StoreError::Conflict { space, .. } => {
            let columns = column::columns::<K>();
            let member = columns.into_iter().find(|column| *column == space);
            let member = member.unwrap_or_else(|| K::KEY.to_owned());
            Ok(Bad::new(line, member, "is taken"))
        }
        StoreError::Dangling(reference) => {
            let rule = format!("must be an existing {}", reference.kind);
            Ok(Bad::of(line, Invalid::new(reference.field, rule)))
        }
        StoreError::Quota(_) | StoreError::NotInPlan(_) | StoreError::RevisionMismatch { .. } => {
            Ok(Bad::new(line, "", error.to_string()))
        }
        StoreError::NotFound
        | StoreError::InUse { .. }
        | StoreError::TooLarge { .. }
        | StoreError::Unavailable { .. }
        | StoreError::Corrupt { .. } => Err(error),
    }
}
