//! Logins: a short-lived access token, and a refresh token that is good for one exchange.
//!
//! A refresh token that comes a second time was copied: either the thief or its owner has used it
//! before. Nobody can tell which, so the whole login ends (RFC 9700 §4.14.2). Tokens that were
//! guessed do not share the login's family secret and end nothing.

use std::time::Duration;

use ids::LoginId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::TokenHash;

use crate::token::{AccessText, RefreshText};

/// How long an access token is good for.
pub const ACCESS_LIFE: Duration = Duration::from_secs(10 * 60);

/// How long an unused refresh token is good for, and with it an idle login.
pub const SPARE_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Most logins of one person; the one that was idle longest makes room.
const LOGINS_MAX: usize = 20;

/// Longest description of the program that signed in, in characters.
const AGENT_MAX: usize = 128;

/// The randomness of a pair of tokens.
#[derive(Clone, Copy)]
pub struct LoginEntropy {
    /// For the access token.
    pub access: [u8; 32],
    /// For the refresh token.
    pub refresh: [u8; 32],
}

/// The tokens of a login, shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Good for [`ACCESS_LIFE`].
    pub access: AccessText,
    /// Good for one exchange within [`SPARE_LIFE`].
    pub refresh: RefreshText,
}

/// What is kept of one login: hashes, times, and what its owner needs to recognise it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    id: LoginId,
    agent: String,
    began: WallTime,
    refreshed: WallTime,
    access: TokenHash,
    family: TokenHash,
    refresh: TokenHash,
}

impl Login {
    /// Its id, by which its owner may end it.
    pub fn id(&self) -> LoginId {
        self.id
    }

    /// The program that signed in, as it called itself.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// When the person signed in.
    pub fn began(&self) -> WallTime {
        self.began
    }

    /// When tokens were last given out for it: the time of its last use, to [`ACCESS_LIFE`].
    pub fn refreshed(&self) -> WallTime {
        self.refreshed
    }

    /// The hash of the access token that it has now.
    pub fn access(&self) -> &TokenHash {
        &self.access
    }

    fn is_idle(&self, now: WallTime) -> bool {
        now.saturating_since(self.refreshed) >= SPARE_LIFE
    }

    fn give(&mut self, now: WallTime, tokens: &Tokens) {
        self.refreshed = now;
        self.access = tokens.access.hash();
        self.refresh = tokens.refresh.hash();
    }
}

/// Why a refresh token gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such login, or it has ended, or the token was never given out.
    Unknown,
    /// The token had been used before; the login is ended now. Worth a line in the audit trail.
    Reused,
}

/// All logins of one person. To be stored after each change, before the tokens are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logins(Vec<Login>);

impl Logins {
    /// Begins a login. `family` and `entropy` are the operating system's randomness.
    pub fn begin(
        &mut self,
        now: WallTime,
        id: LoginId,
        agent: &str,
        family: [u8; 32],
        entropy: LoginEntropy,
    ) -> Tokens {
        self.tidy(now);
        if self.0.len() >= LOGINS_MAX {
            let idle = self.0.iter().min_by_key(|login| login.refreshed);
            if let Some(idle) = idle.map(Login::id) {
                self.end(idle);
            }
        }
        let tokens = Tokens {
            access: AccessText::new(id, entropy.access),
            refresh: RefreshText::new(id, family, entropy.refresh),
        };
        self.0.push(Login {
            id,
            agent: agent.chars().take(AGENT_MAX).collect(),
            began: now,
            refreshed: now,
            access: tokens.access.hash(),
            family: tokens.refresh.family_hash(),
            refresh: tokens.refresh.hash(),
        });
        tokens
    }

    /// The login that an access token opens; `None` when it is unknown, old or ended.
    pub fn admit(&self, now: WallTime, access: &AccessText) -> Option<&Login> {
        let login = self.get(access.login())?;
        let fresh = now.saturating_since(login.refreshed) < ACCESS_LIFE;
        (fresh && login.access.matches(&access.hash())).then_some(login)
    }

    /// Exchanges a refresh token for new tokens; the old ones are void from then on.
    ///
    /// # Errors
    /// [`Refused`]; with [`Refused::Reused`] the login has ended, which is to be stored.
    pub fn refresh(
        &mut self,
        now: WallTime,
        spare: &RefreshText,
        entropy: LoginEntropy,
    ) -> Result<Tokens, Refused> {
        self.tidy(now);
        let id = spare.login();
        let login = self.0.iter_mut().find(|login| login.id == id);
        let login = login
            .filter(|login| login.family.matches(&spare.family_hash()))
            .ok_or(Refused::Unknown)?;
        if !login.refresh.matches(&spare.hash()) {
            self.end(id);
            return Err(Refused::Reused);
        }
        let tokens = Tokens {
            access: AccessText::new(id, entropy.access),
            refresh: spare.next(entropy.refresh),
        };
        login.give(now, &tokens);
        Ok(tokens)
    }

    /// Those that have not ended, the oldest first.
    pub fn list(&self, now: WallTime) -> impl Iterator<Item = &Login> {
        self.0.iter().filter(move |login| !login.is_idle(now))
    }

    /// Ends one; whether there was one.
    pub fn end(&mut self, id: LoginId) -> bool {
        let before = self.0.len();
        self.0.retain(|login| login.id != id);
        self.0.len() < before
    }

    /// Ends all but the one that asks, or really all: after a new password, for example.
    pub fn end_others(&mut self, kept: Option<LoginId>) {
        self.0.retain(|login| Some(login.id) == kept);
    }

    /// The ids of all, for whoever must find a person by a login.
    pub fn ids(&self) -> Vec<LoginId> {
        self.0.iter().map(Login::id).collect()
    }

    /// Ends those that are not among the ids.
    pub(crate) fn keep(&mut self, alive: &[LoginId]) {
        self.0.retain(|login| alive.contains(&login.id));
    }

    fn get(&self, id: LoginId) -> Option<&Login> {
        self.0.iter().find(|login| login.id == id)
    }

    fn tidy(&mut self, now: WallTime) {
        self.0.retain(|login| !login.is_idle(now));
    }
}

#[cfg(test)]
mod tests;
