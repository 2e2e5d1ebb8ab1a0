//! PostgreSQL: one database that several exchanges may share, with row security as a second wall
//! between tenants.
//!
//! Two roles take part. The owner makes the tables ([`prepare`]) and is not there at other times;
//! the exchange works as a role that owns nothing and cannot pass row security.

mod failure;
mod line;
mod link;
mod schema;
mod server;
mod text;
mod value;
mod wall;

use crate::relational::{Link, OpenError, Purpose, Sight, Sql, SqlStore, Vault};
use line::Line;
use server::Server;

/// Makes the tables of a database or brings them to the present version, as the role of the
/// address `owner`, and lets the role of the address `store` work with them. Safe to run again,
/// and beside exchanges of this release or the one before.
///
/// # Errors
/// [`OpenError`], in words for the operator.
pub fn prepare(owner: &str, store: &str) -> Result<(), OpenError> {
    schema::prepare(&Server::at(owner)?, Server::at(store)?.role()?)
}

/// Opens the store at an address.
pub(crate) fn open(url: &str, vault: Vault) -> Result<SqlStore, OpenError> {
    let server = checked(url)?;
    let line = move || Ok(Box::new(Line::to(&server)?) as Box<dyn Link>);
    let (writing, watching) = (line()?, line()?);
    prove(&*writing, &vault)?;
    let store = SqlStore::over(vault, writing, 0, line)?;
    store.watch(watching)?;
    Ok(store)
}

/// A link to the store at an address.
pub(crate) fn link(url: &str) -> Result<Box<dyn Link>, OpenError> {
    Ok(Box::new(Line::to(&checked(url)?)?))
}

/// The server at an address, whose tables serve this release and stand behind the wall.
fn checked(url: &str) -> Result<Server, OpenError> {
    let server = Server::at(url)?;
    let mut client = server.connect()?;
    schema::check(&mut client)?;
    wall::check(&mut client)?;
    Ok(server)
}

/// Binds a new database to the master key; refuses one that is bound to another.
fn prove(link: &dyn Link, vault: &Vault) -> Result<(), OpenError> {
    let proved = || {
        link.begin(Purpose::Write, Sight::Everything)?;
        let proved = vault.proves(Sql(link))?;
        link.commit().map(|()| proved)
    };
    if proved().map_err(OpenError::Store)? {
        return Ok(());
    }
    Err(OpenError::OtherKey)
}
