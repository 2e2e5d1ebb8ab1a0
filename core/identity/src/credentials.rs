//! All that is kept of how one person proves who they are, as one record.
//!
//! The record is one value so that it changes at once: whoever stores it compares its revision,
//! and no two requests spend the same code or the same refresh token. It holds secrets with which
//! the exchange itself computes, so it is sealed where it is stored.

use std::fmt;

use ids::LoginId;
use serde::{Deserialize, Serialize};

use crate::authenticator::Authenticator;
use crate::letters::Letters;
use crate::login::Logins;
use crate::oidc::Names;
use crate::passkey::Passkeys;
use crate::password::PasswordHash;
use crate::recovery::RecoveryCodes;
use crate::totp::TotpSecret;

/// What is kept of one person. A record of a release that knew less reads as one without the
/// rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The password; none before the invitation was accepted.
    pub password: Option<PasswordHash>,
    /// The app that must show a code at each sign-in.
    pub authenticator: Option<Authenticator>,
    /// A secret that was shown to the person and that no app has proved yet.
    pub offered: Option<TotpSecret>,
    /// The codes for the day the app is gone.
    pub recovery: RecoveryCodes,
    /// The passkeys. Each stands for both factors.
    pub passkeys: Passkeys,
    /// What companies' sign-in servers call the person.
    pub server_names: Names,
    /// Where the person is signed in.
    pub logins: Logins,
    /// The mails that went out.
    pub letters: Letters,
}

/// A stored record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "credentials that cannot be read: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl Credentials {
    /// Reads a stored record; an empty one is that of a person of whom nothing is kept. Logins
    /// that are not in `alive` were ended elsewhere, as those of a disabled person are.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(content: &[u8], alive: &[LoginId]) -> Result<Credentials, Unreadable> {
        if content.is_empty() {
            return Ok(Credentials::default());
        }
        // the error names a place in the text and no content
        let read = serde_json::from_slice::<Credentials>(content);
        let mut read = read.map_err(|error| Unreadable(error.to_string()))?;
        read.logins.keep(alive);
        Ok(read)
    }

    /// The record, to be sealed and stored.
    ///
    /// # Errors
    /// [`Unreadable`] when it cannot be written.
    pub fn write(&self) -> Result<Vec<u8>, Unreadable> {
        serde_json::to_vec(self).map_err(|error| Unreadable(error.to_string()))
    }

    /// Whether the password alone does not let the person in.
    pub fn has_second_factor(&self) -> bool {
        self.authenticator.is_some()
    }

    /// What a mailed link must be overtaken by: the password's hash, or nothing before the first.
    pub fn password_mark(&self) -> String {
        self.password
            .as_ref()
            .map(PasswordHash::to_phc)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use machine::WallTime;

    use super::*;
    use crate::{Cost, LoginEntropy};

    const NOW: WallTime = WallTime::from_unix_ms(1_000);

    fn full() -> (Credentials, LoginId) {
        let cost = Cost {
            memory_kib: 8,
            passes: 1,
        };
        let id = LoginId::new(1, 1);
        let mut kept = Credentials {
            password: PasswordHash::make("correct horse battery", [7; 16], cost).ok(),
            offered: Some(TotpSecret::from_entropy([3; 20])),
            ..Credentials::default()
        };
        let entropy = LoginEntropy {
            access: [1; 32],
            refresh: [2; 32],
        };
        kept.logins.begin(NOW, id, "curl", [4; 32], entropy);
        (kept, id)
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let (kept, id) = full();
        let read = Credentials::read(&kept.write().unwrap(), &[id]).unwrap();
        assert_eq!(read, kept);
        assert_eq!(Credentials::read(b"", &[]).unwrap(), Credentials::default());
        assert!(Credentials::read(b"{", &[]).is_err());
    }

    #[test]
    fn a_login_that_was_ended_elsewhere_is_not_read_back() {
        let (kept, _) = full();
        let read = Credentials::read(&kept.write().unwrap(), &[]).unwrap();
        assert_eq!(read.logins.list(NOW).count(), 0);
        assert_eq!(read.password, kept.password);
    }

    #[test]
    fn a_record_of_a_release_that_knew_less_still_reads() {
        let read = Credentials::read(br#"{"password":null}"#, &[]).unwrap();
        assert_eq!(read, Credentials::default());
    }
}
