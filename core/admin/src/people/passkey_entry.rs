//! Signing in with a passkey: without saying who, or as the second factor.

use std::sync::atomic::{AtomicBool, Ordering};

use identity::passkey::{self, AssertionAnswer, Gate, Occasion, RequestOffer, Site};
use ports::StoreError;

use super::enter::{Signed, enter};
use super::known::Known;
use super::refusal::Refusal;
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

/// A passkey that somebody shows, in answer to one question.
pub(super) struct ShownPasskey<'a> {
    office: &'a Office,
    gate: Gate,
    on: Occasion,
    answer: &'a AssertionAnswer,
    /// Whether the answer was taken before by the same change, which is being tried again.
    again: AtomicBool,
    copied: AtomicBool,
}

impl<'a> ShownPasskey<'a> {
    pub(super) fn new(
        office: &'a Office,
        site: &Site,
        on: Occasion,
        answer: &'a AssertionAnswer,
    ) -> ShownPasskey<'a> {
        ShownPasskey {
            office,
            gate: office.desk().gate(site),
            on,
            answer,
            again: AtomicBool::new(false),
            copied: AtomicBool::new(false),
        }
    }

    /// Takes it as this person's, if it is.
    pub(super) fn take(&self, known: &mut Known) -> bool {
        let (user, now) = (known.user.id, self.office.now());
        let kept = &mut known.credentials.passkeys;
        let taken = self.office.desk().spending(&self.again, |spent| {
            self.gate
                .admit(now, self.on, (user, kept), self.answer, spent)
        });
        let copy = taken == Err(passkey::Refusal::Copied);
        self.copied.fetch_or(copy, Ordering::Relaxed);
        taken.is_ok()
    }

    /// Notes in the trail that it was a copy, if it was.
    pub(super) async fn note_copy(&self, known: &Known) -> Result<(), StoreError> {
        if self.copied.load(Ordering::Relaxed) {
            let entry = known.did(self.office, "user.passkey-copied", None);
            self.office.store().note_person(&entry).await?;
        }
        Ok(())
    }
}
