//! The tables' versions. They are made by the role that owns them, and only compared here by the
//! role that works with them.

use postgres::{Client, Transaction};

use super::server::Server;
use crate::relational::OpenError;

/// One step from a version to the next.
struct Migration {
    text: &'static str,
    /// The oldest version whose release can still work on these tables. It rises with a step that
    /// takes something away, one release after nothing uses it any more, and with one that adds a
    /// limit which an older release would not keep.
    serves: i64,
}

/// What each version adds to the one before. Never change an entry; add one.
const MIGRATIONS: [Migration; 16] = [
    Migration {
        text: include_str!("migrations/0001.sql"),
        serves: 1,
    },
    Migration {
        text: include_str!("migrations/0002.sql"),
        serves: 1,
    },
    Migration {
        text: include_str!("migrations/0003.sql"),
        serves: 1,
    },
    Migration {
        text: include_str!("migrations/0004.sql"),
        serves: 1,
    },
    Migration {
        text: include_str!("migrations/0005.sql"),
        // a release before it would let a key do everything, whatever its scopes
        serves: 5,
    },
    Migration {
        text: include_str!("migrations/0006.sql"),
        serves: 5,
    },
    Migration {
        text: include_str!("migrations/0007.sql"),
        // a release before it removes records without their ladders, which refer to them
        serves: 7,
    },
    Migration {
        text: include_str!("migrations/0008.sql"),
        // a release before it knows none of the kinds that are in it
        serves: 8,
    },
    Migration {
        text: include_str!("migrations/0009.sql"),
        serves: 8,
    },
    Migration {
        text: include_str!("migrations/0010.sql"),
        // a release before it does not know the kind
        serves: 10,
    },
    Migration {
        text: include_str!("migrations/0011.sql"),
        // a release before it removes documents without their blobs, which refer to them
        serves: 11,
    },
    Migration {
        text: include_str!("migrations/0012.sql"),
        // a release before it leaves recordings behind when it erases their tenant, and under the
        // old key when it renews that
        serves: 12,
    },
    Migration {
        text: include_str!("migrations/0013.sql"),
        // a release before it leaves faxes under the old key when it renews that
        serves: 13,
    },
    Migration {
        text: include_str!("migrations/0014.sql"),
        // a release before it cannot read faxes that are sent
        serves: 14,
    },
    Migration {
        text: include_str!("migrations/0015.sql"),
        // a release before it takes the recording of a conference up as one of a call
        serves: 15,
    },
    Migration {
        text: include_str!("migrations/0016.sql"),
        // a release before it leaves summaries behind when it erases their tenant
        serves: 16,
    },
];

/// Keeps two preparations apart. ASCII for "prepare".
const PREPARERS: i64 = 31_650_977_394_291_301;

/// The latest version that this release knows.
fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Makes or brings to the present version the tables of a database, as the role that owns them,
/// and lets another role work with them. Safe to run again and beside a running exchange.
pub(super) fn prepare(owner: &Server, worker: &str) -> Result<(), OpenError> {
    let mut client = owner.connect()?;
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&PREPARERS])?;
    transaction.batch_execute(
        "CREATE SCHEMA IF NOT EXISTS strowger;
         SET LOCAL strowger.sight = '*';
         CREATE TABLE IF NOT EXISTS schema_version
           (version BIGINT NOT NULL, serves BIGINT NOT NULL);",
    )?;
    let done = found(&mut transaction)?.map_or(0, |(version, _)| version);
    carry_out_missing(&mut transaction, done)?;
    grant(&mut transaction, worker)?;
    Ok(transaction.commit()?)
}

fn carry_out_missing(transaction: &mut Transaction<'_>, done: i64) -> Result<(), OpenError> {
    let first = usize::try_from(done).unwrap_or(usize::MAX);
    let Some(missing) = MIGRATIONS.get(first..) else {
        // made by a newer release: nothing is missing here
        return Ok(());
    };
    for migration in missing {
        transaction.batch_execute(migration.text)?;
    }
    if let Some(last) = missing.last() {
        transaction.batch_execute("DELETE FROM schema_version")?;
        let add = "INSERT INTO schema_version (version, serves) VALUES ($1, $2)";
        transaction.execute(add, &[&known(), &last.serves])?;
    }
    Ok(())
}

/// Rows may be read and written; nothing else may be done, and TRUNCATE would pass the wall.
fn grant(transaction: &mut Transaction<'_>, worker: &str) -> Result<(), OpenError> {
    let worker = worker.replace('"', "\"\"");
    transaction.batch_execute(&format!(
        "REVOKE ALL ON ALL TABLES IN SCHEMA strowger FROM PUBLIC;
         GRANT USAGE ON SCHEMA strowger TO \"{worker}\";
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA strowger TO \"{worker}\";
         REVOKE INSERT, UPDATE, DELETE ON schema_version FROM \"{worker}\";"
    ))?;
    Ok(())
}

/// The version of the tables, and the oldest they serve.
fn found(transaction: &mut Transaction<'_>) -> Result<Option<(i64, i64)>, OpenError> {
    let find = "SELECT version, serves FROM schema_version";
    let row = transaction.query_opt(find, &[])?;
    Ok(row
        .map(|row| Ok::<_, postgres::Error>((row.try_get(0)?, row.try_get(1)?)))
        .transpose()?)
}

/// Whether this release can work on the tables: they have all that it knows, and what it needs
/// was not taken away.
pub(super) fn check(client: &mut Client) -> Result<(), OpenError> {
    let known = known();
    let there = "SELECT to_regclass('strowger.schema_version') IS NOT NULL";
    let there: bool = client.query_one(there, &[])?.try_get(0)?;
    let found = if there {
        found(&mut client.transaction()?)?
    } else {
        None
    };
    match found {
        Some((version, serves)) if version >= known && serves <= known => Ok(()),
        Some((version, _)) if version > known => Err(OpenError::Outgrown {
            found: version,
            known,
        }),
        Some((version, _)) => Err(OpenError::Unprepared {
            found: version,
            known,
        }),
        None => Err(OpenError::Unprepared { found: 0, known }),
    }
}
