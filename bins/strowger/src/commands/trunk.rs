//! `strowger trunk`: trunks, and what is known of carriers, beside what every kind of document has.

use domain::{KindName, TrunkPreset};
use serde_json::{Map, Value, json};

use super::{document, fields};
use crate::arguments::document::{AnyKind, Verb};
use crate::arguments::trunk::{TrunkArguments, TrunkVerb};
use crate::failure::Failure;
use crate::print;

/// The field of `add` that names a preset.
const PRESET: &str = "preset";

/// Carries the command out.
///
/// # Errors
/// What the use case says; a preset that nobody knows, or that needs more than was said.
pub(crate) fn run(arguments: TrunkArguments) -> Result<(), Failure> {
    let folder = arguments.folder;
    match arguments.verb {
        TrunkVerb::Document(verb) => {
            let verb = with_preset(verb)?;
            document::anywhere(KindName::Trunk, AnyKind { folder, verb })
        }
        TrunkVerb::Presets => {
            list();
            Ok(())
        }
        TrunkVerb::Preset { name } => show(named(&name)?),
    }
}

fn named(name: &str) -> Result<&'static TrunkPreset, Failure> {
    TrunkPreset::named(name).ok_or_else(|| {
        Failure::new(format!("{name}: there is no such preset"))
            .next("strowger trunk presets lists them")
    })
}

fn list() {
    let row = |preset: &TrunkPreset| {
        let asks = preset.asks.iter().filter(|ask| ask.needed);
        let asks: Vec<&str> = asks.map(|ask| ask.name).collect();
        vec![
            preset.name.to_owned(),
            preset.carrier.to_owned(),
            asks.join(","),
            preset.pages.first().copied().unwrap_or_default().to_owned(),
        ]
    };
    let rows: Vec<_> = TrunkPreset::ALL.iter().map(row).collect();
    print::table(&["NAME", "CARRIER", "ASKS", "FROM"], &rows);
}

fn show(preset: &TrunkPreset) -> Result<(), Failure> {
    print::json(&json!({
        "name": preset.name,
        "carrier": preset.carrier,
        "fills": preset.members(),
        "asks": preset.asks,
        "note": preset.note,
        "pages": preset.pages,
    }))
}

/// What is to be done, with the fields of a preset that it names.
fn with_preset<Whose: clap::Args>(verb: Verb<Whose>) -> Result<Verb<Whose>, Failure> {
    match verb {
        Verb::Add {
            whose,
            name,
            fields,
            secret_stdin,
        } => Ok(Verb::Add {
            whose,
            name,
            fields: filled(fields)?,
            secret_stdin,
        }),
        other @ (Verb::List { .. }
        | Verb::Show { .. }
        | Verb::Set { .. }
        | Verb::Secret { .. }
        | Verb::UsedBy { .. }
        | Verb::History { .. }
        | Verb::Rollback { .. }
        | Verb::Remove { .. }) => Ok(other),
    }
}

/// The fields of a new trunk with what its preset fills in; as they are where none is named.
fn filled(said: Vec<String>) -> Result<Vec<String>, Failure> {
    // what is asked of a customer is text, but for lists
    let texts: Vec<&str> = [PRESET, "account", "host", "username"].into();
    let Value::Object(mut members) = fields::object(&said, &texts)? else {
        return Ok(said);
    };
    let Some(Value::String(preset)) = members.remove(PRESET) else {
        return Ok(said);
    };
    let preset = named(&preset)?;
    let members: Map<String, Value> = preset.fill(members).map_err(|invalid| {
        Failure::new(invalid.to_string()).next(format!(
            "strowger trunk preset {} shows all of it",
            preset.name
        ))
    })?;
    let field = |(name, value): (String, Value)| format!("{name}={value}");
    Ok(members.into_iter().map(field).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(said: &[&str]) -> Result<Value, Failure> {
        let said = said.iter().map(|word| (*word).to_owned()).collect();
        fields::object(&filled(said)?, &[])
    }

    #[test]
    fn a_preset_fills_in_what_is_not_said() {
        let said = [
            "preset=twilio",
            "account=acme",
            "sources=[]",
            "caps.concurrent_calls=5",
        ];
        let members = of(&said).unwrap();
        assert_eq!(members["mode"], "peer");
        assert_eq!(members["peers"], json!(["sip:acme.pstn.twilio.com"]));
        assert_eq!(members["sources"], json!([]));
        assert_eq!(members["caps"], json!({"concurrent_calls": 5}));
        assert_eq!(members.get("preset"), None);
        assert_eq!(members.get("account"), None);
    }

    #[test]
    fn a_user_name_of_digits_stays_text() {
        let members = of(&["preset=wavix", "host=nl.wavix.net", "username=12345"]).unwrap();
        assert_eq!(members["username"], "12345");
    }

    #[test]
    fn what_a_preset_needs_is_named_and_an_unknown_one_refused() {
        let failure = of(&["preset=twilio"]).unwrap_err().to_string();
        assert!(
            failure.starts_with("/account: must be said for the preset"),
            "{failure}"
        );
        let failure = of(&["preset=nobody"]).unwrap_err().to_string();
        assert!(failure.contains("strowger trunk presets"), "{failure}");
    }

    #[test]
    fn without_a_preset_the_fields_are_as_they_were_said() {
        let said = vec![
            "mode=peer".to_owned(),
            "peers=[\"sip:a.example\"]".to_owned(),
        ];
        assert_eq!(filled(said.clone()).unwrap(), said);
    }
}
