//! Writing a sheet.

use std::collections::HashMap;

use domain::{Document, Kind};
use ports::StoreError;
use serde_json::Value;

use super::{cell, column};
use crate::apply::{each_reference, every};
use crate::office::Office;
use crate::reach::Reach;

/// All of a scope's documents of a kind as a sheet, in the order of their names; what they refer to
/// is named by its natural key.
///
/// # Errors
/// What the store says.
pub async fn export<K: Kind, S: Reach>(office: &Office, scope: &S) -> Result<String, StoreError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = column::of::<K>();
    let headings = columns.iter().map(|column| column.name.as_str());
    writer.write_record(headings).map_err(unwritten)?;
    let names = names::<K, S>(office, scope).await?;
    let mut documents = every(office, scope, K::NAME).await?;
    by_name(&mut documents);
    for document in documents {
        let mut spec = document.spec;
        each_reference(K::NAME, &mut spec, |_, _, id| {
            Ok::<_, StoreError>(Some(names.get(id).map_or(id, String::as_str).to_owned()))
        })?;
        let cells = columns.iter().map(|column| text(&spec, &column.name));
        writer.write_record(cells).map_err(unwritten)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| unwritten(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| StoreError::Corrupt {
        detail: error.to_string(),
    })
}

fn by_name(documents: &mut [Document]) {
    documents.sort_by(|one, other| one.name.cmp(&other.name));
}

fn text(spec: &Value, member: &str) -> String {
    cell::write(spec.get(member))
}

/// What is called so, by id: the documents that the kind points to.
async fn names<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
) -> Result<HashMap<String, String>, StoreError> {
    let mut names = HashMap::new();
    for link in K::LINKS {
        if link.kind.place().is_in_tenants() || scope.account().is_some() {
            let found = every(office, scope, link.kind).await?;
            names.extend(
                found
                    .into_iter()
                    .map(|document| (document.id, document.name)),
            );
        }
    }
    Ok(names)
}

/// Writing to memory fails for want of nothing; were it to, it would be our fault.
fn unwritten(error: csv::Error) -> StoreError {
    StoreError::Corrupt {
        detail: format!("a sheet cannot be written: {error}"),
    }
}
