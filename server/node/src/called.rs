//! A carrier's call for a number of a tenant, before it is a call.

use domain::CompiledTenant;
use ids::TenantId;
use routing::RouteRequest;
use std::sync::Arc;
use stir::{Number, Party};
use tenancy::TenantScope;

/// Whose number is called, and what is known of who calls.
pub(crate) struct Called {
    pub(crate) scope: TenantScope,
    pub(crate) tenant: Arc<CompiledTenant>,
    pub(crate) request: RouteRequest,
    /// Who calls, whether that may be shown or not.
    pub(crate) signalled: Option<Party>,
}

impl Called {
    /// Whose number it is.
    pub(crate) fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    /// Who is called, as a proof says it.
    pub(crate) fn dest(&self) -> Option<Party> {
        party(&self.request.dialled.user)
    }
}

/// A number of the world as proofs say it.
pub(crate) fn party(digits: &str) -> Option<Party> {
    Number::canonical(digits).map(Party::Tn)
}
