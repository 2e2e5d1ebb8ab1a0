//! The view of what became of a sheet.

use std::borrow::Cow;

use admin::apply::Act;
use admin::sheet::{Imported, Line};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::bad_row::BadRow;

/// The text of a sheet; only its schema is wanted.
pub(crate) struct Sheet;

impl PartialSchema for Sheet {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Comma-separated values (RFC 4180), in UTF-8."))
            .into()
    }
}

impl ToSchema for Sheet {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Sheet")
    }
}

/// What becomes of the document of one row.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportedRow)]
struct RowView {
    /// The line in the sheet, from 1.
    line: u64,
    /// The document's name: its number, user name, mail address or the like.
    name: String,
    /// `create`, `change` or `keep`.
    act: &'static str,
    /// The members that change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    changes: Vec<String>,
    /// The secret that was made for it just now; it is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// What a sheet has done or, in a dry run, would do.
#[derive(Serialize, ToSchema)]
#[schema(as = Imported)]
pub(crate) struct ImportView {
    /// Whether anything was changed: not in a dry run.
    applied: bool,
    /// How many documents are new.
    created: usize,
    /// How many are changed.
    changed: usize,
    /// How many are as they should be.
    kept: usize,
    /// The good rows.
    rows: Vec<RowView>,
    /// The bad rows, all of them. While there is one, nothing is changed.
    bad: Vec<BadRow>,
}

impl ImportView {
    /// All that there is to say.
    pub(crate) fn of(imported: Imported, trial: bool) -> ImportView {
        let rows: Vec<RowView> = imported.lines.into_iter().map(row).collect();
        let count = |act: &str| rows.iter().filter(|row| row.act == act).count();
        ImportView {
            applied: !trial,
            created: count("create"),
            changed: count("change"),
            kept: count("keep"),
            bad: imported.bad.into_iter().map(BadRow::from).collect(),
            rows,
        }
    }

    /// The same without secrets.
    pub(crate) fn bare(imported: &Imported, trial: bool) -> ImportView {
        let mut view = ImportView::of(imported.clone(), trial);
        for row in &mut view.rows {
            row.secret = None;
        }
        view
    }
}

fn row(line: Line) -> RowView {
    let (act, changes) = match line.act {
        Act::Create => ("create", Vec::new()),
        Act::Change(members) => ("change", members),
        Act::Keep => ("keep", Vec::new()),
    };
    RowView {
        line: line.line,
        name: line.name,
        act,
        changes,
        secret: line.secret.map(|secret| secret.reveal().to_owned()),
    }
}
