//! For which numbers a certificate is good: its TN Authorization List (RFC 8226 §9).

use serde::{Deserialize, Serialize};
use x509_cert::der::asn1::{Any, Ia5StringRef, UintRef};
use x509_cert::der::{Decode, Tag, Tagged};

use crate::Number;

/// Most entries that are read of one list.
pub const ENTRIES_MAX: usize = 1_000;

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TnEntry {
    /// All numbers of a service provider, by its code. Which those are, no certificate says.
    Provider(String),
    /// So many numbers, from this one on.
    Range {
        /// The first.
        start: Number,
        /// How many.
        count: u64,
    },
    /// One number.
    One(Number),
}

impl TnEntry {
    fn covers(&self, number: &Number) -> bool {
        match self {
            TnEntry::Provider(_) => true,
            TnEntry::One(one) => one == number,
            TnEntry::Range { start, count } => offset(start, number).is_some_and(|at| at < *count),
        }
    }
}

/// How far a number lies behind another of the same length.
fn offset(start: &Number, number: &Number) -> Option<u64> {
    if start.as_str().len() != number.as_str().len() {
        return None;
    }
    let value = |number: &Number| number.as_str().parse::<u64>().ok();
    value(number)?.checked_sub(value(start)?)
}

/// A list; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TnAuthList(Vec<TnEntry>);

impl TnAuthList {
    /// Reads the extension of a certificate: explicitly tagged, as the module says. `None` for
    /// what is none, and for more than 1,000 entries.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<TnAuthList> {
        let entries: Vec<Any> = Vec::from_der(der).ok()?;
        if entries.is_empty() || entries.len() > ENTRIES_MAX {
            return None;
        }
        entries
            .iter()
            .map(entry)
            .collect::<Option<_>>()
            .map(TnAuthList)
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[TnEntry] {
        &self.0
    }

    /// Whether it is good for a number. One that names a service provider is good for all: whose
    /// number it is, no certificate says.
    #[must_use]
    pub fn covers(&self, number: &Number) -> bool {
        self.0.iter().any(|entry| entry.covers(number))
    }
}

fn entry(tagged: &Any) -> Option<TnEntry> {
    let Tag::ContextSpecific { number, .. } = tagged.tag() else {
        return None;
    };
    match number.value() {
        0 => Ia5StringRef::from_der(tagged.value())
            .ok()
            .map(|code| TnEntry::Provider(code.as_str().to_owned())),
        1 => {
            let fields: Vec<Any> = Vec::from_der(tagged.value()).ok()?;
            let [start, count, ..] = fields.as_slice() else {
                return None;
            };
            Some(TnEntry::Range {
                start: Number::canonical(start.decode_as::<Ia5StringRef<'_>>().ok()?.as_str())?,
                count: whole(count.decode_as::<UintRef<'_>>().ok()?.as_bytes())?,
            })
        }
        2 => {
            let number = Ia5StringRef::from_der(tagged.value()).ok()?;
            Number::canonical(number.as_str()).map(TnEntry::One)
        }
        _ => None,
    }
}

fn whole(bytes: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for byte in bytes {
        value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
    }
    Some(value)
}
