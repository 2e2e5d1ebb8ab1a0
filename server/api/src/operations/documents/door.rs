//! The doors through which a request comes to the scope in which it works on documents.

use std::future::Future;

use admin::Reach;
use domain::{Kind, KindName, Resource};
use tenancy::{AccountScope, Owner, TenantScope, Unresolved};

use crate::call::Call;
use crate::problem::Problem;

/// One way to a scope.
pub(in crate::operations) trait Door: 'static {
    /// Where it leads.
    type Scope: Reach + 'static;

    /// What paths begin with.
    const BASE: &'static str;

    /// What tells the names of its operations apart for kinds that have several doors.
    const LABEL: &'static str;

    /// For whom the operations are, in a sentence; empty when for all.
    const FOR: &'static str;

    /// The scope of a request.
    fn open(call: &Call) -> impl Future<Output = Result<Self::Scope, Problem>> + Send;

    /// What is to be done when a document was changed.
    fn changed<K: Kind>(
        call: &Call,
        resource: &Resource<K>,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        let _ = (call, resource);
        async { Ok(()) }
    }

    /// The path of all documents of a kind that this owner has.
    fn path<K: Kind>(owner: Owner) -> String;
}

/// Into the tenant that the path names.
pub(in crate::operations) struct OfTenant;

/// To the caller's own account.
pub(in crate::operations) struct OfAccount;

/// Down to the reseller that the path names.
pub(in crate::operations) struct OfReseller;

impl Door for OfTenant {
    type Scope = TenantScope;
    const BASE: &'static str = "/api/v1/tenants/{tenant}";
    const LABEL: &'static str = "";
    const FOR: &'static str = "";

    async fn open(call: &Call) -> Result<TenantScope, Problem> {
        call.scope().await
    }

    fn path<K: Kind>(owner: Owner) -> String {
        format!("/api/v1/tenants/{owner}/{}", K::MANY)
    }
}

impl Door for OfAccount {
    type Scope = AccountScope;
    const BASE: &'static str = "/api/v1";
    const LABEL: &'static str = "Account";
    const FOR: &'static str = "For operators and resellers. ";

    async fn open(call: &Call) -> Result<AccountScope, Problem> {
        call.account()
    }

    /// A tenant's caps hold from now on.
    async fn changed<K: Kind>(call: &Call, resource: &Resource<K>) -> Result<(), Problem> {
        if K::NAME == KindName::Tenant {
            let reference = Unresolved::new(resource.id.to_string());
            call.oversee(&reference).await?;
        }
        Ok(())
    }

    fn path<K: Kind>(_: Owner) -> String {
        format!("/api/v1/{}", K::MANY)
    }
}

impl Door for OfReseller {
    type Scope = AccountScope;
    const BASE: &'static str = "/api/v1/resellers/{reseller}";
    const LABEL: &'static str = "Reseller";
    const FOR: &'static str = "For operators and resellers above. ";

    async fn open(call: &Call) -> Result<AccountScope, Problem> {
        call.reseller().await
    }

    fn path<K: Kind>(owner: Owner) -> String {
        format!("/api/v1/resellers/{owner}/{}", K::MANY)
    }
}
