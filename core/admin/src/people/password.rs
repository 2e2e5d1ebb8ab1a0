//! Setting a password with a mailed link.

use identity::{BadLink, Link, PasswordHash, Purpose};
use ports::HeavyWork;

use super::change::{Done, change};
use super::known::Known;
use super::prove;
use super::refusal::Refusal;
use super::sign_on::elsewhere;
use crate::office::Office;

/// Accepts an invitation: the person sets the first password, and may sign in from then on.
///
/// # Errors
/// `Link`, `Elsewhere` where the company's sign-in server is the only way in, `Weak`, `Busy`, else
/// what the store says.
pub async fn accept_invitation(
    office: &Office,
    heavy: &dyn HeavyWork,
    code: &str,
    password: &str,
) -> Result<(), Refusal> {
    set(office, heavy, Purpose::Invitation, code, password).await
}

/// Sets a new password in place of a forgotten one. All logins end; the second factor stays.
///
/// # Errors
/// As [`accept_invitation`].
pub async fn reset_password(
    office: &Office,
    heavy: &dyn HeavyWork,
    code: &str,
    password: &str,
) -> Result<(), Refusal> {
    set(office, heavy, Purpose::Reset, code, password).await
}

async fn set(
    office: &Office,
    heavy: &dyn HeavyWork,
    purpose: Purpose,
    code: &str,
    password: &str,
) -> Result<(), Refusal> {
    let link = Link::parse(code).ok_or(BadLink::Void)?;
    let known = Known::find(office, link.user()).await?;
    let known = known.filter(Known::may_enter).ok_or(BadLink::Void)?;
    let mark = known.mark();
    let texts = mark.each_ref().map(String::as_str);
    office
        .desk()
        .links
        .check(office.now(), &link, purpose, &texts)?;
    elsewhere(office, &known).await?;
    let hash: PasswordHash = prove::hash(office, heavy, &known, password).await?;
    let action = match purpose {
        Purpose::Invitation => "user.invitation-accepted",
        Purpose::Reset | Purpose::SecondFactor | Purpose::SignOn => "user.password-reset",
    };
    change(office, known.user.id, |known| {
        // of two who use one link, the second finds it used
        if known.mark() != mark {
            return Done::Leave(BadLink::Void.into());
        }
        known.credentials.password = Some(hash.clone());
        known.credentials.logins.end_others(None);
        Done::Keep((), vec![known.did(office, action, None)])
    })
    .await
}
