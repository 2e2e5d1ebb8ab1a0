//! An authenticator app: the secret that it shares with the exchange, and the codes taken.

use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::totp::{BadCode, Totp, TotpSecret};

/// The second factor that an app shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    secret: TotpSecret,
    taken: Totp,
}

impl Authenticator {
    /// The app that showed this first code of a secret that is new to it.
    ///
    /// # Errors
    /// [`BadCode`] when the app shows another one.
    pub fn prove(now: WallTime, secret: TotpSecret, code: &str) -> Result<Authenticator, BadCode> {
        let mut taken = Totp::default();
        taken.take(now, &secret, code)?;
        Ok(Authenticator { secret, taken })
    }

    /// Takes a code, once. To be stored before the person is let in.
    ///
    /// # Errors
    /// [`BadCode`].
    pub fn take(&mut self, now: WallTime, code: &str) -> Result<(), BadCode> {
        self.taken.take(now, &self.secret, code)
    }
}
