//! A document as it comes from outside: references by name, a secret in clear.

use domain::{Invalid, Kind, Place, Resource, Secret, SecretRule};
use ports::StoreError;
use serde_json::Value;

use crate::office::Office;
use crate::reach::Reach;
use crate::reference;
use crate::spec::parse_spec;

/// The member in which a secret comes.
const SECRET: &str = "secret";

/// A spec from outside, with its secret when one came along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft<K> {
    pub(crate) spec: K,
    pub(crate) secret: Option<Secret>,
}

/// Reads a new document from JSON. What it refers to may be named by id or by natural key.
pub(crate) async fn read<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    value: Value,
) -> Result<Draft<K>, StoreError> {
    read_as(office, scope, false, value).await
}

/// Reads a document that shall take the place of another, as [`read`] does.
pub(crate) async fn changed<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    before: &Resource<K>,
    value: Value,
) -> Result<Draft<K>, StoreError> {
    let own = K::PLACE == Place::Itself && before.owner == scope.owner();
    read_as(office, scope, own, value).await
}

async fn read_as<K: Kind, S: Reach>(
    office: &Office,
    scope: &S,
    own: bool,
    mut value: Value,
) -> Result<Draft<K>, StoreError> {
    let secret = match K::SECRET {
        SecretRule::None | SecretRule::Signing => None,
        SecretRule::Generated | SecretRule::Supplied | SecretRule::PrivateKey => {
            take_secret(K::SECRET, &mut value)?
        }
    };
    reference::resolve_all(office, scope, (K::NAME, own), &mut value).await?;
    Ok(Draft {
        spec: parse_spec(&value)?,
        secret,
    })
}

pub(crate) fn take_secret(rule: SecretRule, value: &mut Value) -> Result<Option<Secret>, Invalid> {
    match value.as_object_mut().and_then(|all| all.remove(SECRET)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Secret::of_sort(rule, &text).map(Some),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Invalid::new("/secret", "must be a text"))
        }
    }
}
