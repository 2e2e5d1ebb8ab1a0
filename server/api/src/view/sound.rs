//! A sound that comes in.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The bytes of a recording; only its schema is wanted.
pub(crate) struct RecordingBytes;

impl PartialSchema for RecordingBytes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("A recording: WAV, MP3, FLAC or Ogg Vorbis."))
            .into()
    }
}

impl ToSchema for RecordingBytes {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Recording")
    }
}
