//! `strowger backup`, `strowger restore` and `strowger check`.

use ports::WallClock;
use store::{Health, KeyPlace, Progress, Settings, SystemClock, Tally};

use super::journal_files::{self, Unpacking};
use crate::archive_file::{self, Draft, failed};
use crate::arguments::Folder;
use crate::arguments::backup::{BackupArguments, CheckArguments, RestoreArguments};
use crate::console;
use crate::failure::Failure;
use crate::keys;
use crate::print;

/// Writes a backup.
///
/// # Errors
/// The store cannot be read or the file not written; nothing is left in its place then.
pub(crate) fn back_up(said: &BackupArguments) -> Result<(), Failure> {
    let settings = existing(&said.folder)?;
    let key = archive_file::key_or_new(&said.key)?;
    let mut draft = Draft::begin(&said.file, &key)?;
    // the journal first: what was not in the store yet when it was read will be in both
    let at = SystemClock.now();
    let scope = console::platform()?;
    let written = journal_files::pack(&said.folder.data, &mut draft.items).and_then(|()| {
        store::back_up(&settings, (&scope, at), &mut draft.items, &mut told).map_err(failed)
    });
    let tallies = match written {
        Ok(tallies) => tallies,
        Err(failure) => {
            draft.place.abandon();
            return Err(failure);
        }
    };
    let length = draft.finish()?;
    let rows: u64 = tallies.iter().map(|tally| tally.rows).sum();
    let file = said.file.display();
    print::line(&format!("{rows} rows in {file}, {length} bytes"));
    Ok(())
}

/// Brings a backup back.
///
/// # Errors
/// The archive does not open or is not whole, or the store is not new; nothing is kept then.
pub(crate) fn restore(said: &RestoreArguments) -> Result<(), Failure> {
    let key = archive_file::key(&said.key)?;
    let given = archive_file::open(&said.file, &key)?;
    let data = &said.folder.data;
    console::make_folder(data)?;
    let held = bus::Hold::take(data);
    let _held = held.map_err(|error| {
        Failure::new(error.to_string()).next("restore into a folder that no exchange serves")
    })?;
    let mut unpacking = Unpacking::into(data, given)?;
    let settings = console::settings(&said.folder)?;
    let scope = console::platform()?;
    let restored = store::restore(&settings, &scope, &mut unpacking, &mut told);
    let restored = restored.map_err(|error| {
        unpacking.abandon();
        failed(error)
    })?;
    unpacking.finish()?;
    print::table(
        &["TABLE", "ROWS", "SHA-256 IN ARCHIVE AND STORE"],
        &restored.tallies.iter().map(row).collect::<Vec<_>>(),
    );
    report(&restored.health)?;
    print::line(&format!(
        "restored into {}; start it: strowger serve --data {}",
        settings.address,
        data.display()
    ));
    Ok(())
}

/// Looks a store through.
///
/// # Errors
/// The store cannot be read, or something in it does not fit.
pub(crate) fn check(said: &CheckArguments) -> Result<(), Failure> {
    let settings = existing(&said.folder)?;
    let health = store::check(&settings, &console::platform()?);
    report(&health.map_err(failed)?)
}

/// A store whose master key is there: a key that is made now would open nothing.
fn existing(folder: &Folder) -> Result<Settings, Failure> {
    if let KeyPlace::File(key) = keys::place(folder.master_key.clone(), &folder.data)
        && !key.is_file()
    {
        let place = key.display();
        return Err(Failure::new(format!("there is no master key {place}"))
            .next("name the folder with --data DIR, or the key with --master-key FILE"));
    }
    console::settings(folder)
}

fn report(health: &Health) -> Result<(), Failure> {
    let Health {
        keys,
        documents,
        secrets,
        credentials,
        unique_keys,
        references,
        ..
    } = health;
    print::line(&format!(
        "sound: {keys} data keys, {secrets} secrets and the credentials of {credentials} people \
         open, {documents} documents with {unique_keys} unique keys and {references} references \
         agree"
    ));
    if health.faults == 0 {
        return Ok(());
    }
    health.told.iter().for_each(|fault| print::line(fault));
    Err(Failure::internal(format!(
        "{} things do not fit; see above",
        health.faults
    )))
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
