//! A passkey that is shown, and what becomes of it.

use std::sync::atomic::{AtomicBool, Ordering};

use identity::passkey::{self, AssertionAnswer, Gate, Occasion, Site};
use ports::StoreError;

use super::known::Known;
use crate::office::Office;

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
