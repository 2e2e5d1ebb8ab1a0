//! `strowger prepare`.

use store::{Address, prepare};

use crate::arguments::PrepareArguments;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// An address that is not PostgreSQL's, or what the database says.
pub(crate) fn run(arguments: &PrepareArguments) -> Result<(), Failure> {
    let url = |address: &Address| match address {
        Address::Postgres(url) => Ok(url.clone()),
        Address::Sqlite(_) => Err(Failure::new(
            "only a database of PostgreSQL is prepared; a data folder needs nothing",
        )),
    };
    let (store, owner) = (url(&arguments.store)?, url(&arguments.owner)?);
    prepare(&owner, &store).map_err(|error| Failure::internal(error.to_string()))?;
    print::line(&format!("prepared {}", arguments.store));
    Ok(())
}
