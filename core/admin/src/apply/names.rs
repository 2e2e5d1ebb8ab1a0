//! Between ids and names: what refers to what, in words that hold on any exchange.

use domain::{KindName, Place};
use serde_json::Value;

/// Before the name of a plan that the seller was granted from an account above.
pub(super) const ABOVE: &str = "above/";

/// Calls `rename` on every text in a spec that refers to another document: what it gives takes
/// its place, and `None` takes the member out.
pub(crate) fn each_reference<E>(
    kind: KindName,
    spec: &mut Value,
    mut rename: impl FnMut(&str, KindName, &str) -> Result<Option<String>, E>,
) -> Result<(), E> {
    rename_each(kind, spec, &mut rename)
}

/// What is compiled once, whoever renames.
fn rename_each<E>(
    kind: KindName,
    spec: &mut Value,
    rename: &mut dyn FnMut(&str, KindName, &str) -> Result<Option<String>, E>,
) -> Result<(), E> {
    let Some(members) = spec.as_object_mut() else {
        return Ok(());
    };
    for link in kind.links() {
        let (field, target) = (link.member, link.kind);
        match members.get_mut(field) {
            Some(Value::String(text)) => match rename(field, target, text)? {
                Some(name) => *text = name,
                None => {
                    members.remove(field);
                }
            },
            Some(Value::Array(list)) => {
                for (index, member) in list.iter_mut().enumerate() {
                    let Value::String(text) = member else {
                        continue;
                    };
                    let place = format!("{field}/{index}");
                    if let Some(name) = rename(&place, target, text)? {
                        *text = name;
                    }
                }
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {}
        }
    }
    Ok(())
}

/// What people call a document in messages.
pub(super) fn called(kind: KindName, name: &str, within: Option<&str>) -> String {
    match (kind.place(), within) {
        (Place::Tenant | Place::Account | Place::Anywhere, Some(within)) => {
            format!("{kind} {name} in {within}")
        }
        (_, _) => format!("{kind} {name}"),
    }
}
