//! A sound that comes in, as a recording or in words.

use std::borrow::Cow;

use domain::Language;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::octets::octets;

/// The bytes of a recording; only its schema is wanted.
pub(crate) struct RecordingBytes;

impl PartialSchema for RecordingBytes {
    fn schema() -> RefOr<Schema> {
        octets("A recording: WAV, MP3, FLAC or Ogg Vorbis.")
    }
}

impl ToSchema for RecordingBytes {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Recording")
    }
}

/// Words that are to be heard.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoundText {
    /// What is spoken, 1 to 1,000 characters.
    #[schema(min_length = 1, max_length = 1000, example = "We are closed today.")]
    pub(crate) text: String,
    /// In which language; the company's own where none is named.
    #[serde(default)]
    pub(crate) language: Option<Language>,
}
