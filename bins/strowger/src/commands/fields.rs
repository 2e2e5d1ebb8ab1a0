//! `FIELD=VALUE` on the command line, as the JSON that use cases read.

use serde_json::{Map, Value};

use crate::failure::Failure;

/// Deepest path of a field, such as 2 for `caps.weight`.
const DEPTH_MAX: usize = 4;

/// The object that the fields describe. A value that is JSON (`20`, `true`, `null`, `["a"]`) is
/// taken as such, anything else as text; dots lead into inner objects. Where `texts` names the
/// field, the value is text whatever it looks like, unless it is a list.
///
/// # Errors
/// A word without `=`, without a name, or with too many dots.
pub(super) fn object(fields: &[String], texts: &[&str]) -> Result<Value, Failure> {
    let mut object = Map::new();
    for field in fields {
        let (path, text) = field.split_once('=').ok_or_else(|| {
            Failure::new(format!("{field}: must be FIELD=VALUE"))
                .next("for example: display_name='Front desk'")
        })?;
        let value = if texts.contains(&path) && text != "null" && !text.starts_with('[') {
            Value::String(text.to_owned())
        } else {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
        };
        put(&mut object, path, value)?;
    }
    Ok(Value::Object(object))
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), Failure> {
    let bad = || Failure::new(format!("{path}: is no name of a field"));
    let parts: Vec<&str> = path.split('.').collect();
    let (last, inner) = parts.split_last().ok_or_else(bad)?;
    if parts.len() > DEPTH_MAX || parts.iter().any(|part| part.is_empty()) {
        return Err(bad());
    }
    let mut place = object;
    for part in inner {
        let entry = place.entry((*part).to_owned());
        let below = entry.or_insert_with(|| Value::Object(Map::new()));
        place = below.as_object_mut().ok_or_else(bad)?;
    }
    place.insert((*last).to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn of(fields: &[&str]) -> Result<Value, Failure> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        object(&fields, &["number", "extension"])
    }

    #[test]
    fn values_are_json_where_they_can_be_and_text_else() {
        let object = of(&[
            "ring_seconds=20",
            "display_name=Front desk",
            "enabled=false",
        ]);
        let expected = json!({"ring_seconds": 20, "display_name": "Front desk", "enabled": false});
        assert_eq!(object.unwrap(), expected);
    }

    #[test]
    fn a_field_that_is_text_stays_text() {
        assert_eq!(of(&["number=104"]).unwrap(), json!({"number": "104"}));
    }

    #[test]
    fn a_list_of_names_is_a_list() {
        let object = of(&["extension=[\"101\"]"]).unwrap();
        assert_eq!(object, json!({"extension": ["101"]}));
    }

    #[test]
    fn dots_lead_into_inner_objects() {
        let object = of(&["caps.weight=3", "caps.bindings=5"]).unwrap();
        assert_eq!(object, json!({"caps": {"weight": 3, "bindings": 5}}));
    }

    #[test]
    fn what_is_no_field_is_refused_by_name() {
        for field in ["ring_seconds", "=4", "a..b=1", "a.b.c.d.e=1"] {
            let failure = of(&[field]).unwrap_err().to_string();
            assert!(
                failure.contains(field.split('=').next().unwrap()),
                "{failure}"
            );
        }
        assert!(of(&["a=1", "a.b=2"]).is_err(), "a number has no inside");
    }
}
