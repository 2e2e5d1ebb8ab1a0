//! Where a store is: what `--store` says.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// In the file `strowger.db` of this folder.
    Sqlite(PathBuf),
    /// In a database of PostgreSQL at this URL. It may hold a password.
    Postgres(String),
}

impl FromStr for Address {
    type Err = &'static str;

    /// Reads `sqlite:FOLDER`, `postgres://…` or `postgresql://…`.
    fn from_str(text: &str) -> Result<Address, &'static str> {
        match text.split_once(':') {
            Some(("sqlite", folder)) if !folder.is_empty() => Ok(Address::Sqlite(folder.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Address::Postgres(text.to_owned())),
            _ => Err("must be sqlite:FOLDER or postgres://ROLE@HOST/DATABASE"),
        }
    }
}

impl fmt::Display for Address {
    /// The address without what may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Sqlite(folder) => write!(f, "sqlite:{}", folder.display()),
            Address::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `postgres://ROLE:PASSWORD@HOST/DATABASE?password=PASSWORD` without either.
fn without_password(url: &str) -> String {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = place.split_once("://").unwrap_or(("postgres", place));
    let (role, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let role = role.split(':').next().unwrap_or_default();
    let at = if role.is_empty() { "" } else { "@" };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("password="))
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{scheme}://{role}{at}{host}{mark}{}", kept.join("&"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_says_which_database() {
        let folder = "sqlite:./data".parse::<Address>().unwrap();
        assert_eq!(folder, Address::Sqlite("./data".into()));
        for url in ["postgres://a@b/c", "postgresql:///c?host=/run"] {
            let server = url.parse::<Address>().unwrap();
            assert_eq!(server, Address::Postgres(url.to_owned()));
        }
        for odd in ["", "data", "sqlite:", "mysql://a@b/c"] {
            assert!(odd.parse::<Address>().is_err(), "{odd}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url = "postgres://role:se:cr@et@db.example/pbx?sslmode=require&password=secret";
        let shown = Address::Postgres(url.to_owned()).to_string();
        assert_eq!(shown, "postgres://role@db.example/pbx?sslmode=require");
        let shown = Address::Postgres("postgres:///pbx?host=/run".to_owned()).to_string();
        assert_eq!(shown, "postgres:///pbx?host=/run");
    }
}
