//! Media types: what a request brings, and what its sender takes (RFC 9110 sections 8.3, 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

use crate::call::{JSON, OCTETS};
use crate::operation::{Body, Form, Operation};
use crate::problem::{Kind, Problem};

/// Media type of merge patches (RFC 7396 section 4).
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";

/// Media type of sheets (RFC 7111).
pub(crate) const CSV: &str = "text/csv";

/// Media type of documents (RFC 8118).
pub(crate) const PDF: &str = "application/pdf";

/// The essence of a media type: lower case, without parameters.
fn essence(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Refuses a body of a type that the operation does not read. A merge patch may call itself
/// plain JSON, as many clients cannot help it.
pub(crate) fn check_brought(headers: &HeaderMap, body: &Body) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let given = essence(given.unwrap_or_default());
    let (wanted, or) = match body.form {
        Form::Json => (JSON, JSON),
        Form::Merge => (MERGE_PATCH, JSON),
        Form::Csv => (CSV, CSV),
        Form::Octets => (OCTETS, OCTETS),
        Form::Pdf => (PDF, PDF),
    };
    if given == wanted || given == or {
        return Ok(());
    }
    let detail = format!("send the body as Content-Type: {wanted}");
    Err(Problem::new(Kind::UnsupportedMediaType, detail))
}

/// Refuses a sender that takes no JSON where JSON is what there is.
pub(crate) fn check_taken(headers: &HeaderMap, operation: &Operation) -> Result<(), Problem> {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let speaks_json = operation.success.media_type == JSON && operation.success.schema.is_some();
    if !speaks_json || !headers.contains_key(ACCEPT) {
        return Ok(());
    }
    let takes = |range: &str| {
        let refused = range.split(';').skip(1).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0)
        });
        ["*/*", "application/*", JSON].contains(&essence(range).as_str()) && !refused
    };
    if ranges.any(|line| line.split(',').any(takes)) {
        return Ok(());
    }
    Err(Problem::new(
        Kind::NotAcceptable,
        "answers are application/json",
    ))
}
