//! The documents of a snapshot, held as briefly as they can be read again: one text each, beside
//! what their order needs to know.

use std::fmt;

use domain::Invalid;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::order::{Order, Outline};
use super::snapshot::{Entry, FORMAT, Snapshot};

/// Documents that come in. Reading them takes one after the other, so a snapshot is never held as
/// a whole: what stays is about as long as its text, however deep its documents are.
#[derive(Clone, Debug, Default)]
pub struct Pile {
    /// The documents as JSON, one behind the other.
    texts: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    outline: Outline,
}

impl Pile {
    /// The documents of a snapshot.
    ///
    /// # Errors
    /// [`Invalid`] when it is of another form.
    pub fn of(snapshot: &Snapshot) -> Result<Pile, Invalid> {
        snapshot.check()?;
        let mut pile = Pile::default();
        snapshot
            .documents
            .iter()
            .try_for_each(|one| pile.add(one))?;
        Ok(pile)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn add(&mut self, entry: &Entry) -> Result<(), Invalid> {
        let odd = |error: serde_json::Error| Invalid::new("", error.to_string());
        let mut json = serde_json::Serializer::new(&mut self.texts);
        entry.serialize(&mut json).map_err(odd)?;
        self.ends.push(self.texts.len());
        self.outline.add(entry);
        Ok(())
    }

    /// The document at a place, from 0.
    pub(super) fn entry(&self, at: usize) -> Result<Entry, Invalid> {
        let gone = || Invalid::new("", "there is no such document");
        let end = *self.ends.get(at).ok_or_else(gone)?;
        let before = at.checked_sub(1).and_then(|at| self.ends.get(at));
        let begin = before.copied().unwrap_or_default();
        let text = self.texts.get(begin..end).ok_or_else(gone)?;
        serde_json::from_slice(text).map_err(|error| Invalid::new("", error.to_string()))
    }

    /// The order in which each comes after those that it needs.
    pub(super) fn order(&self) -> Order {
        self.outline.order()
    }
}

impl<'de> Deserialize<'de> for Pile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pile, D::Error> {
        from.deserialize_map(Whole)
    }
}

/// The members of a snapshot.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Member {
    Strowger,
    Documents,
}

/// Reads a snapshot.
struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Pile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pile, A::Error> {
        let (mut pile, mut form, mut seen) = (Pile::default(), None, false);
        while let Some(member) = map.next_key()? {
            match member {
                Member::Strowger => form = Some(map.next_value::<u32>()?),
                Member::Documents if seen => return Err(A::Error::duplicate_field("documents")),
                Member::Documents => {
                    map.next_value_seed(Documents(&mut pile))?;
                    seen = true;
                }
            }
        }
        let form = form.ok_or_else(|| A::Error::missing_field("strowger"))?;
        if form != FORMAT {
            let odd = format!("/strowger: must be {FORMAT}, the form that this release reads");
            return Err(A::Error::custom(odd));
        }
        if !seen {
            return Err(A::Error::missing_field("documents"));
        }
        Ok(pile)
    }
}

/// Reads documents onto a pile.
struct Documents<'p>(&'p mut Pile);

impl<'de> DeserializeSeed<'de> for Documents<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Documents<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of documents")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<Entry>()? {
            self.0.add(&entry).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use domain::KindName;
    use serde_json::json;

    #[test]
    fn a_document_is_read_again_as_it_came() {
        let entry = |number: &str| Entry {
            kind: KindName::Extension,
            within: Some("acme.example".to_owned()),
            spec: json!({ "number": number, "ring_seconds": 20 }),
        };
        let snapshot = Snapshot::of(vec![entry("101"), entry("102")]);
        let text = serde_json::to_string(&snapshot).unwrap();
        for pile in [
            Pile::of(&snapshot).unwrap(),
            serde_json::from_str(&text).unwrap(),
        ] {
            assert_eq!(pile.len(), 2);
            assert_eq!(pile.entry(0).unwrap(), entry("101"));
            assert_eq!(pile.entry(1).unwrap(), entry("102"));
            assert!(pile.entry(2).is_err());
        }
    }

    #[test]
    fn what_is_no_snapshot_is_refused_by_the_member_that_is_wrong() {
        for (text, said) in [
            (r#"{"documents": []}"#, "strowger"),
            (r#"{"strowger": 1}"#, "documents"),
            (
                r#"{"strowger": 2, "documents": []}"#,
                "/strowger: must be 1",
            ),
            (r#"{"strowger": 1, "documents": [], "more": 1}"#, "more"),
            (
                r#"{"strowger": 1, "documents": [{"kind": "cat", "spec": {}}]}"#,
                "cat",
            ),
            (
                r#"{"strowger": 1, "documents": [], "documents": []}"#,
                "duplicate",
            ),
        ] {
            let refused = serde_json::from_str::<Pile>(text).unwrap_err();
            assert!(refused.to_string().contains(said), "{text}: {refused}");
        }
    }
}
