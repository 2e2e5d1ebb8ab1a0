//! Going on being signed in, and ending it.

use identity::{AccessText, RefreshText, Refused, Tokens};
use ids::{LoginId, UserId};

use super::change::{Done, change};
use super::enter::entropy;
use super::known::Known;
use super::refusal::Refusal;
use crate::office::Office;

/// Exchanges a refresh token for new tokens. One that was used before ends its login, which is
/// noted in the audit trail.
///
/// # Errors
/// `Wrong`, else what the store says.
pub async fn refresh(office: &Office, presented: &str) -> Result<Tokens, Refusal> {
    let spare = RefreshText::parse(presented).ok_or(Refusal::Wrong)?;
    let found = office.store().person_of_login(spare.login()).await?;
    let known = Known::read(found.ok_or(Refusal::Wrong)?)?;
    let now = office.now();
    let renewed = change(office, known.user.id, |known| {
        let logins = &mut known.credentials.logins;
        match logins.refresh(now, &spare, entropy(office)) {
            Ok(tokens) => Done::Keep(Some(tokens), Vec::new()),
            Err(Refused::Unknown) => Done::Leave(Refusal::Wrong),
            Err(Refused::Reused) => {
                let told = serde_json::json!({ "login": spare.login().to_string() });
                let entry = known.did(office, "user.refresh-token-reused", Some(told));
                Done::Keep(None, vec![entry])
            }
        }
    })
    .await?;
    renewed.ok_or(Refusal::Wrong)
}

/// The login that an access token belongs to, as it claims.
pub fn login_of(presented: &str) -> Option<LoginId> {
    AccessText::parse(presented).map(|access| access.login())
}

/// Ends the login through which somebody asks.
///
/// # Errors
/// `Wrong` when it has ended already, else what the store says.
pub async fn sign_out(office: &Office, user: UserId, login: LoginId) -> Result<(), Refusal> {
    change(office, user, |known| {
        if !known.credentials.logins.end(login) {
            return Done::Leave(Refusal::Wrong);
        }
        let told = serde_json::json!({ "login": login.to_string() });
        Done::Keep((), vec![known.did(office, "user.signed-out", Some(told))])
    })
    .await
}
