//! What browsers are asked: the JSON that `PublicKeyCredential.parseCreationOptionsFromJSON` and
//! `parseRequestOptionsFromJSON` read (§5.4, §5.5).

use serde::Serialize;
use utoipa::ToSchema;

/// The question for a new passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationOffer {
    /// Who asks.
    pub rp: SiteOffer,
    /// For whom.
    pub user: UserOffer,
    /// What is to be signed, in base64url; good for five minutes and one answer.
    pub challenge: String,
    /// The algorithms of keys that are understood, the best liked first.
    pub pub_key_cred_params: Vec<Algorithm>,
    /// How long the browser may take, in milliseconds.
    pub timeout: u64,
    /// The passkeys that the person has: one authenticator is not registered twice.
    pub exclude_credentials: Vec<CredentialRef>,
    /// What the authenticator must be able to do.
    pub authenticator_selection: Selection,
    /// `none`: we do not ask who made the authenticator.
    pub attestation: &'static str,
}

/// The question for the use of a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestOffer {
    /// What is to be signed, in base64url; good for five minutes and one answer.
    pub challenge: String,
    /// How long the browser may take, in milliseconds.
    pub timeout: u64,
    /// The site's id.
    pub rp_id: String,
    /// The passkeys that will do; empty when whoever signs in is to be told by the passkey.
    pub allow_credentials: Vec<CredentialRef>,
    /// `required` or `preferred`: whether the authenticator must ask who is there.
    pub user_verification: &'static str,
}

/// A site, as browsers show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteOffer {
    /// Its id, a host name.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A person, as browsers show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserOffer {
    /// The handle, in base64url: the id's bits, nothing personal.
    pub id: String,
    /// What the person signs in with.
    pub name: String,
    /// What people call them.
    pub display_name: String,
}

/// An algorithm of COSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Algorithm {
    /// `public-key`, the only one there is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its number: -7, -8 or -257.
    pub alg: i64,
}

/// A passkey that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CredentialRef {
    /// `public-key`, the only one there is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The credential's id, in base64url.
    pub id: String,
    /// How its authenticator can be reached.
    pub transports: Vec<String>,
}

/// What an authenticator must be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// `required`: the passkey can be used without typing a name.
    pub resident_key: &'static str,
    /// The same for browsers of the first edition.
    pub require_resident_key: bool,
    /// `required`: the authenticator asks who is there.
    pub user_verification: &'static str,
}
