//! What an extension plays that is an announcement.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::text;

/// The longest text of an announcement, in characters.
pub const ANNOUNCEMENT_TEXT_MAX: usize = 1_000;

/// What an extension plays that is an announcement; of no meaning to others. Where neither is
/// named, it is the exchange's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementRule {
    /// The name of a sound of the company's own. Where there is none of that name, or nothing was
    /// uploaded to it, the exchange's own announcement is heard.
    #[serde(default)]
    #[schema(example = "closed")]
    pub sound: Option<String>,
    /// What is spoken in the company's language, at most 1,000 characters. Not beside a sound.
    #[serde(default)]
    #[schema(max_length = 1000, example = "We are closed today.")]
    pub text: Option<String>,
    /// Whether it is heard again and again, with a short pause. Where it is not, the call ends
    /// behind it.
    #[serde(default = "again")]
    #[schema(default = true)]
    pub again: bool,
}

fn again() -> bool {
    true
}

impl Default for AnnouncementRule {
    fn default() -> AnnouncementRule {
        AnnouncementRule {
            sound: None,
            text: None,
            again: again(),
        }
    }
}

impl AnnouncementRule {
    /// Whether it is the exchange's own announcement.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.sound.is_none() && self.text.is_none()
    }

    pub(crate) fn normalise(&mut self) {
        for text in [&mut self.sound, &mut self.text] {
            let trimmed = text.take().map(|text| text.trim().to_owned());
            *text = trimmed.filter(|text| !text.is_empty());
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let words = self.text.as_deref().unwrap_or_default();
        rule(
            words.chars().count() <= ANNOUNCEMENT_TEXT_MAX,
            "/announcement/text",
            "must have at most 1,000 characters",
        )?;
        rule(
            self.sound.is_none() || self.text.is_none(),
            "/announcement/text",
            "must not stand beside a sound",
        )?;
        let sound = self.sound.as_deref();
        rule(
            sound.is_none_or(|name| text::is_word(name, 64, b"._-")),
            "/announcement/sound",
            "must be 1 to 64 letters, digits or . _ -",
        )
    }
}
