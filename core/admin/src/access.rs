//! From a presented key and a name in a path to the scope of one tenant.

use domain::{Feature, Plan, Resource, SupportAccess, Tenant};
use ports::{StoreError, locate, locate_below};
use tenancy::{
    AccountScope, Caps, Located, Narrowing, Principal, TenantScope, TokenText, Unresolved,
};

use crate::office::Office;
use crate::people;
use crate::support::{self, Denied, Wish};

pub use crate::rights::{held, rights};

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

impl Entered {
    /// Whether what it has bought includes this. Who has no plan has everything.
    pub fn includes(&self, feature: Feature) -> bool {
        let plan = self.plan.as_ref();
        plan.is_none_or(|plan| plan.spec.includes(feature))
    }
}

/// Who presents this API key, or this access token of a person who signed in; `None` when it is
/// unknown, revoked, ended or expired, or when the reseller whose it is, or one above it, is
/// disabled.
///
/// # Errors
/// What the store says.
pub async fn authenticate(
    office: &Office,
    presented: &str,
) -> Result<Option<Principal>, StoreError> {
    let Some(text) = TokenText::parse(presented) else {
        return people::admit(office, presented).await;
    };
    let Some(token) = office.store().find_token(&text.hash()).await? else {
        return Ok(None);
    };
    let now = office.now();
    let Some(stored) = token.opened_by(&text.hash(), now) else {
        return Ok(None);
    };
    // a tenant's keys are open as long as it is there
    if token.owner.account().is_some() && !office.store().is_open(token.owner).await? {
        return Ok(None);
    }
    office.uses().note(&token, now);
    let proved = Principal::prove(token.id, token.owner, &stored, &text);
    Ok(proved.map(|principal| principal.limited(token.limits())))
}

/// Enters the tenant that a path names. A tenant's key enters its own tenant; an operator enters
/// any and a reseller any below it, as far as that tenant consents.
///
/// # Errors
/// [`Denied`]; `NotFound` in it when there is no such tenant or the principal may not see it.
pub async fn enter(
    office: &Office,
    principal: &Principal,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, Denied> {
    if let Some(account) = principal.account() {
        return visit(office, &account, reference).await;
    }
    let own = principal.tenant().ok_or(StoreError::NotFound)?;
    let scope = TenantScope::from_api_authorisation(principal, own).ok_or(StoreError::NotFound)?;
    Ok(inside(office, scope, reference).await?)
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

/// Enters a tenant below an account, as far as the tenant consents: each access is listed.
///
/// # Errors
/// [`Denied`]; `NotFound` in it when there is no such tenant.
pub async fn visit(
    office: &Office,
    account: &AccountScope,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, Denied> {
    let (scope, visit) = found_below(office, account, reference).await?;
    support::admit(office, &scope, account.account(), &visit).await?;
    let found = Unresolved::new(scope.tenant().to_string());
    Ok(inside(office, scope, &found).await?)
}

/// Looks at a tenant below an account without entering it: what it may use and how much of that
/// it does are the account's to know, whatever the tenant consents to.
///
/// # Errors
/// As [`enter`].
pub async fn oversee(
    office: &Office,
    principal: &Principal,
    reference: &Unresolved<Tenant>,
) -> Result<Entered, Denied> {
    let Some(account) = principal.account() else {
        return enter(office, principal, reference).await;
    };
    let (scope, _unentered) = found_below(office, &account, reference).await?;
    let found = Unresolved::new(scope.tenant().to_string());
    Ok(inside(office, scope, &found).await?)
}

/// Asks a tenant below an account to be let in.
///
/// # Errors
/// [`Denied`]; `NotFound` in it when there is no such tenant, or for the tenant's own principals.
pub async fn ask(
    office: &Office,
    principal: &Principal,
    reference: &Unresolved<Tenant>,
    wish: Wish,
) -> Result<SupportAccess, Denied> {
    let account = principal.account().ok_or(StoreError::NotFound)?;
    let (scope, _unentered) = found_below(office, &account, reference).await?;
    support::ask(office, &scope, account.account(), wish).await
}

pub(crate) async fn found_below(
    office: &Office,
    account: &AccountScope,
    reference: &Unresolved<Tenant>,
) -> Result<(TenantScope, Narrowing), StoreError> {
    let (below, _) = locate_below(office.store(), account, reference).await?;
    account.narrow(below).ok_or(StoreError::NotFound)
}
