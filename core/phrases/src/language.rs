//! The languages that the exchange speaks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language that the exchange speaks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// German, by a made voice alone.
    De,
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Italian.
    It,
    /// Russian.
    Ru,
}

impl Language {
    /// All of them, by their codes.
    pub const ALL: [Language; 6] = [
        Language::De,
        Language::En,
        Language::Es,
        Language::Fr,
        Language::It,
        Language::Ru,
    ];

    /// Its code (ISO 639-1), as settings and the API write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::De => "de",
            Language::En => "en",
            Language::Es => "es",
            Language::Fr => "fr",
            Language::It => "it",
            Language::Ru => "ru",
        }
    }
}
