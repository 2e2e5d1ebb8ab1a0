//! From a presented key and a name in a path to the scope of one tenant.

use domain::{Plan, Resource, Tenant};
use ids::AuditId;
use ports::{StoreError, locate, locate_below};
use sha2::{Digest, Sha256};
use tenancy::{
    AccountScope, Caps, Located, Narrowing, Principal, TenantScope, TokenText, Unresolved,
};

use crate::office::Office;

/// An operator's visit is noted once in this time, in milliseconds.
const VISIT_MS: u64 = 3_600_000;

/// A tenant that was entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The scope to act in.
    pub scope: TenantScope,
    /// The tenant, found.
    pub located: Located<Tenant>,
    /// Its document.
    pub tenant: Resource<Tenant>,
    /// How much it may use: by its plan, and where it differs from that.
    pub caps: Caps,
    /// What it has bought.
    pub plan: Option<Resource<Plan>>,
}

/// Who presents this API key; `None` when it is unknown, revoked or expired, or when the reseller
/// whose it is, or one above it, is disabled.
///
/// # Errors
/// What the store says.
pub async fn authenticate(
    office: &Office,
    presented: &str,
) -> Result<Option<Principal>, StoreError> {
    let Some(text) = TokenText::parse(presented) else {
        return Ok(None);
    };
    let Some(token) = office.store().find_token(&text.hash()).await? else {
        return Ok(None);
    };
    if !token.is_live(office.now()) {
        return Ok(None);
    }
    if !office.store().is_open(token.owner).await? {
        return Ok(None);
    }
    Ok(Principal::prove(token.id, token.owner, &token.hash, &text))
}

/// Enters the tenant that a path names. A tenant's key enters its own tenant; an operator enters
/// any and a reseller any below it, which is noted in that tenant's audit trail once an hour.
///
/// # Errors
/// `NotFound` when there is no such tenant or the principal may not see it, else what the store
/// says.
pub async fn enter(
    office: &Office,
    principal: &Principal,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, StoreError> {
    if let Some(account) = principal.account() {
        return visit(office, &account, reference).await;
    }
    let own = principal.tenant().ok_or(StoreError::NotFound)?;
    let scope = TenantScope::from_api_authorisation(principal, own).ok_or(StoreError::NotFound)?;
    inside(office, scope, reference).await
}

async fn inside(
    office: &Office,
    scope: TenantScope,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, StoreError> {
    let (located, tenant) = locate(office.store(), &scope, reference).await?;
    let plan: Option<Resource<Plan>> = match tenant.spec.plan {
        Some(_) => office
            .store()
            .plan(&scope)
            .await?
            .map(TryInto::try_into)
            .transpose()?,
        None => None,
    };
    let caps = tenant
        .spec
        .effective_caps(plan.as_ref().map(|plan| &plan.spec));
    Ok(Entered {
        scope,
        located,
        tenant,
        caps,
        plan,
    })
}

/// Enters a tenant below an account; noted in the tenant's audit trail once an hour.
///
/// # Errors
/// `NotFound` when there is no such tenant, else what the store says.
pub async fn visit(
    office: &Office,
    account: &AccountScope,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, StoreError> {
    let (below, _) = locate_below(office.store(), account, reference).await?;
    let (scope, visit) = account.narrow(below).ok_or(StoreError::NotFound)?;
    note_visit(office, account, &visit).await?;
    let reference = Unresolved::new(below.id().to_string());
    inside(office, scope, &reference).await
}

/// Notes a visit. The entry's id is made of the hour, the actor and the tenant, so the store
/// keeps one entry of all visits in an hour.
async fn note_visit(
    office: &Office,
    account: &AccountScope,
    visit: &Narrowing,
) -> Result<(), StoreError> {
    let unix_ms = u64::try_from(office.now().unix_ms()).unwrap_or_default();
    let hour = unix_ms - unix_ms % VISIT_MS;
    if office.visits().knows(visit.actor(), visit.tenant(), hour) {
        return Ok(());
    }
    let who = format!("{} {} {hour}", visit.actor(), visit.tenant());
    let (random, _) = split16(&Sha256::digest(who).into());
    let mut audit = office.audit(
        visit.tenant().into(),
        visit.actor(),
        "tenant.entered",
        visit.tenant().to_string(),
    );
    audit.id = AuditId::new(hour, random);
    office.store().note(account, &audit).await?;
    office
        .visits()
        .remember(visit.actor(), visit.tenant(), hour);
    Ok(())
}

fn split16(bytes: &[u8; 32]) -> (u128, u128) {
    let (mut high, mut low) = ([0; 16], [0; 16]);
    high.copy_from_slice(&bytes[..16]);
    low.copy_from_slice(&bytes[16..]);
    (u128::from_be_bytes(high), u128::from_be_bytes(low))
}
