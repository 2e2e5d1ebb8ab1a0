//! A tenant's or an account's documents of a kind as a sheet: comma-separated values (RFC 4180), a
//! row for each.
//!
//! The columns are the members of the kind, references are natural keys, and a first row names the
//! columns. What [`export`] writes, [`import`] reads. [`import`] makes documents that are not there
//! and changes those that differ; every row that is wrong is named, and then nothing is changed.

mod bad;
mod cell;
mod column;
mod export;
mod import;
mod range;
mod rates;
mod row;
mod table;

pub use bad::{Bad, Refusal};
pub use column::columns;
pub use export::export;
pub use import::{Imported, Line, import};
pub use rates::rates;
pub use table::{SHEET_BYTES_MAX, SHEET_ROWS_MAX};
