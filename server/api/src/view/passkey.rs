//! Views of passkeys.

use identity::passkey::{AssertionAnswer, Passkey, RegistrationAnswer};
use ids::PasskeyId;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A passkey that somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeySignIn {
    /// What `navigator.credentials.get` gave, as its `toJSON()` writes it.
    pub(crate) credential: AssertionAnswer,
}

/// A new passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// What its owner calls it; cut off after 64 characters.
    #[schema(example = "My phone")]
    pub(crate) name: String,
    /// What `navigator.credentials.create` gave, as its `toJSON()` writes it.
    pub(crate) credential: RegistrationAnswer,
}

/// Another name for a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyName {
    /// What its owner calls it; cut off after 64 characters.
    pub(crate) name: String,
}

/// One of one's own passkeys.
#[derive(Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyView {
    /// Its id.
    #[schema(value_type = String)]
    id: PasskeyId,
    /// What its owner calls it.
    name: String,
    /// When it was registered.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    added: WallTime,
    /// When it was last used.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    used: Option<WallTime>,
    /// Whether it is copied to its owner's other devices, and not lost with this one.
    backed_up: bool,
}

impl From<&Passkey> for PasskeyView {
    fn from(passkey: &Passkey) -> PasskeyView {
        PasskeyView {
            id: passkey.id(),
            name: passkey.name().to_owned(),
            added: passkey.added(),
            used: passkey.used(),
            backed_up: passkey.is_backed_up(),
        }
    }
}
