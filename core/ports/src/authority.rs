//! An authority that gives certificates to whoever shows that a name is its own (RFC 8555).

use std::time::Duration;

use async_trait::async_trait;
use machine::WallTime;

use crate::error::StoreError;

/// Why a certificate was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was wrong, in plain words.
    pub problem: String,
    /// How long the authority asks not to be asked again.
    pub pause: Option<Duration>,
}

impl Refusal {
    /// A refusal without a pause.
    pub fn new(problem: impl Into<String>) -> Refusal {
        Refusal {
            problem: problem.into(),
            pause: None,
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::new(format!("the store: {error}"))
    }
}

/// What was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// The certificate with those that vouch for it, in PEM.
    pub chain: String,
    /// Its private key, in PEM.
    pub key: String,
}

impl std::fmt::Debug for Given {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// Where what an authority looks for is put, so that whichever node it asks has it (RFC 8555
/// §8.3).
#[async_trait]
pub trait ChallengeDesk: Send + Sync {
    /// From now on the exchange answers `authorization` to whoever asks for `token`.
    async fn answer(&self, token: &str, authorization: &str) -> Result<(), StoreError>;
}

/// An authority. Each call is one attempt with a bounded time.
#[async_trait]
pub trait CertificateAuthority: Send + Sync {
    /// Where its directory is; it names the authority.
    fn directory(&self) -> &str;

    /// Opens an account. Gives what it is used by from then on, which is secret.
    async fn enrol(&self) -> Result<String, Refusal>;

    /// Asks for a certificate for a host.
    async fn ask(
        &self,
        account: &str,
        name: &str,
        desk: &dyn ChallengeDesk,
    ) -> Result<Given, Refusal>;

    /// When it advises to renew the certificate of this identifier (RFC 9773 §4.1), and how long
    /// that advice holds; `None` where it gives none.
    async fn advice(
        &self,
        account: &str,
        identifier: &(String, String),
    ) -> Result<Option<((WallTime, WallTime), Duration)>, Refusal>;
}
