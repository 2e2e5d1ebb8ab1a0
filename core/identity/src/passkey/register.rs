//! A new passkey (§7.1).

use ids::{PasskeyId, UserId};
use machine::WallTime;
use sha2::{Digest, Sha256};

use super::answer::RegistrationAnswer;
use super::attestation::Statement;
use super::authenticator::Data;
use super::challenge::Occasion;
use super::client::{self, Question};
use super::gate::{Gate, must_verify};
use super::kept::{Passkey, Passkeys, short};
use super::refusal::Refusal;
use super::{cbor, cose};
use crate::spent::Spent;

/// Most ways to reach an authenticator; there are five.
const TRANSPORTS_MAX: usize = 8;

/// Longest word for one.
const TRANSPORT_MAX: usize = 32;

impl Gate {
    /// Checks a new passkey of a person and adds it under a name of theirs.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing is added.
    pub fn register(
        &self,
        now: WallTime,
        (user, kept): (UserId, &mut Passkeys),
        answer: &RegistrationAnswer,
        (id, name): (PasskeyId, &str),
        spent: &mut Spent,
    ) -> Result<PasskeyId, Refusal> {
        let stated = &answer.response;
        let on = Occasion::Register(user);
        let challenge = client::read(&stated.client_data, Question::Create, &self.site)?;
        challenge.check(&self.key, now, on)?;
        let statement = Statement::read(&stated.attestation)?;
        let data = Data::read(&statement.data)?;
        data.check(&self.site, must_verify(on))?;
        let malformed = Refusal::Malformed("authenticatorData");
        let made = data.made.as_ref().ok_or(malformed)?;
        if made.id != answer.raw_id {
            return Err(Refusal::Name);
        }
        let (key, algorithm) = cose::read(cbor::read(made.key).ok_or(malformed)?)?;
        let client_digest = Sha256::digest(&stated.client_data).into();
        statement.check(&key, algorithm, &client_digest)?;
        challenge.spend(now, spent)?;
        kept.add(Passkey {
            id,
            name: short(name),
            credential: made.id.to_vec(),
            key: made.key.to_vec(),
            counter: data.counter,
            eligible: data.is_eligible(),
            backed_up: data.is_backed_up(),
            transports: words(&stated.transports),
            model: made.model.to_vec(),
            added: now,
            used: None,
        })
    }
}

/// The words that may be told back to browsers; they are the browser's own and mean little.
fn words(given: &[String]) -> Vec<String> {
    let is_word = |text: &&String| {
        text.len() <= TRANSPORT_MAX && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    given
        .iter()
        .filter(is_word)
        .take(TRANSPORTS_MAX)
        .cloned()
        .collect()
}
