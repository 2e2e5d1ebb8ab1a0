//! For `#[serde(with = "machine::rfc3339")]`: a [`WallTime`] as its RFC 3339 text.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;

use super::WallTime;

/// Writes the text.
///
/// # Errors
/// Only the serializer's own.
pub fn serialize<S: Serializer>(time: &WallTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

/// Reads the text.
///
/// # Errors
/// When it is no RFC 3339 date and time.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WallTime, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    WallTime::parse_rfc3339(&text).map_err(D::Error::custom)
}

/// For `#[serde(with = "machine::rfc3339::option")]`: the text, or null.
pub mod option {
    use super::{Cow, Deserialize, Deserializer, Error, Serializer, WallTime};

    /// Writes the text, or null.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(
        time: &Option<WallTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(time),
            None => serializer.serialize_none(),
        }
    }

    /// Reads the text, or null.
    ///
    /// # Errors
    /// When it is no RFC 3339 date and time.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<WallTime>, D::Error> {
        let Some(text) = Option::<Cow<'de, str>>::deserialize(deserializer)? else {
            return Ok(None);
        };
        WallTime::parse_rfc3339(&text)
            .map(Some)
            .map_err(D::Error::custom)
    }
}
