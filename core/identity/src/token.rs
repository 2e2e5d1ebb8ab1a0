//! The texts that a signed-in program shows: access tokens and refresh tokens.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::LoginId;
use sha2::{Digest, Sha256};
use tenancy::TokenHash;

/// What every access token begins with, so that leaked ones can be searched for.
pub const ACCESS_PREFIX: &str = "sta_";

/// What every refresh token begins with.
pub const REFRESH_PREFIX: &str = "str_";

/// Shown with each request: [`ACCESS_PREFIX`], then base64url of the login's id and 256 random
/// bits. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessText {
    login: LoginId,
    secret: [u8; 32],
}

impl AccessText {
    pub(crate) fn new(login: LoginId, secret: [u8; 32]) -> AccessText {
        AccessText { login, secret }
    }

    /// Reads a presented token; `None` when it has not the form of one.
    pub fn parse(text: &str) -> Option<AccessText> {
        let (login, [secret]) = read(text, ACCESS_PREFIX)?;
        Some(AccessText { login, secret })
    }

    /// The login it claims to belong to: where to look, not whom to trust.
    pub fn login(&self) -> LoginId {
        self.login
    }

    /// The token itself, for its owner.
    pub fn reveal(&self) -> String {
        write(ACCESS_PREFIX, self.login, &[self.secret])
    }

    /// The hash that is kept of it.
    pub fn hash(&self) -> TokenHash {
        hash(&self.secret)
    }
}

/// Exchanged once for new tokens: [`REFRESH_PREFIX`], then base64url of the login's id, 256 bits
/// that all refresh tokens of the login have in common, and 256 bits of its own. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshText {
    login: LoginId,
    family: [u8; 32],
    secret: [u8; 32],
}

impl RefreshText {
    pub(crate) fn new(login: LoginId, family: [u8; 32], secret: [u8; 32]) -> RefreshText {
        RefreshText {
            login,
            family,
            secret,
        }
    }

    /// Reads a presented token; `None` when it has not the form of one.
    pub fn parse(text: &str) -> Option<RefreshText> {
        let (login, [family, secret]) = read(text, REFRESH_PREFIX)?;
        Some(RefreshText::new(login, family, secret))
    }

    /// The login it claims to belong to: where to look, not whom to trust.
    pub fn login(&self) -> LoginId {
        self.login
    }

    /// The token itself, for its owner.
    pub fn reveal(&self) -> String {
        write(REFRESH_PREFIX, self.login, &[self.family, self.secret])
    }

    /// The token that follows this one in the same login.
    pub(crate) fn next(&self, secret: [u8; 32]) -> RefreshText {
        RefreshText::new(self.login, self.family, secret)
    }

    pub(crate) fn family_hash(&self) -> TokenHash {
        hash(&self.family)
    }

    pub(crate) fn hash(&self) -> TokenHash {
        hash(&self.secret)
    }
}

fn hash(secret: &[u8; 32]) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}

fn write(prefix: &str, login: LoginId, secrets: &[[u8; 32]]) -> String {
    let mut bytes = login.as_u128().to_be_bytes().to_vec();
    bytes.extend(secrets.as_flattened());
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn read<const N: usize>(text: &str, prefix: &str) -> Option<(LoginId, [[u8; 32]; N])> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(prefix)?).ok()?;
    let (login, rest) = bytes.split_first_chunk::<16>()?;
    let (secrets, []) = rest.as_chunks::<32>() else {
        return None;
    };
    let login = LoginId::from_u128(u128::from_be_bytes(*login));
    Some((login, secrets.try_into().ok()?))
}

impl fmt::Debug for AccessText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessText({}, …)", self.login)
    }
}

impl fmt::Debug for RefreshText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshText({}, …)", self.login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tokens_read_back_and_neither_passes_for_the_other() {
        let login = LoginId::new(1, 2);
        let access = AccessText::new(login, [3; 32]);
        let refresh = RefreshText::new(login, [4; 32], [5; 32]);
        assert_eq!(AccessText::parse(&access.reveal()), Some(access.clone()));
        assert_eq!(RefreshText::parse(&refresh.reveal()), Some(refresh.clone()));
        assert_eq!(AccessText::parse(&refresh.reveal()), None);
        let swapped = refresh.reveal().replace(REFRESH_PREFIX, ACCESS_PREFIX);
        assert_eq!(AccessText::parse(&swapped), None);
        for bad in ["", "sta_", "sta_AAAA", "stw_AAAA"] {
            assert_eq!(AccessText::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn neither_is_ever_printed() {
        let login = LoginId::new(1, 2);
        let shown = format!(
            "{:?} {:?}",
            AccessText::new(login, [3; 32]),
            RefreshText::new(login, [4; 32], [5; 32])
        );
        assert_eq!(
            shown,
            format!("AccessText({login}, …) RefreshText({login}, …)")
        );
    }
}
