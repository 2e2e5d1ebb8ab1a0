//! A person's own passkeys.

use std::sync::atomic::AtomicBool;

use domain::Invalid;
use identity::passkey::{self, CreationOffer, Owner, Passkey, RegistrationAnswer, Site};
use ids::{PasskeyId, UserId};
use ports::{HeavyWork, StoreError};
use serde_json::json;

use super::change::{Done, change};
use super::own::find;
use super::prove;
use super::refusal::Refusal;
use crate::desk::Origin;
use crate::office::Office;

/// The member of a request that an authenticator's answer comes in.
const CREDENTIAL: &str = "/credential";

/// Somebody who is signed in may be told what is wrong with an answer.
fn told(refusal: passkey::Refusal) -> Refusal {
    Invalid::new(CREDENTIAL, refusal.to_string()).into()
}

/// A person's passkeys, the oldest first.
///
/// # Errors
/// `Wrong` when the person is not there any more, else what the store says.
pub async fn passkeys(office: &Office, user: UserId) -> Result<Vec<Passkey>, Refusal> {
    let known = find(office, user).await?;
    Ok(known.credentials.passkeys.list().to_vec())
}

/// Asks for a new passkey of a person who proves the password again: a stolen access token must
/// not bring its thief back in.
///
/// # Errors
/// `Wrong` for another password, `Wait`, `Busy`, a refused field when there are as many as fit,
/// else what the store says.
pub async fn offer_passkey(
    office: &Office,
    heavy: &dyn HeavyWork,
    (site, user): (&Site, UserId),
    password: &str,
    origin: &Origin,
) -> Result<CreationOffer, Refusal> {
    let known = find(office, user).await?;
    prove::again(office, heavy, &known, password, origin).await?;
    let owner = Owner {
        user,
        name: &known.user.spec.mail,
        display_name: known.name(),
    };
    let kept = &known.credentials.passkeys;
    let gate = office.desk().gate(site);
    let offer = gate.ask_new(office.now(), owner, kept, office.random());
    offer.map_err(told)
}

/// Takes the passkey that was made, under a name of the person's.
///
/// # Errors
/// A refused field saying what is wrong with the answer, else what the store says.
pub async fn add_passkey(
    office: &Office,
    (site, user): (&Site, UserId),
    answer: &RegistrationAnswer,
    name: &str,
) -> Result<Passkey, Refusal> {
    let (desk, now) = (office.desk(), office.now());
    let (gate, id, again) = (
        desk.gate(site),
        office.mint(PasskeyId::new),
        AtomicBool::new(false),
    );
    change(office, user, |known| {
        let kept = &mut known.credentials.passkeys;
        let taken = desk.spending(&again, |spent| {
            gate.register(now, (user, kept), answer, (id, name), spent)
        });
        if let Err(refusal) = taken {
            return Done::Leave(told(refusal));
        }
        let Some(added) = known.credentials.passkeys.list().last().cloned() else {
            return Done::Leave(StoreError::NotFound.into());
        };
        let told = json!({ "passkey": id.to_string(), "name": added.name() });
        let entry = known.did(office, "user.passkey-added", Some(told));
        Done::Keep(added, vec![entry])
    })
    .await
}

/// Names a passkey anew.
///
/// # Errors
/// `NotFound` when the person has no such passkey, else what the store says.
pub async fn rename_passkey(
    office: &Office,
    user: UserId,
    id: PasskeyId,
    name: &str,
) -> Result<(), Refusal> {
    change(office, user, |known| {
        if known.credentials.passkeys.rename(id, name) {
            Done::Keep((), Vec::new())
        } else {
            Done::Leave(StoreError::NotFound.into())
        }
    })
    .await
}

/// Removes a passkey.
///
/// # Errors
/// As [`rename_passkey`].
pub async fn remove_passkey(office: &Office, user: UserId, id: PasskeyId) -> Result<(), Refusal> {
    change(office, user, |known| {
        if !known.credentials.passkeys.remove(id) {
            return Done::Leave(StoreError::NotFound.into());
        }
        let told = json!({ "passkey": id.to_string() });
        Done::Keep(
            (),
            vec![known.did(office, "user.passkey-removed", Some(told))],
        )
    })
    .await
}
