//! The page of all kinds of resource, made of the types themselves.

use domain::{ForKind, Kind, KindName, Place, SecretRule};
use serde_json::Value;

use crate::words;

const HEAD: &str = "\
# Kinds of resource

Made of the types themselves: `cargo run -p api --example kinds > docs/guide/kinds.md`.
";

/// The page of all kinds, as Markdown: who owns them, what they are called by, their fields.
pub fn kinds() -> String {
    let pages = KindName::ALL.map(|kind| kind.with(Page));
    HEAD.to_owned() + &pages.concat()
}

struct Page;

impl ForKind for Page {
    type Output = String;

    fn run<K: Kind>(self) -> String {
        let schema = serde_json::to_value(K::schema()).unwrap_or_default();
        let mut text = format!(
            "\n## {}\n\n",
            words::capital(&words::plain(K::NAME.as_str()))
        );
        text.push_str(said(&schema));
        text.push_str(&format!(
            "\n\nOwned by {}. In paths it is named by its id or {}.{}\n\n",
            owner(K::PLACE),
            words::key::<K>(),
            secret(K::SECRET)
        ));
        text.push_str("| Field | Means | Default |\n|---|---|---|\n");
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            text.push_str(&row::<K>(name, field, &schema));
        }
        text
    }
}

fn said(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn owner(place: Place) -> &'static str {
    match place {
        Place::Itself => "itself, below the account that made it",
        Place::Account => "an account: the operator or a reseller",
        Place::Tenant => "a tenant",
        Place::Anywhere => "an account or a tenant",
    }
}

fn secret(rule: SecretRule) -> &'static str {
    match rule {
        SecretRule::None => "",
        SecretRule::Generated => {
            " It has a `secret`, generated unless one is given, and shown once."
        }
        SecretRule::Signing => {
            " It has a `secret`, a key that signs: made by the exchange, and shown once."
        }
        SecretRule::PrivateKey => {
            " It may have a `secret`, a private key in PEM, which is kept sealed and never shown."
        }
        SecretRule::Supplied => " It may have a `secret`, which is kept sealed and never shown.",
    }
}

fn row<K: Kind>(name: &str, field: &Value, schema: &Value) -> String {
    let words = said(field).split_whitespace().collect::<Vec<_>>().join(" ");
    let required = schema["required"].as_array().into_iter().flatten();
    let default = match field.get("default") {
        Some(value) => format!("`{value}`"),
        None if required.into_iter().any(|one| one == name) => "required".to_owned(),
        None => String::new(),
    };
    let link = K::LINKS.iter().find(|link| link.member == name);
    let link = link.map_or(String::new(), |link| format!(" Refers to: {}.", link.kind));
    format!(
        "| `{name}` | {}{link} | {default} |\n",
        words.replace('|', "\\|")
    )
}
