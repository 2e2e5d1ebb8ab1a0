//! What every kind of resource states about itself.

use std::fmt;
use std::str::FromStr;

use ids::{DeviceId, ExtensionId, PlanId, ResellerId, TenantId, WebhookId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tenancy::{Account, Identified};

use crate::invalid::Invalid;

/// The kinds of resource in this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// An account that sells tenants under its own brand.
    Reseller,
    /// How much a tenant may use.
    Plan,
    /// A customer company.
    Tenant,
    /// A dialable number inside a tenant.
    Extension,
    /// One thing that registers.
    Device,
    /// An endpoint that is told of events.
    Webhook,
}

/// Who owns the documents of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The document is its own owner: it opens an account or a tenant.
    Itself,
    /// An account owns it: the platform or a reseller.
    Account,
    /// A tenant owns it.
    Tenant,
}

impl KindName {
    /// All kinds, in the order in which they refer to each other.
    pub const ALL: [KindName; 6] = [
        KindName::Reseller,
        KindName::Plan,
        KindName::Tenant,
        KindName::Extension,
        KindName::Device,
        KindName::Webhook,
    ];

    /// The kind's word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            KindName::Reseller => "reseller",
            KindName::Plan => "plan",
            KindName::Tenant => "tenant",
            KindName::Extension => "extension",
            KindName::Device => "device",
            KindName::Webhook => "webhook",
        }
    }

    /// Who owns the kind's documents.
    pub fn place(self) -> Place {
        match self {
            KindName::Reseller | KindName::Tenant => Place::Itself,
            KindName::Plan => Place::Account,
            KindName::Extension | KindName::Device | KindName::Webhook => Place::Tenant,
        }
    }

    /// The members of a spec that refer to other documents, and of which kind those are. In a
    /// list each member refers.
    pub fn reference_fields(self) -> &'static [(&'static str, KindName)] {
        match self {
            KindName::Reseller => &[("parent", KindName::Reseller), ("plans", KindName::Plan)],
            KindName::Tenant => &[("reseller", KindName::Reseller), ("plan", KindName::Plan)],
            KindName::Device => &[("extension", KindName::Extension)],
            KindName::Plan | KindName::Extension | KindName::Webhook => &[],
        }
    }

    /// The space of unique keys in which the kind's natural keys lie.
    pub fn key_space(self) -> &'static str {
        match self {
            KindName::Reseller => "reseller",
            KindName::Plan => "plan",
            KindName::Tenant => "domain",
            KindName::Extension => "number",
            KindName::Device => "username",
            KindName::Webhook => "webhook",
        }
    }

    /// Whether a text has the form of an id of the kind.
    pub fn is_id(self, text: &str) -> bool {
        match self {
            KindName::Reseller => text.parse::<ResellerId>().is_ok(),
            KindName::Plan => text.parse::<PlanId>().is_ok(),
            KindName::Tenant => text.parse::<TenantId>().is_ok(),
            KindName::Extension => text.parse::<ExtensionId>().is_ok(),
            KindName::Device => text.parse::<DeviceId>().is_ok(),
            KindName::Webhook => text.parse::<WebhookId>().is_ok(),
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not the name of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a kind of resource")
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for KindName {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        KindName::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownKind)
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

/// One kind of resource: a typed spec and what it states about itself.
pub trait Kind:
    Identified + Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The kind's name.
    const NAME: KindName;

    /// Names of fields that are accepted but never given out.
    const SECRETS: &'static [&'static str];

    /// Brings a spec into the form in which it is stored (case, blanks).
    fn normalise(&mut self) {}

    /// Checks every rule that needs nothing but the spec itself.
    fn validate(&self) -> Result<(), Invalid>;

    /// The keys it takes. The natural key is among them.
    fn unique_keys(&self) -> Vec<UniqueKey>;

    /// The documents it points to.
    fn references(&self) -> Vec<Reference>;

    /// The account under which a document lies that is its own owner; `None` for all others.
    fn parent(&self) -> Option<Account> {
        None
    }

    /// What people call it in paths instead of the id; unique among the owner's documents of
    /// the kind, and never of the form of an id.
    fn natural_key(&self) -> String;
}

/// What `enabled` means where a spec leaves it out: nobody switches on what they make.
pub(crate) fn enabled() -> bool {
    true
}
