//! Signing in with a passkey, without saying who.

use std::sync::atomic::{AtomicBool, Ordering};

use identity::passkey::{self, AssertionAnswer, Occasion, RequestOffer, Site};

use super::enter::{Signed, enter};
use super::known::Known;
use super::refusal::Refusal;
use super::sign_on::elsewhere;
use crate::desk::Origin;
use crate::office::Office;

/// Asks for a passkey of whoever is there. Nothing is kept of the question.
pub fn ask_passkey(office: &Office, site: &Site) -> RequestOffer {
    let gate = office.desk().gate(site);
    gate.ask_anyone(office.now(), office.random())
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
    let (desk, now) = (office.desk(), office.now());
    let gate = desk.gate(site);
    let (again, copied) = (AtomicBool::new(false), AtomicBool::new(false));
    let last = |known: &mut Known| {
        let kept = &mut known.credentials.passkeys;
        let taken = desk.spending(&again, |spent| {
            gate.admit(now, Occasion::SignIn, (user, kept), answer, spent)
        });
        let copy = taken == Err(passkey::Refusal::Copied);
        copied.fetch_or(copy, Ordering::Relaxed);
        taken.is_ok()
    };
    let attempt = desk.attempt(&known.user.spec.mail, Some(user), origin);
    let entered = enter(office, &known, &attempt, origin, ("passkey", last)).await;
    if copied.load(Ordering::Relaxed) {
        let entry = known.did(office, "user.passkey-copied", None);
        office.store().note_person(&entry).await?;
    }
    entered
}
