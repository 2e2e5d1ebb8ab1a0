//! `strowger ban`.

use std::time::Duration;

use admin::bans::{self, NewBan};
use domain::{Ban, SourceAddress};
use ports::StoreError;
use store::block_on;

use crate::arguments::ban::{BanArguments, BanVerb};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::print;

/// Lists, adds and lifts bans.
///
/// # Errors
/// The ban is none, the source is not banned, and what the store says.
pub(crate) fn run(arguments: BanArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let (office, scope) = (&console.office, console::platform()?);
    match arguments.verb {
        BanVerb::List { json } => show(&block_on(bans::list(office, &scope))?, json),
        BanVerb::Add {
            source,
            seconds,
            note,
        } => {
            let lasts = Duration::from_secs(seconds);
            let new = NewBan {
                source,
                lasts,
                note,
            };
            let ban = block_on(bans::add(office, &scope, new))?;
            print::line(&format!("{} is banned until {}", ban.source, ban.until));
            Ok(())
        }
        BanVerb::Lift { source } => {
            block_on(bans::lift(office, &scope, source)).map_err(|error| refused(error, source))?;
            print::line(&format!("{source} is banned no more"));
            Ok(())
        }
    }
}

fn refused(error: StoreError, source: SourceAddress) -> Failure {
    if error != StoreError::NotFound {
        return error.into();
    }
    Failure::new(format!("{source} is not banned")).next("strowger ban list")
}

fn show(bans: &[Ban], json: bool) -> Result<(), Failure> {
    if json {
        let text = serde_json::to_string_pretty(bans);
        print::line(&text.map_err(|error| Failure::internal(error.to_string()))?);
        return Ok(());
    }
    let row = |ban: &Ban| {
        vec![
            ban.source.to_string(),
            ban.cause.to_string(),
            ban.until.to_string(),
            ban.strikes.to_string(),
            ban.note.clone(),
        ]
    };
    let rows: Vec<_> = bans.iter().map(row).collect();
    print::table(&["SOURCE", "CAUSE", "UNTIL", "STRIKES", "NOTE"], &rows);
    Ok(())
}
