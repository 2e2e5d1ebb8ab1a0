//! A whole store into an archive while it works, and back into a new one.

use machine::WallTime;
use ports::{ArchiveError, Giver, Taker};
use tenancy::PlatformScope;

use crate::backup_item::BackupItem;
use crate::relational::{
    Health, Link, OpenError, Progress, Purpose, Sight, Sql, Tally, Transaction, examine, read_in,
    write_out,
};
use crate::settings::Settings;
use crate::transfer::link;

/// What a restore brought back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Each table's rows, compared with what was backed up.
    pub tallies: Vec<Tally>,
    /// How sound it is.
    pub health: Health,
}

/// Writes a store as it is at one moment, while exchanges work with it; `at` is that moment.
///
/// # Errors
/// [`ArchiveError`]; what was written by then has no end and counts as cut off.
pub fn back_up(
    from: &Settings,
    (_, at): (&PlatformScope, WallTime),
    taker: &mut dyn Taker<BackupItem>,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Tally>, ArchiveError> {
    let vault = from.vault().map_err(|error| cannot(&error))?;
    if let crate::Address::Sqlite(folder) = &from.address {
        crate::sqlite::must_be_there(folder).map_err(|error| cannot(&error))?;
    }
    let source = link(&from.address, &vault).map_err(|error| cannot(&error))?;
    let moment = Transaction::begin(&*source, Purpose::Read, Sight::Everything)?;
    if !vault.proved(Sql(moment.link()))? {
        return Err(cannot(&OpenError::OtherKey));
    }
    write_out((moment.link(), &vault), at, taker, told)
}

/// Brings a backup back into a new store: all of it, compared and examined, or nothing.
///
/// # Errors
/// [`ArchiveError`]; the store is as it was.
pub fn restore(
    to: &Settings,
    _: &PlatformScope,
    giver: &mut dyn Giver<BackupItem>,
    told: &mut dyn FnMut(Progress),
) -> Result<Restored, ArchiveError> {
    let vault = to.vault().map_err(|error| cannot(&error))?;
    let target = link(&to.address, &vault).map_err(|error| cannot(&error))?;
    let arrival = Transaction::begin(&*target, Purpose::Write, Sight::Everything)?;
    let tallies = read_in(giver, arrival.link(), &vault, told)?;
    let health = examine(Sql(arrival.link()), &vault)?;
    arrival.commit()?;
    Ok(Restored { tallies, health })
}

/// Looks at everything in a store without changing it: whether its keys open its secrets, and
/// whether unique keys and references are what its documents say.
///
/// # Errors
/// The store cannot be opened or read.
pub fn check(at: &Settings, _: &PlatformScope) -> Result<Health, ArchiveError> {
    let vault = at.vault().map_err(|error| cannot(&error))?;
    let link: Box<dyn Link> = link(&at.address, &vault).map_err(|error| cannot(&error))?;
    let moment = Transaction::begin(&*link, Purpose::Read, Sight::Everything)?;
    Ok(examine(Sql(moment.link()), &vault)?)
}

fn cannot(error: &OpenError) -> ArchiveError {
    ArchiveError::Io(error.to_string())
}
