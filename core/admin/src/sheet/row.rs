//! From the cells of a row to a document.

use std::collections::HashMap;

use domain::{Invalid, Kind, KindName, Resource, Secret};
use ports::StoreError;
use serde_json::{Map, Value};
use tenancy::Unresolved;

use super::bad::{Bad, Refusal};
use super::cell;
use super::column::{Column, SECRET};
use super::table::Cells;
use crate::apply::each_reference;
use crate::office::Office;
use crate::reach::Reach;
use crate::resource::spec_value;
use crate::spec::parse_spec;

/// What a row means.
pub(super) struct Meant<K: Kind> {
    pub(super) line: u64,
    pub(super) spec: K,
    pub(super) secret: Option<Secret>,
    /// The document of this name that is there already.
    pub(super) before: Option<Resource<K>>,
}

/// Reads the rows of one sheet.
pub(super) struct Reader<'a, S> {
    pub(super) office: &'a Office,
    pub(super) scope: &'a S,
    pub(super) columns: &'a [Column],
    /// Ids of what rows have referred to so far; `None` for what is not there.
    known: HashMap<(KindName, String), Option<String>>,
}

impl<'a, S: Reach> Reader<'a, S> {
    pub(super) fn new(office: &'a Office, scope: &'a S, columns: &'a [Column]) -> Self {
        Reader {
            office,
            scope,
            columns,
            known: HashMap::new(),
        }
    }

    /// What a row means, or all that is wrong with it as far as cells can tell.
    ///
    /// # Errors
    /// [`Refusal::Rows`] with the row's faults, else what the store says.
    pub(super) async fn read<K: Kind>(&mut self, row: &Cells) -> Result<Meant<K>, Refusal> {
        let (mut members, mut bad) = (Map::new(), Vec::new());
        for (column, cell) in self.columns.iter().zip(&row.cells) {
            if cell.is_empty() {
                continue;
            }
            match cell::read(cell, column.holds) {
                Ok(value) => drop(members.insert(column.name.clone(), value)),
                Err(rule) => bad.push(Bad::new(row.line, &column.name, rule)),
            }
        }
        let secret = match members.remove(SECRET).as_ref().and_then(Value::as_str) {
            Some(text) => Secret::of_sort(K::SECRET, text).map(Some),
            None => Ok(None),
        };
        let secret = secret.unwrap_or_else(|invalid| {
            bad.push(Bad::of(row.line, invalid));
            None
        });
        self.resolve::<K>(row.line, &mut members, &mut bad).await?;
        if !bad.is_empty() {
            return Err(Refusal::Rows(bad));
        }
        let (spec, before) = self.merged::<K>(row.line, members).await?;
        Ok(Meant {
            line: row.line,
            spec,
            secret,
            before,
        })
    }

    /// Puts ids in the place of names.
    async fn resolve<K: Kind>(
        &mut self,
        line: u64,
        members: &mut Map<String, Value>,
        bad: &mut Vec<Bad>,
    ) -> Result<(), StoreError> {
        let mut spec = Value::Object(std::mem::take(members));
        let mut wanted = Vec::new();
        each_reference(K::NAME, &mut spec, |field, kind, text| {
            wanted.push((field.to_owned(), kind, text.to_owned()));
            Ok::<_, StoreError>(Some(text.to_owned()))
        })?;
        let mut ids = Vec::with_capacity(wanted.len());
        for (field, kind, text) in wanted {
            let id = self.id_of(kind, &text).await?;
            if id.is_none() {
                let field = format!("/{field}");
                let rule = format!("must be an existing {kind}");
                bad.push(Bad::of(line, Invalid::new(field, rule)));
            }
            ids.push(id);
        }
        let mut ids = ids.into_iter();
        each_reference(K::NAME, &mut spec, |_, _, text| {
            let id = ids.next().flatten();
            Ok::<_, StoreError>(id.or_else(|| Some(text.to_owned())))
        })?;
        if let Value::Object(resolved) = spec {
            *members = resolved;
        }
        Ok(())
    }

    async fn id_of(&mut self, kind: KindName, text: &str) -> Result<Option<String>, StoreError> {
        // a tenant names what lies inside it alone
        let reached = kind.place().is_in_tenants() || self.scope.account().is_some();
        if kind.is_id(text) || !reached {
            return Ok(Some(text.to_owned()));
        }
        let key = (kind, text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let found = self.scope.named(self.office.store(), kind, text).await?;
        self.known.insert(key, found.clone());
        Ok(found)
    }

    /// The spec of a row, over that of the document of its name where there is one: members that
    /// are no columns stay as they are, and an empty cell is the default.
    async fn merged<K: Kind>(
        &self,
        line: u64,
        members: Map<String, Value>,
    ) -> Result<(K, Option<Resource<K>>), Refusal> {
        let bad = |invalid| Refusal::from(Bad::of(line, invalid));
        if let Some(before) = self.present::<K>(&members).await? {
            let mut value = spec_value(&before).map_err(bad)?;
            if let Value::Object(present) = &mut value {
                present.retain(|name, _| !self.columns.iter().any(|column| column.name == *name));
                present.extend(members.clone());
            }
            let spec: K = parse_spec(&value).map_err(bad)?;
            if spec.natural_key() == before.spec.natural_key() {
                return Ok((spec, Some(before)));
            }
        }
        Ok((parse_spec(&Value::Object(members)).map_err(bad)?, None))
    }

    /// The document that a row's natural key names, as it stands there or in lower case.
    async fn present<K: Kind>(
        &self,
        members: &Map<String, Value>,
    ) -> Result<Option<Resource<K>>, StoreError> {
        let Some(name) = members.get(K::KEY).and_then(Value::as_str) else {
            return Ok(None);
        };
        for name in [name.to_owned(), name.trim().to_lowercase()] {
            let reference = Unresolved::new(name);
            match self.scope.find(self.office.store(), &reference).await {
                Ok((_, found)) => return Ok(Some(found)),
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
