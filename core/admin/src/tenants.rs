//! Use cases of a tenant as a whole: its own history, its audit trail, what it uses.

use domain::{Feature, KindName, TOKENS_MAX, Version};
use ports::{AuditListing, Page, StoreError, TokenReach};
use tenancy::{AccountScope, Caps, TenantScope};

use crate::access::Entered;
use crate::office::Office;
use crate::tokens;

/// How much a tenant has and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How much it may use at a time.
    pub caps: Caps,
    /// For each kind of its documents, in the order of all kinds, and then for API keys.
    pub counts: Vec<Count>,
    /// What its plan leaves out.
    pub without: Vec<Feature>,
}

/// How many documents of a kind, or keys, a tenant has and may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The word for several of the kind.
    pub many: &'static str,
    /// How many it has.
    pub have: u64,
    /// How many the price of its plan includes.
    pub included: Option<u32>,
    /// How many it may have at most.
    pub maximum: Option<u32>,
}

/// What a tenant has and may have.
///
/// # Errors
/// What the store says.
pub async fn usage(office: &Office, entered: &Entered) -> Result<Usage, StoreError> {
    let (included, maximum) = match &entered.plan {
        Some(plan) => (plan.spec.included, plan.spec.maximum),
        None => Default::default(),
    };
    let mut counts = Vec::new();
    for kind in KindName::ALL {
        if kind.place().is_in_tenants() {
            counts.push(Count {
                many: kind.many(),
                have: office.store().count(&entered.scope, kind).await?,
                included: included.of(kind),
                maximum: maximum.of(kind).into_iter().chain(kind.most()).min(),
            });
        }
    }
    let now = office.now();
    let keys = tokens::list(office, &TokenReach::from(&entered.scope), None).await?;
    counts.push(Count {
        many: "keys",
        have: keys.iter().filter(|key| key.is_live(now)).map(|_| 1).sum(),
        included: included.keys,
        maximum: Some(maximum.keys.unwrap_or(TOKENS_MAX).min(TOKENS_MAX)),
    });
    Ok(Usage {
        caps: entered.caps,
        counts,
        without: Feature::ALL
            .into_iter()
            .filter(|feature| !entered.includes(*feature))
            .collect(),
    })
}

/// The latest revisions of the tenant's own document, newest first.
///
/// # Errors
/// What the store says.
pub async fn history(office: &Office, scope: &TenantScope) -> Result<Vec<Version>, StoreError> {
    let id = scope.tenant().to_string();
    office.store().history(scope, KindName::Tenant, &id).await
}

/// One page of a tenant's audit trail, newest first.
///
/// # Errors
/// What the store says.
pub async fn audit(
    office: &Office,
    scope: &TenantScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    office.store().audit(scope, page).await
}

/// One page of an account's own audit trail, newest first.
///
/// # Errors
/// What the store says.
pub async fn account_audit(
    office: &Office,
    scope: &AccountScope,
    page: &Page,
) -> Result<AuditListing, StoreError> {
    office.store().account_audit(scope, page).await
}
