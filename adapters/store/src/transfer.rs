//! Moving a store into another database.

use std::fmt;

use crate::address::Address;
use crate::relational::{
    Link, Obstacle, OpenError, Progress, Purpose, Sight, Sql, Tally, Vault, carry_over,
};
use crate::settings::Settings;
use crate::{postgres, sqlite};

/// Why a store was not moved. Nothing is in the target then.
#[derive(Debug)]
pub enum TransferError {
    /// The source cannot be opened.
    Source(OpenError),
    /// The target cannot be opened.
    Target(OpenError),
    /// The target has rows already, in this table.
    NotEmpty(&'static str),
    /// The two sides differ in this table after the move: the target cannot hold some value.
    Differs(&'static str),
    /// A side failed on the way.
    Failed(ports::StoreError),
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferError::Source(error) => write!(f, "the store to move from: {error}"),
            TransferError::Target(error) => write!(f, "the store to move to: {error}"),
            TransferError::NotEmpty(table) => write!(
                f,
                "the store to move to has rows already, in {table}: it must be new"
            ),
            TransferError::Differs(table) => write!(
                f,
                "after the move the two stores differ in {table}; nothing was kept"
            ),
            TransferError::Failed(error) => write!(f, "nothing was kept: {error}"),
        }
    }
}

impl std::error::Error for TransferError {}

impl From<Obstacle> for TransferError {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::NotEmpty(table) => TransferError::NotEmpty(table),
            Obstacle::Differs(table) => TransferError::Differs(table),
            Obstacle::Store(error) => TransferError::Failed(error),
        }
    }
}

/// Moves everything in a store into a new one at another address, and compares the two table by
/// table before it is kept. Secrets stay sealed under the same master key. Nobody can write to
/// the source meanwhile; it is left as it is.
///
/// # Errors
/// [`TransferError`], in words for the operator.
pub fn transfer(
    from: &Settings,
    to: &Address,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Tally>, TransferError> {
    let vault = from.vault().map_err(TransferError::Source)?;
    if let Address::Sqlite(folder) = &from.address {
        sqlite::must_be_there(folder).map_err(TransferError::Source)?;
    }
    let source = link(&from.address, &vault).map_err(TransferError::Source)?;
    let target = link(to, &vault).map_err(TransferError::Target)?;
    begin(&*source, TransferError::Source)?;
    match vault.proves(Sql(&*source)) {
        Ok(true) => {}
        Ok(false) => return Err(TransferError::Source(OpenError::OtherKey)),
        Err(error) => return Err(TransferError::Source(OpenError::Store(error))),
    }
    begin(&*target, TransferError::Target)?;
    let moved = carry_over(&*source, &*target, told);
    source.roll_back();
    match moved {
        Ok(tallies) => {
            target.commit().map_err(TransferError::Failed)?;
            Ok(tallies)
        }
        Err(obstacle) => {
            target.roll_back();
            Err(obstacle.into())
        }
    }
}

fn begin(link: &dyn Link, side: fn(OpenError) -> TransferError) -> Result<(), TransferError> {
    let begun = link.begin(Purpose::Write, Sight::Everything);
    begun.map_err(|error| side(OpenError::Store(error)))
}

/// A link that writes, to tables of the present version.
pub(crate) fn link(address: &Address, vault: &Vault) -> Result<Box<dyn Link>, OpenError> {
    match address {
        Address::Sqlite(folder) => sqlite::link(folder, vault),
        Address::Postgres(url) => postgres::link(url),
    }
}
