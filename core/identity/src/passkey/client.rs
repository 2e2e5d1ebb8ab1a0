//! What the browser says about the question that it put (§5.8.1).

use serde::Deserialize;

use super::challenge::Challenge;
use super::refusal::Refusal;
use super::site::Site;

/// Longest client data, in bytes. Browsers write some hundred.
const CLIENT_DATA_MAX: usize = 4_096;

/// Which question the browser put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// To make a passkey.
    Create,
    /// To use one.
    Get,
}

impl Question {
    fn word(self) -> &'static str {
        match self {
            Question::Create => "webauthn.create",
            Question::Get => "webauthn.get",
        }
    }
}

/// The members that are checked. Others may come with any release of a browser.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

/// Checks all but the challenge's proof, and gives the challenge.
pub(super) fn read(bytes: &[u8], asked: Question, site: &Site) -> Result<Challenge, Refusal> {
    let malformed = Refusal::Malformed("clientDataJSON");
    if bytes.len() > CLIENT_DATA_MAX {
        return Err(malformed);
    }
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| malformed)?;
    if data.kind != asked.word() {
        return Err(Refusal::Type);
    }
    if !site.has(&data.origin) {
        return Err(Refusal::Origin);
    }
    if data.cross_origin || data.top_origin.is_some() {
        return Err(Refusal::Embedded);
    }
    Challenge::parse(&data.challenge).ok_or(Refusal::Challenge)
}
