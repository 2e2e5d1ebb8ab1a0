//! A person as data knows them: ids and words, found in texts and replaced there.

use std::collections::BTreeSet;

use serde_json::Value;

/// Shortest word that is looked for inside of longer texts, in bytes; a shorter one must be the
/// whole text.
const INSIDE_MIN: usize = 3;

/// What a person is named by in records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Ids of documents that are the person's: user, extensions, devices.
    pub ids: BTreeSet<String>,
    /// Numbers, mail addresses, names and user names.
    pub words: BTreeSet<String>,
}

impl Subject {
    /// Whether a value names the person anywhere inside.
    pub fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_named(text),
            Value::Array(values) => values.iter().any(|one| self.is_in(one)),
            Value::Object(members) => members.values().any(|one| self.is_in(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Whether a text names the person.
    pub fn is_named(&self, text: &str) -> bool {
        self.all().any(|word| !places(text, word).is_empty())
    }

    /// The value with a pseudonym wherever it names the person. Where a member must be an id and
    /// is the person's, it becomes null.
    pub fn masked(&self, value: Value, pseudonym: &str) -> Value {
        match value {
            Value::String(text) => self.masked_text(&text, pseudonym).into(),
            Value::Array(values) => {
                let masked = values.into_iter().map(|one| self.masked(one, pseudonym));
                masked.collect()
            }
            Value::Object(members) => {
                let mask = |(name, value): (String, Value)| {
                    let id = value.as_str().is_some_and(|text| self.ids.contains(text));
                    let typed = matches!(name.as_str(), "extension" | "device" | "user");
                    if id && typed {
                        return (name, Value::Null);
                    }
                    let value = self.masked(value, pseudonym);
                    (name, value)
                };
                members.into_iter().map(mask).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
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

    /// The longest first, so that no part of a longer word is replaced before it.
    fn all(&self) -> impl Iterator<Item = &str> {
        let mut all: Vec<&str> = self.ids.union(&self.words).map(String::as_str).collect();
        all.retain(|word| !word.is_empty());
        all.sort_by_key(|word| std::cmp::Reverse(word.len()));
        all.into_iter()
    }
}

/// Where a word stands by itself in a text: not as a part of a longer word or number.
fn places(text: &str, word: &str) -> Vec<usize> {
    if text == word {
        return vec![0];
    }
    if word.len() < INSIDE_MIN {
        return Vec::new();
    }
    let inside = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let alone = |at: &usize| {
        let (before, rest) = text.split_at(*at);
        let after = rest.strip_prefix(word).and_then(|rest| rest.chars().next());
        !inside(before.chars().next_back()) && !inside(after)
    };
    let found = text.match_indices(word).map(|(at, _)| at);
    found.filter(alone).collect()
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
        for other in ["1010", "2101", "Anna", "joann@acme.example", ""] {
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
}
