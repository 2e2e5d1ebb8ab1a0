//! The columns of a kind's sheet, as its documentation describes its members.

use domain::{Kind, SecretRule};
use serde_json::Value;

use super::cell::Holds;

/// The column in which a secret may come. It is never written.
pub(super) const SECRET: &str = "secret";

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The member's name, which is the heading.
    pub(super) name: String,
    pub(super) holds: Holds,
}

/// The names of a kind's columns, its natural key first.
pub fn columns<K: Kind>() -> Vec<String> {
    let all = of::<K>().into_iter();
    all.map(|column| column.name).collect()
}

/// The columns of a kind, its natural key first.
pub(super) fn of<K: Kind>() -> Vec<Column> {
    let schema = serde_json::to_value(K::schema()).unwrap_or_default();
    of_schema(&schema, K::KEY)
}

/// The columns of whatever has this schema, and this member for its natural key.
fn of_schema(schema: &Value, key: &str) -> Vec<Column> {
    let members = schema["properties"].as_object().into_iter().flatten();
    let mut columns: Vec<Column> = members
        .map(|(name, member)| Column {
            name: name.clone(),
            holds: holds(member),
        })
        .collect();
    columns.sort_by_key(|column| column.name != key);
    columns
}

/// The columns that a sheet may have: those of the kind and, where it takes one, the secret.
pub(super) fn taken<K: Kind>() -> Vec<Column> {
    let mut columns = of::<K>();
    match K::SECRET {
        SecretRule::Generated | SecretRule::Supplied | SecretRule::PrivateKey => {
            columns.push(Column {
                name: SECRET.to_owned(),
                holds: Holds::Text,
            })
        }
        SecretRule::None | SecretRule::Signing => {}
    }
    columns
}

/// What a member holds, by its schema.
fn holds(member: &Value) -> Holds {
    let is = |word: &str| match &member["type"] {
        Value::String(one) => one == word,
        Value::Array(several) => several.iter().any(|one| one == word),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    if is("boolean") {
        Holds::Truth
    } else if is("integer") {
        Holds::Number
    } else if is("array") {
        Holds::List
    } else if is("string") {
        Holds::Text
    } else {
        Holds::Anything
    }
}
