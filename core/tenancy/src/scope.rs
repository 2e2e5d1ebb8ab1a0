//! Scopes: the right to act inside one tenant, for an account, or above all of them.

use ids::{DeviceId, ResellerId, TenantId, TrunkId};

use crate::access::{Actor, Principal};
use crate::admission::AdmittedDevice;
use crate::below::Below;
use crate::owner::{Account, Owner};
use crate::trunk_admission::AdmittedCall;

/// The right to act inside exactly one tenant.
///
/// Its fields are private and it has four mints: [`TenantScope::from_sip_admission`],
/// [`TenantScope::from_called_number`], [`TenantScope::from_api_authorisation`] and
/// [`TenantScope::for_job`]. Besides these an
/// account's [`AccountScope`] can be narrowed, which leaves a trace. Nothing widens a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantScope {
    tenant: TenantId,
    actor: Actor,
}

impl TenantScope {
    /// Mint 1: a device proved itself over SIP.
    pub fn from_sip_admission(proof: AdmittedDevice) -> TenantScope {
        TenantScope {
            tenant: proof.tenant(),
            actor: Actor::Device(proof.device()),
        }
    }

    /// Mint 2: an API key of this very tenant was presented, or a person of it signed in.
    ///
    /// `None` for any other tenant, and for an account's principal, whose scope must be narrowed
    /// instead so that the visit is recorded.
    pub fn from_api_authorisation(principal: &Principal, tenant: TenantId) -> Option<TenantScope> {
        (principal.tenant() == Some(tenant)).then_some(TenantScope {
            tenant,
            actor: principal.actor(),
        })
    }

    /// Mint 3: a job of the exchange starts work for one tenant.
    pub fn for_job(tenant: TenantId, job: &'static str) -> TenantScope {
        TenantScope {
            tenant,
            actor: Actor::Job(job),
        }
    }

    /// Mint 4: a carrier's call came by a trunk for a number of this tenant.
    pub fn from_called_number(proof: &AdmittedCall) -> TenantScope {
        TenantScope {
            tenant: proof.tenant(),
            actor: Actor::Trunk(proof.trunk()),
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The tenant as an owner.
    pub fn owner(&self) -> Owner {
        self.tenant.into()
    }

    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The device that was admitted, when the scope came from SIP admission.
    pub fn device(&self) -> Option<DeviceId> {
        match self.actor {
            Actor::Device(device) => Some(device),
            Actor::Trunk(_)
            | Actor::Token(_)
            | Actor::User(_)
            | Actor::Job(_)
            | Actor::Operator => None,
        }
    }

    /// The trunk by which the call came, when the scope came from a called number.
    pub fn trunk(&self) -> Option<TrunkId> {
        match self.actor {
            Actor::Trunk(trunk) => Some(trunk),
            Actor::Device(_)
            | Actor::Token(_)
            | Actor::User(_)
            | Actor::Job(_)
            | Actor::Operator => None,
        }
    }
}

/// The right to act for an account: over its own documents, and over the resellers and tenants
/// below it. It does not read a tenant's data: for that it must be
/// [narrowed](AccountScope::narrow).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountScope {
    account: Account,
    actor: Actor,
}

/// The operator's right to act above all accounts: over the platform itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlatformScope {
    actor: Actor,
}

impl Principal {
    /// The scope of the account that the principal belongs to; `None` for a tenant's.
    pub fn account(&self) -> Option<AccountScope> {
        let account = self.owner().account()?;
        Some(AccountScope {
            account,
            actor: self.actor(),
        })
    }

    /// The platform's scope, for an operator alone.
    pub fn platform(&self) -> Option<PlatformScope> {
        self.account().and_then(|scope| scope.platform())
    }
}

impl PlatformScope {
    /// The operator at the machine's own console, who can read the store's files anyway.
    pub fn at_console() -> PlatformScope {
        PlatformScope {
            actor: Actor::Operator,
        }
    }

    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The same operator as the root of all accounts.
    pub fn account(&self) -> AccountScope {
        AccountScope {
            account: Account::Platform,
            actor: self.actor,
        }
    }
}

impl AccountScope {
    /// The account.
    pub fn account(&self) -> Account {
        self.account
    }

    /// The account as an owner.
    pub fn owner(&self) -> Owner {
        self.account.into()
    }

    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The platform's scope, when the account is the platform.
    pub fn platform(&self) -> Option<PlatformScope> {
        match self.account {
            Account::Platform => Some(PlatformScope { actor: self.actor }),
            Account::Reseller(_) => None,
        }
    }

