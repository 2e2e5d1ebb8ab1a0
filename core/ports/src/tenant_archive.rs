//! One company on its way out of a store, and into one.

use async_trait::async_trait;
use domain::{
    AuditEntry, Cdr, Delivery, Document, Event, SupportAccess, SupportPolicy, TokenRecord, Version,
};
use ids::{AuditId, TenantId, WebhookId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{AccountScope, Owner, PlatformScope, TenantScope};

use crate::archive::{ArchiveError, Taker};
use crate::change::Committed;
use crate::error::StoreError;

/// Most documents that come in as one transaction.
pub const ARRIVALS_MAX: usize = 100_000;

/// Most facts that are handed over at once.
pub const FACTS_MAX: usize = 500;

/// What happened in a company: nothing of it is seen before its documents are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", content = "of", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time on its way, never many at once"
)]
pub enum Fact {
    /// An entry of its audit trail.
    Audit(AuditEntry),
    /// A revision of a document, oldest first.
    Version(Version),
    /// A call record.
    Cdr(Cdr),
    /// An event of its log, with its cursor.
    Event(Event),
    /// The latest cursor that its log has given.
    Latest(u64),
    /// What became of an event at a webhook.
    Delivery(Delivery),
    /// Up to which cursor a webhook's deliveries were made.
    Place {
        /// The webhook.
        webhook: WebhookId,
        /// The cursor.
        cursor: u64,
    },
    /// Whether those above it may enter.
    Policy(SupportPolicy),
    /// Somebody from above entered it.
    Access(SupportAccess),
    /// An API key, as it is kept: a hash.
    Token(TokenRecord),
}

impl Fact {
    /// Whether it is this tenant's: what names its owner must name this one.
    pub fn belongs_to(&self, tenant: TenantId) -> bool {
        let owner = Owner::Tenant(tenant);
        match self {
            Fact::Audit(entry) => entry.owner == owner,
            Fact::Version(version) => version.document.owner == owner,
            Fact::Cdr(cdr) => cdr.tenant == tenant,
            Fact::Event(event) => event.tenant == tenant,
            Fact::Delivery(delivery) => delivery.event.tenant == tenant,
            Fact::Token(token) => token.owner == owner,
            Fact::Access(access) => access.tenant == tenant,
            Fact::Latest(_) | Fact::Place { .. } | Fact::Policy(_) => true,
        }
    }
}

/// A document with what is kept of its secret, opened. `Debug` hides what is secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belonging {
    /// The document.
    pub document: Document,
    /// What is kept of its secret: bytes of the form that its kind gives them.
    pub secret: Option<Vec<u8>>,
    /// Of a person: the content of its [`CredentialRecord`](crate::CredentialRecord), when
    /// anything is kept. It comes in only where nothing is kept of the person yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Vec<u8>>,
}

impl std::fmt::Debug for Belonging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secret = self.secret.as_ref().map(|_| "…");
        f.debug_struct("Belonging")
            .field("document", &self.document)
            .field("secret", &secret)
            .field("credentials", &self.credentials.as_ref().map(|_| "…"))
            .finish()
    }
}

/// One thing of a company: facts come first, documents last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", content = "is", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time on its way, never many at once"
)]
pub enum Thing {
    /// A fact.
    Fact(Fact),
    /// A document.
    Document(Belonging),
}

/// Documents that come in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The company that they belong to; its own document is among them.
    pub tenant: TenantId,
    /// At most [`ARRIVALS_MAX`]. Revision and times stay as they are.
    pub documents: Vec<Belonging>,
    /// Whether each document begins a history: those without facts do.
    pub begins: bool,
    /// Whether they take the place of the company that is here: its documents become these, each
    /// with a revision more, those that are not among them are deleted, and what happened in it
    /// stays. Only for the operator.
    pub replaces: bool,
    /// When.
    pub at: WallTime,
    /// Id of the entry in the company's audit trail.
    pub audit: AuditId,
    /// What the entry calls it, such as `tenant.restored`.
    pub action: &'static str,
}

/// Companies as wholes.
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// Hands over everything of the scope's tenant, as it is at one moment, on a thread of its
    /// own. The taker is dropped before the answer comes.
    async fn take_out(
        &self,
        scope: &TenantScope,
        taker: Box<dyn Taker<Thing>>,
    ) -> Result<(), ArchiveError>;

    /// Brings facts of a tenant that is not there, at most [`FACTS_MAX`]. Facts that are there
    /// already stay as they are.
    async fn bring_facts(
        &self,
        scope: &PlatformScope,
        tenant: TenantId,
        facts: Vec<Fact>,
    ) -> Result<(), StoreError>;

    /// Removes the facts of a tenant that is not there, but for its audit trail.
    async fn clear_out(&self, scope: &PlatformScope, tenant: TenantId) -> Result<(), StoreError>;

    /// Brings the documents of a tenant that is not there, or replaces those of one that is, below
    /// the account and as one transaction: with it the tenant is seen, whole.
    async fn move_in(
        &self,
        scope: &AccountScope,
        arrival: Arrival,
    ) -> Result<Committed, StoreError>;
}
