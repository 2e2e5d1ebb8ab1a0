//! Presets: what the public documents of carriers say of their trunks, so that nobody has to look
//! it up. A preset is never stored: it fills members of a new trunk in, and is forgotten.

mod table;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{CalledIn, NumberForm, TrunkIdentity, TrunkMode};
use crate::invalid::Invalid;

/// Something that only the customer of a carrier knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PresetAsk {
    /// A member of the trunk, or the name of a placeholder in the preset's peers.
    pub name: &'static str,
    /// What is to be said, and where the customer finds it.
    pub what: &'static str,
    /// Whether the trunk cannot be without it.
    pub needed: bool,
}

/// What is known of a carrier's trunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrunkPreset {
    /// What it is called: small letters and digits.
    pub name: &'static str,
    /// The carrier's name.
    pub carrier: &'static str,
    /// How the two know each other.
    pub mode: TrunkMode,
    /// Where calls are sent; `{account}` and `{host}` stand for what is asked.
    pub peers: &'static [&'static str],
    /// Where calls come from.
    pub sources: &'static [&'static str],
    /// How numbers are written.
    pub numbers: NumberForm,
    /// In which header the number goes out.
    pub identity: TrunkIdentity,
    /// Where the called number of calls that come in stands.
    pub called_in: CalledIn,
    /// What the customer has to say beside.
    pub asks: &'static [PresetAsk],
    /// What is good to know; may be empty.
    pub note: &'static str,
    /// The pages that it comes from.
    pub pages: &'static [&'static str],
}

impl TrunkPreset {
    /// All presets, by name.
    pub const ALL: &'static [TrunkPreset] = table::ALL;

    /// The preset of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static TrunkPreset> {
        TrunkPreset::ALL.iter().find(|preset| preset.name == name)
    }

    /// The members of a trunk that it fills in, placeholders as they are.
    #[must_use]
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut fill = |name: &str, value: Value| members.insert(name.to_owned(), value);
        fill("mode", word(&self.mode));
        if !self.peers.is_empty() {
            fill("peers", self.peers.into());
        }
        if !self.sources.is_empty() {
            fill("sources", self.sources.into());
        }
        if self.numbers != NumberForm::default() {
            fill("numbers_in", word(&self.numbers));
            fill("numbers_out", word(&self.numbers));
        }
        if self.identity != TrunkIdentity::default() {
            fill("identity", word(&self.identity));
        }
        if self.called_in != CalledIn::default() {
            fill("called_in", word(&self.called_in));
        }
        members
    }

    /// Fills it into what is said of a new trunk: what is said wins, and what was said for a
    /// placeholder is no member of the trunk.
    ///
    /// # Errors
    /// Something that it needs and that is not said.
    pub fn fill(&self, mut said: Map<String, Value>) -> Result<Map<String, Value>, Invalid> {
        let mut members = self.members();
        for ask in self.asks {
            let placeholder = format!("{{{}}}", ask.name);
            let stands = self.peers.iter().any(|peer| peer.contains(&placeholder));
            let own_peers = said.contains_key("peers");
            if ask.needed && !said.contains_key(ask.name) && !(stands && own_peers) {
                let (name, what) = (self.name, ask.what);
                let rule = format!("must be said for the preset {name}: {what}");
                return Err(Invalid::new(format!("/{}", ask.name), rule));
            }
            if !stands {
                continue;
            }
            let value = said.remove(ask.name);
            if let (Some(value), Some(peers)) = (value, members.get_mut("peers")) {
                replace(peers, &placeholder, &plain(&value));
            }
        }
        members.extend(said);
        Ok(members)
    }
}

/// A value of one of our enums as documents write it.
fn word(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// What was said, as it goes into a text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

fn replace(peers: &mut Value, placeholder: &str, with: &str) {
    let texts = peers.as_array_mut().into_iter().flatten();
    for text in texts {
        if let Value::String(text) = text {
            *text = text.replace(placeholder, with);
        }
    }
}

#[cfg(test)]
mod tests;
