//! Signing in with a passkey: without saying who, or as the second factor.

use identity::passkey::{AssertionAnswer, Occasion, RequestOffer, Site};
use ports::StoreError;

use super::enter::{Signed, enter};
use super::known::Known;
use super::refusal::Refusal;
use super::shown_passkey::ShownPasskey;
use super::sign_in::awaited;
use super::sign_on::elsewhere;
use crate::desk::Origin;
use crate::office::Office;

/// Asks for a passkey of whoever is there. Nothing is kept of the question.
pub fn ask_passkey(office: &Office, site: &Site) -> RequestOffer {
    let gate = office.desk().gate(site);
    gate.ask_anyone(office.now(), office.random())
}

/// Asks for one of the passkeys of somebody whose password was right, in place of a code.
///
/// # Errors
/// `NotFound` when the person has none, `Wrong` for a challenge that is not good any more, else
/// what the store says.
pub async fn ask_second_passkey(
    office: &Office,
    site: &Site,
    challenge: &str,
) -> Result<RequestOffer, Refusal> {
    let known = awaited(office, challenge).await?;
    let kept = &known.credentials.passkeys;
    if kept.list().is_empty() {
        return Err(StoreError::NotFound.into());
    }
    let gate = office.desk().gate(site);
    Ok(gate.ask_person(office.now(), known.user.id, kept, office.random()))
}

/// Signs in whom a passkey names. It stands for both factors, as its authenticator has verified
/// the person.
///
/// Nobody can guess a signature, so tries are not counted against the person's name: whoever
/// sends wrong ones could only lock out others.
///
/// # Errors
/// `Wrong`, whatever is not right; `Elsewhere` where the company's sign-in server is the only way
/// in; else what the store says.
pub async fn sign_in_by_passkey(
    office: &Office,
    site: &Site,
    answer: &AssertionAnswer,
    origin: &Origin,
) -> Result<Signed, Refusal> {
    let user = answer.person().ok_or(Refusal::Wrong)?;
    let known = Known::find(office, user).await?;
    let known = known.filter(Known::may_enter).ok_or(Refusal::Wrong)?;
    elsewhere(office, &known).await?;
    let shown = ShownPasskey::new(office, site, Occasion::SignIn, answer);
    let attempt = office
        .desk()
        .attempt(&known.user.spec.mail, Some(user), origin);
    let last = |known: &mut Known| shown.take(known);
    let entered = enter(office, &known, &attempt, origin, ("passkey", last)).await;
    shown.note_copy(&known).await?;
    entered
}
