//! How a request comes to the scope in which it works.

use std::future::Future;

use admin::Reach;
use domain::{Kind, KindName, Resource};
use tenancy::{AccountScope, Owner, TenantScope, Unresolved};

use crate::call::Call;
use crate::problem::Problem;

/// A scope as requests reach it.
pub(super) trait Door: Reach + 'static {
    /// What paths begin with.
    const BASE: &'static str;

    /// For whom the operations are, in a sentence; empty when for all.
    const FOR: &'static str;

    /// The scope of a request.
    fn open(call: &Call) -> impl Future<Output = Result<Self, Problem>> + Send;

    /// What is to be done when a document was changed.
    fn changed<K: Kind>(
        call: &Call,
        resource: &Resource<K>,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// The path of all documents of a kind that this owner has.
    fn path<K: Kind>(owner: Owner) -> String;
}

impl Door for TenantScope {
    const BASE: &'static str = "/api/v1/tenants/{tenant}";
    const FOR: &'static str = "";

    async fn open(call: &Call) -> Result<TenantScope, Problem> {
        call.scope().await
    }

    async fn changed<K: Kind>(_: &Call, _: &Resource<K>) -> Result<(), Problem> {
        Ok(())
    }

    fn path<K: Kind>(owner: Owner) -> String {
        format!("/api/v1/tenants/{owner}/{}", K::MANY)
    }
}

impl Door for AccountScope {
    const BASE: &'static str = "/api/v1";
    const FOR: &'static str = "For operators and resellers. ";

    async fn open(call: &Call) -> Result<AccountScope, Problem> {
        call.account()
    }

    /// A tenant's caps hold from now on.
    async fn changed<K: Kind>(call: &Call, resource: &Resource<K>) -> Result<(), Problem> {
        if K::NAME == KindName::Tenant {
            let reference = Unresolved::new(resource.id.to_string());
            call.enter(&reference).await?;
        }
        Ok(())
    }

    fn path<K: Kind>(_: Owner) -> String {
        format!("/api/v1/{}", K::MANY)
    }
}
