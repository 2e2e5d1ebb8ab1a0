//! What somebody uses of what they may: every limit with who set it, and what there is.

use domain::{Feature, KindName, Limit, Reseller, SetBy};
use ports::{StoreError, TokenReach};
use tenancy::{Account, AccountScope, Unresolved};

use crate::access::Entered;
use crate::documents;
use crate::office::Office;
use crate::tokens;

/// How much a tenant has and may have, as far as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How much it may use at a time, in the order of the members of `caps`.
    pub caps: Vec<CapInForce>,
    /// For each kind of its documents, in the order of all kinds, and then for API keys.
    pub counts: Vec<Count>,
    /// What its plan leaves out.
    pub without: Vec<Feature>,
}

/// A cap as it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapInForce {
    /// Its name.
    pub name: &'static str,
    /// Its figure.
    pub limit: u32,
    /// Who says so.
    pub set_by: SetBy,
}

/// How many documents of a kind, or keys, there are and may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The word for several of the kind.
    pub many: &'static str,
    /// How many there are.
    pub in_use: u64,
    /// How many the price of the plan includes.
    pub included: Option<u32>,
    /// How many there may be at most.
    pub limit: Option<Limit>,
}

/// What a tenant has and may have.
///
/// # Errors
/// What the store says.
pub async fn of_tenant(office: &Office, entered: &Entered) -> Result<Usage, StoreError> {
    let (included, maximum) = match &entered.plan {
        Some(plan) => (plan.spec.included, plan.spec.maximum),
        None => Default::default(),
    };
    let mut counts = Vec::new();
    let kinds = KindName::ALL.into_iter();
    for kind in kinds.filter(|kind| kind.place().is_in_tenants()) {
        counts.push(Count {
            many: kind.many(),
            in_use: office.store().count(&entered.scope, kind).await?,
            included: included.of(kind),
            limit: maximum.limit_of(kind),
        });
    }
    let now = office.now();
    let keys = tokens::list(office, &TokenReach::from(&entered.scope), None).await?;
    counts.push(Count {
        many: "keys",
        in_use: keys.iter().filter(|key| key.is_live(now)).map(|_| 1).sum(),
        included: included.keys,
        limit: Some(maximum.limit_of_keys()),
    });
    Ok(Usage {
        caps: caps(entered),
        counts,
        without: Feature::ALL
            .into_iter()
            .filter(|feature| !entered.includes(*feature))
            .collect(),
    })
}

fn caps(entered: &Entered) -> Vec<CapInForce> {
    let own = entered.tenant.spec.caps;
    let sold = match entered.plan {
        Some(_) => SetBy::Plan,
        None => SetBy::Exchange,
    };
    let cap = |(name, limit)| CapInForce {
        name,
        limit,
        set_by: if own.names(name) { SetBy::Tenant } else { sold },
    };
    entered.caps.each().map(cap).to_vec()
}

/// How many resellers and tenants lie below an account, at any depth, and may, and how many
/// documents of each kind those tenants have together.
///
/// # Errors
/// What the store says.
pub async fn of_account(office: &Office, scope: &AccountScope) -> Result<Vec<Count>, StoreError> {
    let limits = match scope.account() {
        Account::Platform => Default::default(),
        Account::Reseller(id) => {
            let own = Unresolved::<Reseller>::new(id.to_string());
            documents::find(office, scope, &own).await?.1.spec.limits
        }
    };
    let mut counts = Vec::new();
    for kind in [KindName::Reseller, KindName::Tenant] {
        counts.push(Count {
            many: kind.many(),
            in_use: office.store().count_below(scope, kind).await?,
            included: None,
            limit: limits.of(kind).map(Limit::by_reseller),
        });
    }
    let kinds = KindName::ALL.into_iter();
    for kind in kinds.filter(|kind| kind.place().is_in_tenants()) {
        counts.push(Count {
            many: kind.many(),
            in_use: office.store().count_within(scope, kind).await?,
            included: None,
            limit: None,
        });
    }
    Ok(counts)
}
