//! The view of a tenant.

use domain::{Resource, Tenant};
use ids::{PlanId, ResellerId, TenantId};
use machine::WallTime;
use serde::Serialize;
use tenancy::CapOverrides;
use utoipa::ToSchema;

/// How much a tenant may use where that differs from its plan, or from the defaults without one.
#[derive(Serialize, ToSchema)]
#[schema(as = CapOverrides)]
pub(crate) struct CapsView {
    /// Calls at the same time. 200 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrent_calls: Option<u32>,
    /// New calls per second, with a burst of one second's worth. 20 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls_per_second: Option<u32>,
    /// REGISTER requests per second that may change or refresh a binding. 200 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    registrations_per_second: Option<u32>,
    /// Bindings at the same time, over all devices. 5,000 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    bindings: Option<u32>,
    /// API requests per second by the tenant's own keys. 50 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_requests_per_second: Option<u32>,
    /// Share of contended places, relative to other tenants. 10 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000)]
    weight: Option<u16>,
}

impl From<CapOverrides> for CapsView {
    fn from(caps: CapOverrides) -> Self {
        CapsView {
            concurrent_calls: caps.concurrent_calls,
            calls_per_second: caps.calls_per_second,
            registrations_per_second: caps.registrations_per_second,
            bindings: caps.bindings,
            api_requests_per_second: caps.api_requests_per_second,
            weight: caps.weight.map(tenancy::Weight::get),
        }
    }
}

/// What can be set on a tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantSpec {
    /// SIP domains, lower case, each unique on the platform. The first names the tenant in paths.
    #[schema(min_items = 1, max_items = 16, example = json!(["acme.example"]))]
    domains: Vec<String>,
    /// What people call it.
    #[schema(required = false, default = "", max_length = 64)]
    display_name: String,
    /// The reseller that it buys from, by id or name; without one it buys from the operator.
    #[schema(value_type = Option<String>)]
    reseller: Option<ResellerId>,
    /// The plan that it has bought, by id or name.
    #[schema(value_type = Option<String>)]
    plan: Option<PlanId>,
    /// How much it may use where that differs from its plan, or from the defaults without one.
    #[schema(required = false)]
    caps: CapsView,
    /// A disabled tenant registers nothing and calls nobody.
    #[schema(required = false, default = true)]
    enabled: bool,
}

impl From<Tenant> for TenantSpec {
    fn from(spec: Tenant) -> Self {
        TenantSpec {
            domains: spec.domains,
            display_name: spec.display_name,
            reseller: spec.reseller,
            plan: spec.plan,
            caps: spec.caps.into(),
            enabled: spec.enabled,
        }
    }
}

/// A customer company.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct TenantView {
    /// The id.
    #[schema(value_type = String, read_only, example = "ten_01hg5z3r8k0000000000000000")]
    id: TenantId,
    /// 1 when created, one more with each change; the `ETag` in quotes.
    #[schema(read_only)]
    revision: u64,
    /// When it was created.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    created: WallTime,
    /// When it was changed last.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime, read_only)]
    updated: WallTime,
    #[serde(flatten)]
    spec: TenantSpec,
}

impl From<Resource<Tenant>> for TenantView {
    fn from(tenant: Resource<Tenant>) -> Self {
        TenantView {
            id: tenant.id,
            revision: tenant.revision,
            created: tenant.created,
            updated: tenant.updated,
            spec: tenant.spec.into(),
        }
    }
}
