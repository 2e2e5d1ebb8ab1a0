//! The views of a tenant's erasure and of a person's data.

use std::collections::BTreeMap;

use admin::erasure::{KEPT, Report};
use admin::persons::{Erasure, Export, Found};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that an erasure leaves.
#[derive(Serialize, ToSchema)]
#[schema(as = Kept)]
struct KeptView {
    /// What it is.
    what: &'static str,
    /// Why it stays, and how long.
    why: String,
}

/// What the erasure of a tenant did.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasureReport)]
pub(crate) struct ReportView {
    /// The id of the tenant that is gone.
    tenant: String,
    /// Rows that are gone, by table.
    rows: BTreeMap<String, u64>,
    /// What stays.
    kept: Vec<KeptView>,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let rows = report.rows.into_iter();
        let kept = KEPT.iter().map(|kept| KeptView {
            what: kept.what,
            why: kept.why.to_owned(),
        });
        let sound = report.sound_left.map(|why| KeptView {
            what: "files of its recordings",
            why: format!("the key that opened them is gone, yet they could not be removed: {why}"),
        });
        ReportView {
            tenant: report.tenant,
            rows: rows.map(|(table, rows)| (table.to_owned(), rows)).collect(),
            kept: kept.chain(sound).collect(),
        }
    }
}

/// A place where something of a person is.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalPlace)]
struct PlaceView {
    /// The kind of document, or the sort of fact.
    what: String,
    /// How many documents or facts.
    count: u64,
    /// What an erasure does: `erased`, `pseudonymised` or `kept`.
    #[schema(value_type = String)]
    treatment: domain::Treatment,
    /// Why.
    why: &'static str,
}

/// Where a person's data is.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonFound)]
pub(crate) struct FoundView {
    /// All places where there is any.
    places: Vec<PlaceView>,
}

impl From<Found> for FoundView {
    fn from(found: Found) -> Self {
        let places = found.places.into_iter().map(|place| PlaceView {
            what: place.what,
            count: place.count,
            treatment: place.treatment,
            why: place.why,
        });
        FoundView {
            places: places.collect(),
        }
    }
}

/// All of a person's data.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonExport)]
pub(crate) struct ExportView {
    /// Documents and facts, by the kind or sort.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    data: BTreeMap<String, Vec<Value>>,
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        ExportView { data: export.data }
    }
}

/// What the erasure of a person did.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonErased)]
pub(crate) struct ErasedView {
    /// What stands in the person's place from now on.
    pseudonym: String,
    /// How many documents and facts were erased or rewritten, by kind or sort.
    changed: BTreeMap<String, u64>,
}

impl From<Erasure> for ErasedView {
    fn from(erasure: Erasure) -> Self {
        ErasedView {
            pseudonym: erasure.pseudonym,
            changed: erasure.changed,
        }
    }
}
