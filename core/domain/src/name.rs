//! The name by which people call a document in paths and on command lines.

use std::str::FromStr;

use crate::invalid::{Invalid, rule};
use crate::text;

/// Longest name, in characters.
const NAME_MAX: usize = 64;

/// A name of 1 to 64 letters, digits or `. _ -` that has not the form of an id `Id`.
pub(crate) fn name<Id: FromStr>(name: &str) -> Result<(), Invalid> {
    rule(
        text::is_word(name, NAME_MAX, b"._-"),
        "/name",
        "must be 1 to 64 letters, digits or . _ -",
    )?;
    let is_id = name.parse::<Id>().is_ok();
    rule(!is_id, "/name", "must not look like an id")
}
