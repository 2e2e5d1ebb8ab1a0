//! Scopes: the right to act inside one tenant, or above all of them.

use ids::{DeviceId, TenantId};

use crate::access::{Actor, Principal, Role};
use crate::admission::AdmittedDevice;

/// The right to act inside exactly one tenant.
///
/// Its fields are private and it has three mints: [`TenantScope::from_sip_admission`],
/// [`TenantScope::from_api_authorisation`] and [`TenantScope::for_job`]. Besides these an
/// operator's [`PlatformScope`] can be narrowed, which leaves a trace. Nothing widens a scope.
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

    /// Mint 2: an API key of this very tenant was presented.
    ///
    /// `None` for any other tenant, and for an operator, who must narrow the platform's scope
    /// instead so that the visit is recorded.
    pub fn from_api_authorisation(principal: &Principal, tenant: TenantId) -> Option<TenantScope> {
        (principal.tenant() == Some(tenant)).then_some(TenantScope {
            tenant,
            actor: Actor::Token(principal.token()),
        })
    }

    /// Mint 3: a job of the exchange starts work for one tenant.
    pub fn for_job(tenant: TenantId, job: &'static str) -> TenantScope {
        TenantScope {
            tenant,
            actor: Actor::Job(job),
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The device that was admitted, when the scope came from SIP admission.
    pub fn device(&self) -> Option<DeviceId> {
        match self.actor {
            Actor::Device(device) => Some(device),
            Actor::Token(_) | Actor::Job(_) | Actor::Operator => None,
        }
    }
}

/// The operator's right to act above all tenants. It does not read a tenant's data: for that it
/// must be [narrowed](PlatformScope::narrow).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlatformScope {
    actor: Actor,
}

impl Principal {
    /// The platform's scope, for an operator alone.
    pub fn platform(&self) -> Option<PlatformScope> {
        match self.role() {
            Role::Operator => Some(PlatformScope {
                actor: Actor::Token(self.token()),
            }),
            Role::Tenant(_) => None,
        }
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

    /// Enters one tenant. The [`Narrowing`] that comes with the scope belongs in that tenant's
    /// audit trail.
    #[must_use = "the visit must be recorded in the tenant's audit trail"]
    pub fn narrow(&self, tenant: TenantId) -> (TenantScope, Narrowing) {
        let scope = TenantScope {
            tenant,
            actor: self.actor,
        };
        (
            scope,
            Narrowing {
                tenant,
                actor: self.actor,
            },
        )
    }
}

/// The fact that an operator entered a tenant, waiting to be stored.
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

    /// The operator who entered.
    pub fn actor(&self) -> Actor {
        self.actor
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use ids::TokenId;

    use super::*;
    use crate::{DeviceEntry, Role, TokenText, trusted_source};

    fn principal(role: Role) -> Principal {
        let text = TokenText::from_entropy([9; 32]);
        Principal::prove(TokenId::new(1, 1), role, &text.hash(), &text).unwrap()
    }

    #[test]
    fn a_tenants_key_opens_its_own_tenant_and_no_other() {
        let (mine, other) = (TenantId::new(1, 1), TenantId::new(1, 2));
        let principal = principal(Role::Tenant(mine));
        let scope = TenantScope::from_api_authorisation(&principal, mine).unwrap();
        assert_eq!(scope.tenant(), mine);
        assert_eq!(scope.actor(), Actor::Token(principal.token()));
        assert_eq!(TenantScope::from_api_authorisation(&principal, other), None);
        assert_eq!(principal.platform(), None);
    }

    #[test]
    fn an_operator_enters_a_tenant_only_by_narrowing_and_the_visit_is_noted() {
        let tenant = TenantId::new(1, 1);
        let principal = principal(Role::Operator);
        assert_eq!(
            TenantScope::from_api_authorisation(&principal, tenant),
            None
        );
        let (scope, note) = principal.platform().unwrap().narrow(tenant);
        assert_eq!((scope.tenant(), note.tenant()), (tenant, tenant));
        assert_eq!(note.actor(), Actor::Token(principal.token()));
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
