//! Certificates that come by themselves: which authority is asked, in whose name, and for what.

use std::fmt;
use std::path::PathBuf;

use crate::problem::Problem;

/// Most hosts that are asked for.
pub const ACME_NAMES_MAX: usize = 32;

/// The external account that some authorities want (RFC 8555 §7.3.4).
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalAccount {
    /// The id of its key.
    pub id: String,
    /// The key, in base64url.
    pub key: String,
}

impl fmt::Debug for ExternalAccount {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalAccount")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Which authority is asked for which hosts. Its terms have been accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// Where its directory is: `https://…`.
    pub directory: String,
    /// The mail address for matters of the account; empty for none.
    pub contact: String,
    /// The hosts, in lower case, 1 to [`ACME_NAMES_MAX`]; each has a certificate of its own.
    pub names: Vec<String>,
    /// The external account, where the authority wants one.
    pub external: Option<ExternalAccount>,
    /// The roots by which a private authority is believed, in PEM. Default those that the machine
    /// trusts.
    pub trusted: Option<PathBuf>,
}

/// What is said of it.
pub(crate) struct Said {
    pub(crate) directory: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) names: Vec<String>,
    pub(crate) external: (Option<String>, Option<String>),
    pub(crate) trusted: Option<PathBuf>,
}

impl Said {
    /// Checks it; `None` where no directory is named.
    pub(crate) fn settle(self) -> Result<Option<Acme>, Problem> {
        let Some(directory) = self.directory.filter(|given| !given.is_empty()) else {
            if self.names.is_empty() {
                return Ok(None);
            }
            let rule = "must name the directory of an authority, since names are to be asked for";
            return Err(Problem::new("acme_directory", "", rule));
        };
        if !directory.starts_with("https://") || directory.contains(char::is_whitespace) {
            let rule = "must be the https address of an authority's directory";
            return Err(Problem::new("acme_directory", directory, rule));
        }
        if self.terms.as_deref() != Some("yes") {
            let rule = "must be yes: whoever runs the exchange accepts the authority's terms";
            return Err(Problem::new(
                "acme_terms",
                self.terms.unwrap_or_default(),
                rule,
            ));
        }
        check_names(&self.names)?;
        let contact = self.contact.unwrap_or_default();
        let mail = contact.split_once('@');
        let mail = mail.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        let plain = contact
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',');
        if !(contact.is_empty() || mail && plain) {
            let rule = "must be one mail address";
            return Err(Problem::new("acme_contact", contact, rule));
        }
        Ok(Some(Acme {
            directory,
            contact,
            names: self.names,
            external: external(self.external)?,
            trusted: self.trusted,
        }))
    }
}

fn check_names(names: &[String]) -> Result<(), Problem> {
    if names.is_empty() || names.len() > ACME_NAMES_MAX {
        let rule = "must name 1 to 32 hosts";
        return Err(Problem::new("acme_names", names.join(","), rule));
    }
    // an authority gives none for a name without a dot, nor for an address
    let host = |name: &&String| {
        let last = name.rsplit('.').next().unwrap_or_default();
        name.contains('.') && last.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    match names.iter().find(|name| !host(name)) {
        Some(odd) => {
            let rule = "must be host names that the world knows, such as sip.example.net";
            Err(Problem::new("acme_names", odd.clone(), rule))
        }
        None => Ok(()),
    }
}

fn external(
    (id, key): (Option<String>, Option<String>),
) -> Result<Option<ExternalAccount>, Problem> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    match (
        id.filter(|id| !id.is_empty()),
        key.filter(|key| !key.is_empty()),
    ) {
        (None, None) => Ok(None),
        (Some(id), Some(key)) if key.bytes().all(letter) => Ok(Some(ExternalAccount { id, key })),
        (Some(_), Some(_)) => {
            let rule = "must be the key in base64url, as the authority shows it";
            Err(Problem::new("acme_eab_key", "…", rule))
        }
        (Some(id), None) => {
            let rule = "needs acme_eab_key, the key of this id";
            Err(Problem::new("acme_eab_id", id, rule))
        }
        (None, Some(_)) => {
            let rule = "needs acme_eab_id, the id of this key";
            Err(Problem::new("acme_eab_key", "…", rule))
        }
    }
}
