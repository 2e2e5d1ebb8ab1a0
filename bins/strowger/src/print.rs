//! Words to the person or program at the terminal.

use std::io::{self, IsTerminal, Write};

use domain::{Kind, Resource};
use machine::WallTime;
use ports::StoreError;
use serde::Serialize;

use crate::failure::Failure;

/// Writes to standard output. A reader that has gone away is no failure.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes one line to standard output.
pub(crate) fn line(text: &str) {
    say(&format!("{text}\n"));
}

/// Writes how far something is to standard error, over what was said before; with a line of its
/// own when it is done. Where nobody looks on, as in the log of a job, only the latter.
pub(crate) fn progress(text: &str, done: bool) {
    let mut out = io::stderr().lock();
    if !out.is_terminal() {
        if done {
            let _gone = writeln!(out, "{text}");
        }
        return;
    }
    let end = if done { "\n" } else { "" };
    let _gone = write!(out, "\r\x1b[K{text}{end}").and_then(|()| out.flush());
}

/// Writes one line to standard error, beside what a program may read from standard output.
pub(crate) fn note(text: &str) {
    let mut out = io::stderr().lock();
    let _gone = writeln!(out, "{text}");
}

/// Writes a failure to standard error.
pub(crate) fn complain(failure: &Failure) {
    let mut out = io::stderr().lock();
    let _gone = writeln!(out, "strowger: {failure}");
}

/// Writes JSON for people to read.
///
/// # Errors
/// A value that has no JSON form, which none of ours is.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| Failure::internal(error.to_string()))?;
    line(&text);
    Ok(())
}

/// A resource as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    kind: &'a str,
    id: &'a str,
    revision: u64,
    created: String,
    updated: String,
    spec: &'a serde_json::Value,
    /// When the password before the present one is void, while both are valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_secret_until: Option<String>,
}

/// Writes a resource as JSON, with the moment from which the password before its present one is
/// void, if there is such a one.
///
/// # Errors
/// A resource that has no JSON form, which none of ours is.
pub(crate) fn resource<K: Kind>(
    resource: &Resource<K>,
    former_end: Option<WallTime>,
) -> Result<(), Failure> {
    let document = resource.to_document().map_err(StoreError::from)?;
    json(&Shown {
        kind: document.kind.as_str(),
        id: &document.id,
        revision: document.revision,
        created: document.created.to_string(),
        updated: document.updated.to_string(),
        spec: &document.spec,
        former_secret_until: former_end.map(|end| end.to_string()),
    })
}

/// Writes rows under headings, in columns.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        longest.max(headings.get(column).map_or(0, |heading| heading.len()))
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let print = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        line(padded.join("  ").trim_end());
    };
    print(headings.to_vec());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}
