//! Use cases of a tenant as a whole: its own history, its audit trail, what it uses.

use domain::{KindName, Version};
use ports::{AuditListing, Page, StoreError};
use tenancy::{AccountScope, Caps, TenantScope};

use crate::access::Entered;
use crate::office::Office;

/// How much a tenant has and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How much it may use at a time.
    pub caps: Caps,
    /// For each kind of its documents, in the order of all kinds.
    pub counts: Vec<Count>,
}

/// How many documents of a kind a tenant has and may have.
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
    Ok(Usage {
        caps: entered.caps,
        counts,
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
