//! What browsers send: the JSON of `PublicKeyCredential.toJSON()` (§5.1, `RegistrationResponseJSON`
//! and `AuthenticationResponseJSON`). Members that are not listed are ignored, as any release of a
//! browser may add some.

use ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::base64url;

/// A new passkey, as `navigator.credentials.create` gave it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RegistrationAnswer {
    /// The credential's id, in base64url.
    #[serde(rename = "rawId", with = "base64url")]
    #[schema(value_type = String)]
    pub raw_id: Vec<u8>,
    /// What the authenticator states.
    pub response: StatedAnswer,
}

/// The half of a new passkey that is stated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct StatedAnswer {
    /// What the browser says, in base64url.
    #[serde(rename = "clientDataJSON", with = "base64url")]
    #[schema(value_type = String)]
    pub client_data: Vec<u8>,
    /// What the authenticator says, in base64url of CBOR.
    #[serde(rename = "attestationObject", with = "base64url")]
    #[schema(value_type = String)]
    pub attestation: Vec<u8>,
    /// How the authenticator can be reached: `usb`, `nfc`, `ble`, `internal`, `hybrid`.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// The use of a passkey, as `navigator.credentials.get` gave it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct AssertionAnswer {
    /// The credential's id, in base64url.
    #[serde(rename = "rawId", with = "base64url")]
    #[schema(value_type = String)]
    pub raw_id: Vec<u8>,
    /// What the authenticator signed.
    pub response: SignedAnswer,
}

/// The half of a use that is signed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SignedAnswer {
    /// What the browser says, in base64url.
    #[serde(rename = "clientDataJSON", with = "base64url")]
    #[schema(value_type = String)]
    pub client_data: Vec<u8>,
    /// What the authenticator says, in base64url.
    #[serde(rename = "authenticatorData", with = "base64url")]
    #[schema(value_type = String)]
    pub authenticator_data: Vec<u8>,
    /// Its signature, in base64url.
    #[serde(with = "base64url")]
    #[schema(value_type = String)]
    pub signature: Vec<u8>,
    /// Whose passkey it is, in base64url; authenticators that keep no persons leave it out.
    #[serde(default, rename = "userHandle")]
    pub user_handle: Option<String>,
}

impl AssertionAnswer {
    /// The person the passkey claims to be of: whose passkeys to look at, not whom to trust.
    /// `None` when it says nobody, or nobody of ours.
    pub fn person(&self) -> Option<UserId> {
        let bytes = base64url::decode(self.response.user_handle.as_deref()?)?;
        Some(UserId::from_u128(u128::from_be_bytes(
            bytes.try_into().ok()?,
        )))
    }
}
