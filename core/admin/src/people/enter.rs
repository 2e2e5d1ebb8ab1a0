//! Letting somebody in: a login begins, or an access token of one is presented.

use identity::{AccessText, Attempt, LoginEntropy, Tokens};
use ids::LoginId;
use ports::StoreError;
use serde_json::json;
use tenancy::Principal;

use super::change::{Done, change};
use super::known::Known;
use super::refusal::Refusal;
use crate::desk::Origin;
use crate::office::Office;

/// Somebody who has just signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The tokens, to be shown once.
    pub tokens: Tokens,
    /// The cookie by which the device is known from then on.
    pub device: String,
}

/// Fresh randomness for tokens.
pub(super) fn entropy(office: &Office) -> LoginEntropy {
    LoginEntropy {
        access: office.random(),
        refresh: office.random(),
    }
}

/// Begins a login of somebody who has proved everything but what `last` takes: a code that is
/// spent with it. `factor` is how it was proved, for the audit trail.
pub(super) async fn enter(
    office: &Office,
    known: &Known,
    attempt: &Attempt,
    origin: &Origin,
    (factor, last): (&str, impl Fn(&mut Known) -> bool + Send + Sync),
) -> Result<Signed, Refusal> {
    let (now, user, mark) = (office.now(), known.user.id, known.mark());
    let tokens = change(office, user, |known| {
        // the password, or the second factor, may have become another one meanwhile
        if known.mark() != mark || !last(known) {
            return Done::Leave(Refusal::Wrong);
        }
        let (id, family) = (office.mint(LoginId::new), office.random());
        let logins = &mut known.credentials.logins;
        let tokens = logins.begin(now, id, &origin.agent, family, entropy(office));
        let told = json!({
            "login": id.to_string(),
            "factor": factor,
            "address": origin.address.map(|address| address.to_string()),
        });
        Done::Keep(
            tokens,
            vec![known.did(office, "user.signed-in", Some(told))],
        )
    })
    .await?;
    office.desk().was_right(now, attempt);
    Ok(Signed {
        tokens,
        device: office.desk().devices.issue(user, office.random()),
    })
}

/// Who presents this access token; `None` when it is unknown, old or ended, or when the person,
/// the company or a reseller above is disabled.
///
/// # Errors
/// What the store says.
pub async fn admit(office: &Office, presented: &str) -> Result<Option<Principal>, StoreError> {
    let Some(access) = AccessText::parse(presented) else {
        return Ok(None);
    };
    let Some(person) = office.store().person_of_login(access.login()).await? else {
        return Ok(None);
    };
    let known = Known::read(person)?;
    if !known.may_enter() {
        return Ok(None);
    }
    let login = known.credentials.logins.admit(office.now(), &access);
    let (user, owner) = (known.user.id, known.user.owner);
    Ok(login.and_then(|login| Principal::signed_in(user, owner, login.access(), &access.hash())))
}
