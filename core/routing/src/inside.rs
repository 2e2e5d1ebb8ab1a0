//! What there is inside the company under a number.

use crate::{Explanation, Guest, Refusal, Spoken, Step};
use domain::{CompiledExtension, CompiledTenant};

/// Dialling this answers with the caller's own voice.
pub const ECHO_CODE: &str = "*43";
/// Dialling this answers with the announcement.
pub const ANNOUNCEMENT_CODE: &str = "*44";

/// Dialling this answers with the day and the time.
pub const CLOCK_CODE: &str = "*60";
/// Dialling this answers with the number of the extension that calls.
pub const OWN_NUMBER_CODE: &str = "*65";

/// What was found.
pub(crate) enum Found<'a> {
    /// An extension in use.
    Extension(&'a CompiledExtension),
    /// What is done at once.
    Step(Step),
}

/// What is under a number; `None` when there is nothing.
pub(crate) fn under<'a>(
    tenant: &'a CompiledTenant,
    number: &str,
    why: &mut Explanation,
) -> Option<Found<'a>> {
    match number {
        ECHO_CODE => {
            why.add("code.echo", "*43 answers with the caller's own voice");
            return Some(Found::Step(Step::Guest(Guest::Echo)));
        }
        ANNOUNCEMENT_CODE => {
            why.add("code.announcement", "*44 plays the announcement");
            return Some(Found::Step(Step::Guest(Guest::Announcement)));
        }
        CLOCK_CODE => {
            why.add("code.clock", "*60 says the day and the time");
            return Some(Found::Step(Step::Guest(Guest::Speaker(Spoken::Clock))));
        }
        OWN_NUMBER_CODE => {
            why.add("code.own_number", "*65 says the number of who calls");
            return Some(Found::Step(Step::Guest(Guest::Speaker(Spoken::OwnNumber))));
        }
        _ => {}
    }
    let extension = tenant.extension_by_number(number)?;
    if !extension.enabled {
        why.add(
            "number.unknown",
            format!("no extension of this company has the number {number}"),
        );
        return Some(Found::Step(Step::Refuse(Refusal::NOT_FOUND)));
    }
    why.add(
        "extension.by_number",
        format!("{number} is an extension of this company"),
    );
    Some(Found::Extension(extension))
}
