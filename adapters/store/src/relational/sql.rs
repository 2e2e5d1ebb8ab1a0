//! Statements: every text of SQL goes through here and is prepared once per connection.

use std::str::FromStr;

use machine::WallTime;
use ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenancy::Owner;

pub(crate) use super::damage::corrupt;
use super::link::{Link, Row};
use super::sight::Sight;
use super::value::{FromValue, Params};

/// Rows that one statement takes at most, where it takes many: as an array of arrays in JSON that
/// it reads by `json_each(?1) AS item`, a field of a row by `item.value ->> 0`. A server may be far
/// away, and each statement costs the way there and back.
pub(super) const ROWS_AT_ONCE: usize = 500;

/// A connection that carries out texts of SQL.
#[derive(Clone, Copy)]
pub(crate) struct Sql<'a>(pub(crate) &'a dyn Link);

impl Sql<'_> {
    /// Looks at all rows for a moment: for what is asked of the whole platform on a tenant's
    /// behalf, such as whether a domain is taken. A look that fails fails the step, whose undoing
    /// gives the sight back too.
    pub(crate) fn widely<T>(
        self,
        look: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.0.look(Sight::Everything)?;
        let found = look()?;
        self.0.look(before)?;
        Ok(found)
    }

    /// Carries out one statement; gives the number of rows it changed.
    pub(crate) fn run(self, text: &str, params: impl Params) -> Result<usize, StoreError> {
        self.0.run(text, &params.values())
    }

    /// The first row, when there is one.
    pub(crate) fn first<T>(
        self,
        text: &str,
        params: impl Params,
        read: impl Fn(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.0.each(text, &params.values(), &mut |row| {
            found = Some(read(&Fields(row))?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Rows, as long as `read` wants more of them.
    pub(crate) fn until(
        self,
        text: &str,
        params: impl Params,
        mut read: impl FnMut(&Fields<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.0
            .each(text, &params.values(), &mut |row| read(&Fields(row)))
    }

    /// All rows.
    pub(crate) fn all<T>(
        self,
        text: &str,
        params: impl Params,
        mut read: impl FnMut(&Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.0.each(text, &params.values(), &mut |row| {
            found.push(read(&Fields(row))?);
            Ok(true)
        })?;
        Ok(found)
    }
}

/// The columns of a row, by their place.
pub(crate) struct Fields<'a>(&'a dyn Row);

impl Fields<'_> {
    /// A column as it is stored.
    pub(crate) fn plain<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        T::from_value(self.0.value(column)?)
    }

    /// A number that is never negative.
    pub(crate) fn number(&self, column: usize) -> Result<u64, StoreError> {
        let stored: i64 = self.plain(column)?;
        u64::try_from(stored).map_err(|_| corrupt("a negative number where none may be"))
    }

    /// A time in Unix milliseconds.
    pub(crate) fn time(&self, column: usize) -> Result<WallTime, StoreError> {
        self.plain(column).map(WallTime::from_unix_ms)
    }

    /// A time that may be missing.
    pub(crate) fn maybe_time(&self, column: usize) -> Result<Option<WallTime>, StoreError> {
        let stored: Option<i64> = self.plain(column)?;
        Ok(stored.map(WallTime::from_unix_ms))
    }

    /// A text that is the word of a value, such as an id.
    pub(crate) fn word<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        let stored: String = self.plain(column)?;
        stored
            .parse()
            .map_err(|_| corrupt(&format!("{stored:?} is no word of its column")))
    }

    /// Whose a row is.
    pub(super) fn owner(&self, column: usize) -> Result<Owner, StoreError> {
        let stored: Option<Owner> = self.maybe_word(column)?;
        Ok(stored.unwrap_or(Owner::PLATFORM))
    }

    /// The word of a value that may be missing: then the text is empty.
    pub(crate) fn maybe_word<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        let stored: String = self.plain(column)?;
        if stored.is_empty() {
            return Ok(None);
        }
        self.word(column).map(Some)
    }

    /// A value that is stored as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        let stored: String = self.plain(column)?;
        serde_json::from_str(&stored).map_err(|error| corrupt(&error.to_string()))
    }

    /// A value that is stored as JSON and may be missing.
    pub(crate) fn maybe_json<T: DeserializeOwned>(
        &self,
        column: usize,
    ) -> Result<Option<T>, StoreError> {
        let stored: Option<String> = self.plain(column)?;
        stored
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| corrupt(&error.to_string()))
    }
}

/// An owner, as the column `tenant` keeps it: empty for the platform.
pub(super) fn column(owner: Owner) -> String {
    if owner == Owner::PLATFORM {
        String::new()
    } else {
        owner.to_string()
    }
}

/// A value's JSON, to be stored.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(&error.to_string()))
}

/// A number, to be stored or compared: what is past the range of a column counts as its end.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit of rows.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
