//! What is answered to an authority that looks whether a name is ours (RFC 8555 §8.3). It is in the
//! book, so every node of an exchange answers, and only to tokens that one of them has noted.

use async_trait::async_trait;
use ports::{ChallengeDesk, StoreError};
use serde::{Deserialize, Serialize};

use super::book;
use crate::office::Office;

/// What the names of answers begin with in the book. There is one of each host at most.
const CHALLENGES: &str = "challenge/";

/// Longest token that is looked for, in bytes.
const TOKEN_MAX: usize = 256;

/// A token and its answer.
#[derive(Serialize, Deserialize)]
struct Challenge {
    token: String,
    authorization: String,
}

fn place(host: &str) -> String {
    format!("{CHALLENGES}{host}")
}

/// The answer to a token; `None` for one that nobody has noted.
///
/// # Errors
/// What the store says.
pub async fn answer(office: &Office, token: &str) -> Result<Option<String>, StoreError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if token.is_empty() || token.len() > TOKEN_MAX || !token.bytes().all(letter) {
        return Ok(None);
    }
    for (_, content) in office.store().sealed(CHALLENGES).await? {
        let noted: Option<Challenge> = serde_json::from_slice(&content).ok();
        if let Some(noted) = noted.filter(|noted| noted.token == token) {
            return Ok(Some(noted.authorization));
        }
    }
    Ok(None)
}

/// Notes the answers of one host.
pub(super) struct Desk<'a> {
    pub(super) office: &'a Office,
    pub(super) host: &'a str,
}

#[async_trait]
impl ChallengeDesk for Desk<'_> {
    async fn answer(&self, token: &str, authorization: &str) -> Result<(), StoreError> {
        let challenge = Challenge {
            token: token.to_owned(),
            authorization: authorization.to_owned(),
        };
        book::put(self.office, &place(self.host), Some(&challenge)).await
    }
}

/// Takes a host's answer away.
pub(super) async fn forget(office: &Office, host: &str) -> Result<(), StoreError> {
    book::put::<Challenge>(office, &place(host), None).await
}
