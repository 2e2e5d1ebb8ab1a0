//! Letting in whom a sign-in server has named: the code for tokens.

use identity::{Link, Purpose};
use sha2::{Digest, Sha256};

use super::arrival::CODE_LIFE;
use crate::desk::Origin;
use crate::office::Office;
use crate::people::enter::{Signed, enter};
use crate::people::known::Known;
use crate::people::refusal::Refusal;

/// Takes the code with which a visit to a sign-in server ended, from the browser with the cookie
/// of that visit. It is good once, and stands for both factors: the server asked for what the
/// company wants.
///
/// # Errors
/// `Wrong`, whatever is not right; else what the store says.
pub async fn enter_by_code(
    office: &Office,
    code: &str,
    cookie: &str,
    origin: &Origin,
) -> Result<Signed, Refusal> {
    let (desk, now) = (office.desk(), office.now());
    let link = Link::parse(code).ok_or(Refusal::Wrong)?;
    let known = Known::find(office, link.user()).await?;
    let known = known.filter(Known::may_enter).ok_or(Refusal::Wrong)?;
    let mark = known.mark();
    let [mail, password] = mark.each_ref().map(String::as_str);
    let state = [mail, password, cookie];
    let checked = desk.links.check(now, &link, Purpose::SignOn, &state);
    checked.map_err(|_| Refusal::Wrong)?;
    let attempt = desk.attempt(mail, Some(known.user.id), origin);
    let code: [u8; 32] = Sha256::digest(code).into();
    if !office
        .store()
        .take_once(&code, now + CODE_LIFE, now)
        .await?
    {
        return Err(Refusal::Wrong);
    }
    enter(
        office,
        &known,
        &attempt,
        origin,
        ("sso", |_: &mut Known| true),
    )
    .await
}
