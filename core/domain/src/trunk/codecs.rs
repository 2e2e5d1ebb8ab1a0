//! Which codecs are spoken by a trunk.

use super::Trunk;
use crate::invalid::{Invalid, rule};
use crate::text;

/// Most codecs of a trunk.
const CODECS_MAX: usize = 16;
/// Longest name, in characters.
const NAME_MAX: usize = 32;

/// What goes beside speech and is no codec of its own.
const BESIDE: [&str; 2] = ["telephone-event", "CN"];

impl Trunk {
    pub(super) fn validate_codecs(&self) -> Result<(), Invalid> {
        let few = self.codecs.len() <= CODECS_MAX;
        rule(few, "/codecs", "must name at most 16 codecs")?;
        for (index, codec) in self.codecs.iter().enumerate() {
            let field = format!("/codecs/{index}");
            let is_name = text::is_word(codec, NAME_MAX, b"._-");
            let form = "must be a name as in SDP, such as PCMA, G722 or opus";
            rule(is_name, &field, form)?;
            let is = |other: &str| other.eq_ignore_ascii_case(codec);
            let speech = !BESIDE.iter().any(|other| is(other));
            let beside = "must be a codec for speech: key presses and comfort noise go with any";
            rule(speech, &field, beside)?;
            let once = !self.codecs[..index].iter().any(|other| is(other));
            rule(once, &field, "must not be named twice")?;
        }
        Ok(())
    }
}
