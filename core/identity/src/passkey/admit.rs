//! The use of a passkey (§7.2).

use ids::{PasskeyId, UserId};
use machine::WallTime;
use sha2::{Digest, Sha256};

use super::answer::AssertionAnswer;
use super::authenticator::Data;
use super::challenge::Occasion;
use super::client::{self, Question};
use super::gate::{Gate, must_verify};
use super::kept::{Passkey, Passkeys};
use super::refusal::Refusal;
use crate::signature::Form;
use crate::spent::Spent;

impl Gate {
    /// Checks that a person used a passkey of theirs, and keeps the counter. `user` is whom
    /// [`AssertionAnswer::person`] named, or whom the other factor proved.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing is changed. [`Refusal::Copied`] is worth a line in the audit
    /// trail.
    pub fn admit(
        &self,
        now: WallTime,
        on: Occasion,
        (user, kept): (UserId, &mut Passkeys),
        answer: &AssertionAnswer,
        spent: &mut Spent,
    ) -> Result<PasskeyId, Refusal> {
        check_person(on, user, answer)?;
        let signed = &answer.response;
        let passkey = kept.find_mut(&answer.raw_id).ok_or(Refusal::Unknown)?;
        let challenge = client::read(&signed.client_data, Question::Get, &self.site)?;
        challenge.check(&self.key, now, on)?;
        let data = Data::read(&signed.authenticator_data)?;
        data.check(&self.site, must_verify(on))?;
        if data.is_eligible() != passkey.eligible {
            return Err(Refusal::Backup);
        }
        let client_digest = Sha256::digest(&signed.client_data);
        let message = [signed.authenticator_data.as_slice(), &client_digest].concat();
        if !passkey
            .public_key()?
            .signed(Form::Asn1, &message, &signed.signature)
        {
            return Err(Refusal::Signature);
        }
        check_counter(passkey, &data)?;
        challenge.spend(now, spent)?;
        passkey.counter = data.counter;
        passkey.backed_up = data.is_backed_up();
        passkey.used = Some(now);
        Ok(passkey.id)
    }
}

/// The person whom the passkey names, if it names one, is the person asked (§7.2 step 6). Where
/// nobody is asked, it must name one.
fn check_person(on: Occasion, user: UserId, answer: &AssertionAnswer) -> Result<(), Refusal> {
    let silent = answer.response.user_handle.is_none();
    let named = answer.person() == Some(user);
    let asked = on.person().is_none_or(|person| person == user);
    let may_be_silent = on.person().is_some();
    if asked && (named || (silent && may_be_silent)) {
        Ok(())
    } else {
        Err(Refusal::Person)
    }
}

/// A counter that is used must grow (§7.2 step 22).
fn check_counter(passkey: &Passkey, data: &Data<'_>) -> Result<(), Refusal> {
    let counts = data.counter != 0 || passkey.counter != 0;
    if counts && data.counter <= passkey.counter {
        return Err(Refusal::Copied);
    }
    Ok(())
}
