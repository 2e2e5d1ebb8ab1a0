//! What becomes of a document's secret, by the rule of its kind.

use std::time::Duration;

use delivery::SigningKey;
use domain::{Invalid, Kind, OVERLAP_MAX, Secret, SecretRule, SigningKeys};
use machine::WallTime;
use ports::SecretChange;

use crate::office::Office;

/// What becomes of a secret, and what is told of it.
pub(crate) struct Minted {
    pub(crate) change: SecretChange,
    /// What was made just now, to be told once.
    pub(crate) told: Option<Secret>,
}

impl Minted {
    /// Nothing changes, and nothing is told.
    pub(crate) fn nothing() -> Minted {
        Minted {
            change: SecretChange::Keep,
            told: None,
        }
    }
}

/// The secret of a new document: the one supplied or, where the kind has such, one that is made.
pub(crate) fn first<K: Kind>(
    office: &Office,
    spec: &K,
    supplied: Option<&Secret>,
) -> Result<Minted, Invalid> {
    if supplied.is_some() {
        let change = given(office, spec, supplied)?;
        return Ok(Minted { change, told: None });
    }
    made(office, spec, None)
}

/// What becomes of the secret when this one is supplied; `None` changes nothing.
///
/// # Errors
/// [`Invalid`] for one that does not belong to the document.
pub(crate) fn given<K: Kind>(
    office: &Office,
    spec: &K,
    supplied: Option<&Secret>,
) -> Result<SecretChange, Invalid> {
    let Some(secret) = supplied else {
        return Ok(SecretChange::Keep);
    };
    spec.validate_secret(secret)?;
    Ok(match K::SECRET {
        SecretRule::None | SecretRule::Signing => SecretChange::Keep,
        SecretRule::Generated => spec
            .digests(secret, office.realm())
            .map_or(SecretChange::Keep, |digests| {
                SecretChange::Set(digests.into())
            }),
        SecretRule::Supplied | SecretRule::PrivateKey => SecretChange::Seal(secret.clone()),
    })
}

/// A new secret of the exchange's making; `before` are the keys that it follows.
pub(crate) fn made<K: Kind>(
    office: &Office,
    spec: &K,
    before: Option<SigningKeys>,
) -> Result<Minted, Invalid> {
    match K::SECRET {
        SecretRule::None | SecretRule::Supplied | SecretRule::PrivateKey => Ok(Minted::nothing()),
        SecretRule::Generated => {
            let secret = office.generate_secret();
            let change = given(office, spec, Some(&secret))?;
            let told = Some(secret);
            Ok(Minted { change, told })
        }
        SecretRule::Signing => {
            let bits = office.random();
            let keys = match before {
                Some(keys) => keys.replaced(bits, office.now()),
                None => SigningKeys::first(bits),
            };
            let told = Secret::supplied(SigningKey::from_entropy(bits).reveal())?;
            Ok(Minted {
                change: SecretChange::Sign(keys),
                told: Some(told),
            })
        }
    }
}

/// Refuses an overlap that is too long, and any for secrets that are not passwords.
pub(crate) fn check_overlap(rule: SecretRule, overlap: Duration) -> Result<(), Invalid> {
    let refused = |said: &str| Err(Invalid::new("/overlap_seconds", said));
    match rule {
        SecretRule::Generated if overlap > OVERLAP_MAX => refused("must be at most 30 days"),
        SecretRule::Generated => Ok(()),
        SecretRule::None | SecretRule::Signing | SecretRule::Supplied | SecretRule::PrivateKey => {
            if overlap.is_zero() {
                return Ok(());
            }
            refused("must not be said here: it is for passwords")
        }
    }
}

/// The change after which the secret before stays valid beside the new one for a while.
pub(crate) fn beside(change: SecretChange, now: WallTime, overlap: Duration) -> SecretChange {
    if let SecretChange::Set(credentials) = &change
        && !overlap.is_zero()
    {
        return SecretChange::Beside {
            digests: credentials.present,
            until: now + overlap,
        };
    }
    change
}

/// Whether the exchange makes the secrets of a kind.
pub(crate) fn makes(rule: SecretRule) -> bool {
    match rule {
        SecretRule::Generated | SecretRule::Signing => true,
        SecretRule::None | SecretRule::Supplied | SecretRule::PrivateKey => false,
    }
}
