//! `strowger rate-deck`: carriers' price lists, beside what every kind of document has.

use admin::sheet::{Refusal, rates};
use domain::KindName;
use serde_json::Value;

use super::{document, sheet};
use crate::arguments::document::{AnyKind, Verb};
use crate::arguments::rate_deck::{RateDeckArguments, RateDeckVerb};
use crate::failure::Failure;

/// Carries the command out.
///
/// # Errors
/// What the use case says; every row of a sheet that is wrong.
pub(crate) fn run(arguments: RateDeckArguments) -> Result<(), Failure> {
    let folder = arguments.folder;
    let verb = match arguments.verb {
        RateDeckVerb::Document(verb) => verb,
        RateDeckVerb::Rates { whose, name, file } => {
            let rates = rates(&sheet::read(&file)?).map_err(|refusal| match refusal {
                Refusal::Rows(bad) => sheet::faults(&bad),
                Refusal::Store(error) => error.into(),
            })?;
            let rates = serde_json::to_value(rates).unwrap_or(Value::Null);
            let fields = vec![format!("rates={rates}")];
            Verb::Set {
                whose,
                name,
                fields,
            }
        }
    };
    document::anywhere(KindName::RateDeck, AnyKind { folder, verb })
}
