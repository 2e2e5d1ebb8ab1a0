//! What every kind of resource states about itself.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::{Account, Identified, Owner};
use utoipa::ToSchema;

use crate::invalid::Invalid;
use crate::kind_name::KindName;
use crate::secret::{Digests, Secret};
use crate::secret_rule::SecretRule;

/// Who owns the documents of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The document is its own owner: it opens an account or a tenant.
    Itself,
    /// An account owns it: the platform or a reseller.
    Account,
    /// A tenant owns it.
    Tenant,
    /// An account or a tenant owns it.
    Anywhere,
}

impl Place {
    /// Whether tenants may have documents of such a kind, their own aside.
    pub fn is_in_tenants(self) -> bool {
        match self {
            Place::Tenant | Place::Anywhere => true,
            Place::Itself | Place::Account => false,
        }
    }
}

/// How far a unique key reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyScope {
    /// Taken once with each owner.
    PerOwner,
    /// Taken once on the whole platform.
    Platform,
}

/// A key that may be taken only once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UniqueKey {
    /// What the key means, such as `domain`.
    pub space: &'static str,
    /// The key, in the form in which equal keys are equal texts.
    pub key: String,
    /// Where it may be taken once.
    pub scope: KeyScope,
}

/// A pointer from one document to another: of the same owner, or of an account above it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The kind referred to (or, in a list of users, the kind that refers).
    pub kind: KindName,
    /// Its id.
    pub id: String,
    /// JSON pointer to the field that refers.
    pub field: String,
}

/// A member of a spec that points to documents of a kind: the text of an id, or a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The member.
    pub member: &'static str,
    /// The kind pointed to.
    pub kind: KindName,
}

/// One kind of resource: a typed spec and what it states about itself. Its documentation, that of
/// its members, their defaults and bounds are those of the API, the command line and its page.
pub trait Kind:
    Identified + ToSchema + Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The kind's name.
    const NAME: KindName;

    /// The word for several of them, as in paths.
    const MANY: &'static str;

    /// Who owns its documents.
    const PLACE: Place;

    /// The member with the natural key.
    const KEY: &'static str;

    /// The space of unique keys in which its natural keys lie.
    const KEY_SPACE: &'static str;

    /// The members that point to other documents.
    const LINKS: &'static [Link] = &[];

    /// Whether its documents have a secret.
    const SECRET: SecretRule = SecretRule::None;

    /// Most documents of one owner, whatever a plan allows; `None` for no such bound.
    const MOST: Option<u32> = None;

    /// In words, what a secret that is kept belongs to: when that changes, it must be given anew.
    const SECRET_OF: &'static str = Self::KEY;

    /// Makes an id of a time in Unix milliseconds and random bits.
    fn new_id(unix_ms: u64, random: u128) -> Self::Id;

    /// Brings a spec into the form in which it is stored (case, blanks).
    fn normalise(&mut self) {}

    /// Checks every rule that needs nothing but the spec itself.
    fn validate(&self) -> Result<(), Invalid>;

    /// Checks what depends on whose it is.
    fn validate_for(&self, owner: Owner) -> Result<(), Invalid> {
        let _ = owner;
        Ok(())
    }

    /// The keys it takes. The natural key is among them.
    fn unique_keys(&self) -> Vec<UniqueKey>;

    /// The account under which a document lies that is its own owner; `None` for all others.
    fn parent(&self) -> Option<Account> {
        None
    }

    /// What people call it in paths instead of the id; unique among the owner's documents of
    /// the kind, and never of the form of an id.
    fn natural_key(&self) -> String;

    /// What is kept of its secret, on a platform with this digest realm; `None` for kinds whose
    /// secret is another thing than a password.
    fn digests(&self, secret: &Secret, realm: &str) -> Option<Digests> {
        let _ = (secret, realm);
        None
    }

    /// What is kept of its secret depends on this text: when it changes, the secret must be given
    /// anew.
    fn secret_depends_on(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// Checks that a secret which was supplied belongs to the spec.
    fn validate_secret(&self, secret: &Secret) -> Result<(), Invalid> {
        let _ = secret;
        Ok(())
    }

    /// The documents it points to.
    fn references(&self) -> Vec<Reference> {
        let spec = serde_json::to_value(self).unwrap_or_default();
        Self::LINKS
            .iter()
            .flat_map(|link| pointers(link, &spec))
            .collect()
    }
}

/// What one link of a spec points to.
fn pointers(link: &Link, spec: &Value) -> Vec<Reference> {
    let reference = |id: &Value, field: String| {
        id.as_str().map(|id| Reference {
            kind: link.kind,
            id: id.to_owned(),
            field,
        })
    };
    let field = format!("/{}", link.member);
    match spec.get(link.member) {
        Some(Value::Array(ids)) => ids
            .iter()
            .enumerate()
            .filter_map(|(index, id)| reference(id, format!("{field}/{index}")))
            .collect(),
        Some(id) => reference(id, field).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What `enabled` means where a spec leaves it out: nobody switches on what they make.
pub(crate) fn enabled() -> bool {
    true
}
