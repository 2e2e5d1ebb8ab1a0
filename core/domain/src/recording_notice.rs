//! What is heard before a call is recorded, and by whom.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What is heard when a recording begins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RecordingNotice {
    /// Nothing.
    None,
    /// A short tone.
    #[default]
    Beep,
    /// Words that say it, in the company's language, before anything is recorded.
    Words,
}

/// Who hears it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeTo {
    /// All.
    #[default]
    All,
    /// Whoever comes or is called by a trunk.
    Outside,
}

/// Its names, in the order in which they are numbered.
const NAMES: [&str; 3] = ["none", "beep", "words"];

impl RecordingNotice {
    fn named(name: &str) -> Option<RecordingNotice> {
        match name {
            "none" => Some(RecordingNotice::None),
            "beep" => Some(RecordingNotice::Beep),
            "words" => Some(RecordingNotice::Words),
            _ => None,
        }
    }
}

/// Documents that are older than the words say `true` for a tone and `false` for nothing.
impl<'de> Deserialize<'de> for RecordingNotice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<RecordingNotice, D::Error> {
        if from.is_human_readable() {
            return from.deserialize_any(Reader);
        }
        match u32::deserialize(from)? {
            0 => Ok(RecordingNotice::None),
            1 => Ok(RecordingNotice::Beep),
            2 => Ok(RecordingNotice::Words),
            other => Err(D::Error::custom(format!(
                "no notice has the number {other}"
            ))),
        }
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = RecordingNotice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`none`, `beep` or `words`")
    }

    fn visit_bool<E: Error>(self, beeps: bool) -> Result<RecordingNotice, E> {
        Ok(match beeps {
            true => RecordingNotice::Beep,
            false => RecordingNotice::None,
        })
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<RecordingNotice, E> {
        RecordingNotice::named(name).ok_or_else(|| E::unknown_variant(name, &NAMES))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written_in_either_form() {
        for (notice, name) in [
            (RecordingNotice::None, "\"none\""),
            (RecordingNotice::Beep, "\"beep\""),
            (RecordingNotice::Words, "\"words\""),
        ] {
            assert_eq!(serde_json::to_string(&notice).unwrap(), name);
            assert_eq!(
                serde_json::from_str::<RecordingNotice>(name).unwrap(),
                notice
            );
            let octets = postcard::to_allocvec(&notice).unwrap();
            assert_eq!(
                postcard::from_bytes::<RecordingNotice>(&octets).unwrap(),
                notice
            );
        }
        assert!(serde_json::from_str::<RecordingNotice>("\"song\"").is_err());
        assert!(postcard::from_bytes::<RecordingNotice>(&[3]).is_err());
    }

    #[test]
    fn what_was_written_before_there_were_words_is_read() {
        let read = |text| {
            serde_json::from_str::<crate::RecordingRule>(text)
                .unwrap()
                .announce
        };
        assert_eq!(read(r#"{"beep": true}"#), RecordingNotice::Beep);
        assert_eq!(read(r#"{"beep": false}"#), RecordingNotice::None);
        assert_eq!(read("{}"), RecordingNotice::Beep);
    }
}
