//! CBOR (RFC 8949) as authenticators write it: small, shallow, no key of a map twice.

use ciborium::Value;

/// How deep values may lie in each other; statements of attestation use four levels.
const DEPTH_MAX: usize = 8;

/// Reads the value that some bytes begin with, and gives what follows it.
pub(super) fn read_first(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX).ok()?;
    Some((value, rest))
}

/// Reads bytes that are one value.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    read_first(bytes).and_then(|(value, rest)| rest.is_empty().then_some(value))
}

/// A map whose keys are all different.
pub(super) struct Map(Vec<(Value, Value)>);

impl Map {
    /// Takes a value that is a map.
    pub(super) fn of(value: Value) -> Option<Map> {
        let Value::Map(entries) = value else {
            return None;
        };
        let twice = |(at, (key, _)): (usize, &(Value, Value))| {
            entries[..at].iter().any(|(before, _)| before == key)
        };
        (!entries.iter().enumerate().any(twice)).then_some(Map(entries))
    }

    /// Whether it has no entries.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands under a word.
    pub(super) fn word(&self, key: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(k, _)| k.as_text() == Some(key));
        found.map(|(_, value)| value)
    }

    /// What stands under a number.
    pub(super) fn number(&self, key: i64) -> Option<&Value> {
        let found = self.0.iter().find(|(k, _)| integer(k) == Some(key));
        found.map(|(_, value)| value)
    }

    /// The bytes under a number.
    pub(super) fn bytes(&self, key: i64) -> Option<&[u8]> {
        self.number(key)?.as_bytes().map(Vec::as_slice)
    }

    /// The integer under a number.
    pub(super) fn integer(&self, key: i64) -> Option<i64> {
        integer(self.number(key)?)
    }
}

/// A value that is an integer of 64 bits.
pub(super) fn integer(value: &Value) -> Option<i64> {
    i64::try_from(value.as_integer()?).ok()
}
