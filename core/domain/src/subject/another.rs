//! Numbers that a record gives to somebody else.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The numbers of all parties within a value that are documents of somebody else. A number goes
/// from one person to another, and what happened before it did is the former's.
pub(super) fn numbers<'a>(value: &'a Value, own: &BTreeSet<String>) -> BTreeSet<&'a str> {
    let mut given = BTreeSet::new();
    collect(value, own, &mut given);
    given
}

fn collect<'a>(value: &'a Value, own: &BTreeSet<String>, given: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(values) => values.iter().for_each(|one| collect(one, own, given)),
        Value::Object(members) => {
            given.extend(of_another(members, own));
            members.values().for_each(|one| collect(one, own, given));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The number of a party whose extension or device is known and none of the person's.
fn of_another<'a>(party: &'a Map<String, Value>, own: &BTreeSet<String>) -> Option<&'a str> {
    let id = |name: &str| party.get(name).and_then(Value::as_str);
    let ids: Vec<&str> = ["extension", "device"].into_iter().filter_map(id).collect();
    if ids.is_empty() || ids.iter().any(|one| own.contains(*one)) {
        return None;
    }
    id("number")
}
