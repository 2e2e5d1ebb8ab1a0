//! A sound that comes in.

use std::borrow::Cow;

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