    /// Goes down to a reseller that was found below this very account; `None` for one that was
    /// found below another.
    pub fn descend(&self, reseller: Below<ResellerId>) -> Option<AccountScope> {
        let reseller = reseller.within(self.account)?;
        Some(AccountScope {
            account: Account::Reseller(reseller),
            actor: self.actor,
        })
    }

    /// Enters a tenant that was found below this very account; `None` for one that was found
    /// below another. The [`Narrowing`] that comes with the scope belongs in that tenant's audit
    /// trail.
    #[must_use = "the visit must be recorded in the tenant's audit trail"]
    pub fn narrow(&self, tenant: Below<TenantId>) -> Option<(TenantScope, Narrowing)> {
        let tenant = tenant.within(self.account)?;
        let scope = TenantScope {
            tenant,
            actor: self.actor,
        };
        let narrowing = Narrowing {
            tenant,
            actor: self.actor,
        };
        Some((scope, narrowing))
    }
}

/// The fact that an operator or a reseller entered a tenant, waiting to be stored.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the visit must be recorded in the tenant's audit trail"]
pub struct Narrowing {
    tenant: TenantId,
    actor: Actor,
}

impl Narrowing {
    /// The tenant entered.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who entered.
    pub fn actor(&self) -> Actor {
        self.actor
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use ids::TokenId;

    use super::*;
    use crate::{DeviceEntry, Locator, TokenText, trusted_source};

    fn principal(owner: Owner) -> Principal {
        let text = TokenText::from_entropy([9; 32]);
        Principal::prove(TokenId::new(1, 1), owner, &text.hash(), &text).unwrap()
    }

    #[test]
    fn a_tenants_key_opens_its_own_tenant_and_no_other() {
        let (mine, other) = (TenantId::new(1, 1), TenantId::new(1, 2));
        let principal = principal(mine.into());
        let scope = TenantScope::from_api_authorisation(&principal, mine).unwrap();
        assert_eq!(scope.tenant(), mine);
        assert_eq!(scope.actor(), principal.actor());
        assert_eq!(TenantScope::from_api_authorisation(&principal, other), None);
        assert_eq!(principal.account(), None);
        assert_eq!(principal.platform(), None);
    }

    #[test]
    fn an_operator_enters_a_tenant_only_by_narrowing_and_the_visit_is_noted() {
        let tenant = TenantId::new(1, 1);
        let principal = principal(Owner::PLATFORM);
        assert_eq!(
            TenantScope::from_api_authorisation(&principal, tenant),
            None
        );
        let account = principal.platform().unwrap().account();
        let found = Locator::sealed_for_ports().below(&account, tenant);
        let (scope, note) = account.narrow(found).unwrap();
        assert_eq!((scope.tenant(), note.tenant()), (tenant, tenant));
        assert_eq!(note.actor(), principal.actor());
    }

    #[test]
    fn what_one_account_found_lets_no_other_account_in() {
        let (mine, other) = (ResellerId::new(1, 1), ResellerId::new(1, 2));
        let (mine, other) = (principal(mine.into()), principal(other.into()));
        let (mine, other) = (mine.account().unwrap(), other.account().unwrap());
        assert_eq!(mine.platform(), None);
        let seal = Locator::sealed_for_ports();
        let tenant = seal.below(&mine, TenantId::new(1, 3));
        assert!(mine.narrow(tenant).is_some());
        assert_eq!(other.narrow(tenant), None);
        let reseller = seal.below(&mine, ResellerId::new(1, 4));
        let below = mine.descend(reseller).unwrap();
        assert_eq!(below.account(), Account::Reseller(reseller.id()));
        assert_eq!(other.descend(reseller), None);
    }

    #[test]
    fn an_admitted_device_gives_the_scope_of_its_own_tenant() {
        let source = "192.0.2.1".parse().unwrap();
        let entry = DeviceEntry {
            tenant: TenantId::new(1, 1),
            device: DeviceId::new(1, 5),
            trusted_source: Some(source),
            enabled: true,
        };
        let scope = TenantScope::from_sip_admission(trusted_source(&entry, source).unwrap());
        assert_eq!(scope.tenant(), entry.tenant);
        assert_eq!(scope.device(), Some(entry.device));
        assert_eq!(TenantScope::for_job(entry.tenant, "compile").device(), None);
    }
}
