//! A person as data knows them: ids and words, found in texts and replaced there.

mod another;
mod word;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use word::{is_number, places};

/// Members that tell of telephones and networks, where no digits are anybody's number.
const TECHNICAL: [&str; 4] = ["address", "codec", "sip_call_id", "user_agent"];

/// What a person is named by in records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Ids of documents that are the person's: user, extensions, devices.
    pub ids: BTreeSet<String>,
    /// Numbers, mail addresses, names and user names.
    pub words: BTreeSet<String>,
}

impl Subject {
    /// Whether a value names the person anywhere inside. A number that the value gives to
    /// somebody else does not.
    pub fn is_in(&self, value: &Value) -> bool {
        self.within(value).is_inside(value)
    }

    /// Whether a text names the person.
    pub fn is_named(&self, text: &str) -> bool {
        self.all().any(|word| !places(text, word).is_empty())
    }

    /// The value with a pseudonym wherever it names the person. Where a member must be an id and
    /// is the person's, it becomes null.
    pub fn masked(&self, value: Value, pseudonym: &str) -> Value {
        self.within(&value).into_owned().mask(value, pseudonym)
    }

    /// The text with a pseudonym wherever it names the person.
    pub fn masked_text(&self, text: &str, pseudonym: &str) -> String {
        let mut masked = text.to_owned();
        for word in self.all() {
            for at in places(&masked, word).into_iter().rev() {
                masked.replace_range(at..at + word.len(), pseudonym);
            }
        }
        masked
    }

    fn is_inside(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_named(text),
            Value::Array(values) => values.iter().any(|one| self.is_inside(one)),
            Value::Object(members) => members
                .iter()
                .any(|(name, value)| self.at(name).is_inside(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn mask(&self, value: Value, pseudonym: &str) -> Value {
        match value {
            Value::String(text) => self.masked_text(&text, pseudonym).into(),
            Value::Array(values) => {
                let masked = values.into_iter().map(|one| self.mask(one, pseudonym));
                masked.collect()
            }
            Value::Object(members) => {
                let mask = |(name, value): (String, Value)| {
                    let id = value.as_str().is_some_and(|text| self.ids.contains(text));
                    let typed = matches!(name.as_str(), "extension" | "device" | "user");
                    if id && typed {
                        return (name, Value::Null);
                    }
                    let value = self.at(&name).mask(value, pseudonym);
                    (name, value)
                };
                members.into_iter().map(mask).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    /// What names the person within a value as a whole.
    fn within(&self, value: &Value) -> Cow<'_, Subject> {
        let given = another::numbers(value, &self.ids);
        self.without(|word| given.contains(word))
    }

    /// What names the person in a member of that name.
    fn at(&self, name: &str) -> Cow<'_, Subject> {
        if TECHNICAL.contains(&name) {
            return self.without(is_number);
        }
        Cow::Borrowed(self)
    }

    fn without(&self, gone: impl Fn(&str) -> bool) -> Cow<'_, Subject> {
        if !self.words.iter().any(|word| gone(word)) {
            return Cow::Borrowed(self);
        }
        let words = self.words.iter().filter(|word| !gone(word));
        Cow::Owned(Subject {
            ids: self.ids.clone(),
            words: words.cloned().collect(),
        })
    }

    /// The longest first, so that no part of a longer word is replaced before it.
    fn all(&self) -> impl Iterator<Item = &str> {
        let mut all: Vec<&str> = self.ids.union(&self.words).map(String::as_str).collect();
        all.retain(|word| !word.is_empty());
        all.sort_by_key(|word| std::cmp::Reverse(word.len()));
        all.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ann() -> Subject {
        let set = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Subject {
            ids: set(&["ext_01"]),
            words: set(&["101", "Ann Lee", "Ann", "ann@acme.example"]),
        }
    }

    #[test]
    fn a_person_is_found_by_whole_words_alone() {
        for named in [
            "101",
            "sip:101@acme.example",
            "ring 101 for 30 s",
            "Ann Lee",
            "<Ann>",
        ] {
            assert!(ann().is_named(named), "{named}");
        }
        for other in [
            "1010",
            "2101",
            "+101",
            "+49-101-5550",
            "192.0.2.101:5060",
            "10.101",
            "*101",
            "Anna",
            "joann@acme.example",
            "",
        ] {
            assert!(!ann().is_named(other), "{other}");
        }
    }

    #[test]
    fn a_masked_value_names_the_person_nowhere_and_keeps_the_rest() {
        let record = json!({
            "caller": { "extension": "ext_01", "number": "101", "display": "Ann Lee" },
            "dialled": "102", "seconds": 101, "legs": ["Ann called 102", "1010"],
        });
        assert!(ann().is_in(&record));
        let masked = ann().masked(record, "erased-7");
        assert!(!ann().is_in(&masked));
        let expected = json!({
            "caller": { "extension": null, "number": "erased-7", "display": "erased-7" },
            "dialled": "102", "seconds": 101, "legs": ["erased-7 called 102", "1010"],
        });
        assert_eq!(masked, expected);
    }

    #[test]
    fn digits_of_addresses_and_programs_are_nobodys_number() {
        let leg = json!({
            "address": "phone-101.acme.example:5060", "user_agent": "Model 101",
            "sip_call_id": "101@192.0.2.7", "codec": "L16/101",
        });
        assert!(!ann().is_in(&leg));
        assert_eq!(ann().masked(leg.clone(), "erased-7"), leg);
    }

    #[test]
    fn a_number_that_is_somebody_elses_in_a_record_is_not_the_persons_there() {
        let before = json!({
            "caller": { "extension": "ext_02", "device": null, "number": "101" },
            "dialled": "102", "explanation": ["101 called 102"],
        });
        assert!(!ann().is_in(&before), "101 was another's then");
        let outside = json!({ "caller": { "extension": null, "device": null, "number": "101" } });
        assert!(ann().is_in(&outside), "nobody else had it");
        let both = json!({
            "caller": { "extension": "ext_02", "number": "101" },
            "destination": { "extension": "ext_01", "number": "104" },
        });
        let masked = ann().masked(both, "erased-7");
        assert_eq!(masked["caller"]["number"], "101");
        assert_eq!(masked["destination"]["extension"], Value::Null);
    }
}
