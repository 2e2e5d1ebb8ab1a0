//! A row of a sheet that is wrong, as answers and problems show it.

use admin::sheet::Bad;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A cell, a row or a heading that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadRow {
    /// The line in the sheet, from 1.
    pub line: u64,
    /// The column; left out when it is the row as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The rule it breaks.
    pub rule: String,
}

impl From<Bad> for BadRow {
    fn from(bad: Bad) -> BadRow {
        BadRow {
            line: bad.line,
            column: Some(bad.column).filter(|column| !column.is_empty()),
            rule: bad.rule,
        }
    }
}
