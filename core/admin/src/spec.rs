//! Reading a spec from JSON, with refusals that name the field.

use domain::{Invalid, Kind};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a spec of a kind, brings it into its stored form and validates it.
///
/// # Errors
/// [`Invalid`] naming the field (as a JSON pointer) and the rule.
pub fn parse_spec<K: Kind>(value: &Value) -> Result<K, Invalid> {
    let mut spec: K = read_object(value)?;
    spec.normalise();
    spec.validate()?;
    Ok(spec)
}

/// Reads anything from a JSON object.
///
/// # Errors
/// [`Invalid`] naming the field (as a JSON pointer) that is missing, unknown or of a wrong type.
pub fn read_object<T: DeserializeOwned>(value: &Value) -> Result<T, Invalid> {
    if !value.is_object() {
        return Err(Invalid::new("", "must be an object"));
    }
    T::deserialize(value).map_err(|error| blame::<T>(value, &error.to_string()))
}

/// Finds the member to blame for a refusal: the one without which the refusal is another.
fn blame<T: DeserializeOwned>(value: &Value, refusal: &str) -> Invalid {
    for prefix in ["missing field `", "unknown field `"] {
        let name = refusal
            .strip_prefix(prefix)
            .and_then(|rest| rest.split('`').next());
        if let Some(name) = name.filter(|name| prefix.starts_with('u') == value.get(name).is_some())
        {
            let rule = if prefix.starts_with('m') {
                "is required"
            } else {
                "is not known"
            };
            return Invalid::new(format!("/{}", escaped(name)), rule);
        }
    }
    let names = value
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys());
    for name in names {
        let mut without = value.clone();
        if let Some(members) = without.as_object_mut() {
            members.remove(name);
        }
        let still = T::deserialize(&without)
            .err()
            .is_some_and(|e| e.to_string() == refusal);
        if !still {
            return Invalid::new(format!("/{}", escaped(name)), in_plain_words(refusal));
        }
    }
    Invalid::new("", in_plain_words(refusal))
}

/// A refusal of the reader of JSON as a rule: which values there are, or of which type it is.
fn in_plain_words(refusal: &str) -> String {
    let known = refusal
        .strip_prefix("unknown variant `")
        .and_then(|rest| rest.split_once("expected "));
    if let Some((_, values)) = known {
        let values = values.strip_prefix("one of ").unwrap_or(values);
        return format!("must be one of {}", values.replace('`', ""));
    }
    let wanted = refusal
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.rsplit_once("expected "));
    match wanted {
        Some((_, wanted)) => format!("must be {wanted}"),
        None => refusal.to_owned(),
    }
}

/// A name as a reference token of a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use domain::{Extension, Tenant};
    use serde_json::json;

    use super::*;

    fn field_of<K: Kind>(value: &Value) -> String {
        parse_spec::<K>(value).unwrap_err().field
    }

    #[test]
    fn a_refusal_names_the_field_that_is_missing_unknown_or_of_the_wrong_type() {
        assert_eq!(field_of::<Extension>(&json!({})), "/number");
        assert_eq!(
            field_of::<Extension>(&json!({"number": "1", "color": 1})),
            "/color"
        );
        assert_eq!(
            field_of::<Extension>(&json!({"number": "1", "ring_seconds": "x"})),
            "/ring_seconds"
        );
        assert_eq!(field_of::<Extension>(&json!({"number": 101})), "/number");
        assert_eq!(
            field_of::<Tenant>(&json!({"domains": ["a.example"], "caps": {"x": 1}})),
            "/caps"
        );
        assert_eq!(field_of::<Tenant>(&json!([])), "");
    }

    #[test]
    fn a_refusal_says_what_may_stand_there_and_not_how_it_was_read() {
        let rule_of = |value| parse_spec::<Extension>(&value).unwrap_err().rule;
        let odd = json!({"number": "1", "destination": "moon"});
        assert!(rule_of(odd).starts_with("must be one of devices, "));
        let typed = json!({"number": 101});
        assert_eq!(rule_of(typed), "must be a string");
    }

    #[test]
    fn a_spec_that_breaks_a_rule_is_refused_with_its_pointer() {
        assert_eq!(
            field_of::<Tenant>(&json!({"domains": ["a.example", "b_.example"]})),
            "/domains/1"
        );
        assert_eq!(
            field_of::<Extension>(&json!({"number": "1", "ring_seconds": 4})),
            "/ring_seconds"
        );
    }

    #[test]
    fn domains_are_stored_in_lower_case() {
        let tenant: Tenant = parse_spec(&json!({"domains": ["Acme.Example"]})).unwrap();
        assert_eq!(tenant.domains, ["acme.example"]);
    }
}
