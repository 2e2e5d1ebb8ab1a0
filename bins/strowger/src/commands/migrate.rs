//! `strowger migrate`.

use std::sync::Arc;

use store::{Address, KeyPlace, OsEntropy, Progress, Settings, Tally, transfer};

use crate::arguments::MigrateArguments;
use crate::failure::Failure;
use crate::keys;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// An exchange serves the folder, or why the store cannot be moved.
pub(crate) fn run(arguments: &MigrateArguments) -> Result<(), Failure> {
    let _still = still(&arguments.from)?;
    let key = match (&arguments.master_key, &arguments.from) {
        (Some(place), _) => place.clone(),
        (None, Address::Sqlite(folder)) => keys::place(None, folder),
        (None, Address::Postgres(_)) => {
            return Err(
                Failure::new("the master key of this store is in no folder of its own")
                    .next("name it with --master-key PLACE"),
            );
        }
    };
    must_be_there(&key)?;
    let entropy = Arc::new(OsEntropy);
    let from = Settings {
        address: arguments.from.clone(),
        keys: keys::source(key)?,
        entropy,
    };
    let moved = transfer(&from, &arguments.to, &mut told);
    let moved = moved.map_err(|error| Failure::internal(error.to_string()))?;
    print::table(
        &["TABLE", "ROWS", "SHA-256 ON BOTH SIDES"],
        &moved.iter().map(row).collect::<Vec<_>>(),
    );
    print::line(&format!("moved {} to {}", arguments.from, arguments.to));
    Ok(())
}

/// Keeps exchanges from a folder while it is moved: what is written to it meanwhile would be
/// left behind.
fn still(from: &Address) -> Result<Option<bus::Hold>, Failure> {
    let Address::Sqlite(folder) = from else {
        return Ok(None);
    };
    let held = bus::Hold::take(folder);
    let held = held.map_err(|error| {
        Failure::new(error.to_string()).next("stop the exchange that serves it first")
    })?;
    Ok(Some(held))
}

/// A key that is missing must not be made here: it would open nothing.
fn must_be_there(key: &KeyPlace) -> Result<(), Failure> {
    match key {
        KeyPlace::Variable(_) | KeyPlace::Command(_) => return Ok(()),
        KeyPlace::File(path) if path.is_file() => return Ok(()),
        KeyPlace::File(_) => {}
    }
    Err(Failure::new(format!("there is no master key {key}"))
        .next("name it with --master-key PLACE"))
}

fn told(now: Progress) {
    let Progress { table, moved, rows } = now;
    print::progress(&format!("{table}: {moved} of {rows}"), moved >= rows);
}

fn row(tally: &Tally) -> Vec<String> {
    let digits = tally.checksum.iter().map(|byte| format!("{byte:02x}"));
    vec![
        tally.table.to_owned(),
        tally.rows.to_string(),
        digits.collect(),
    ]
}
