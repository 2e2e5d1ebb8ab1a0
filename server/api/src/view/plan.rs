//! The view of a plan.

use domain::{Plan, Quotas, Resource};
use ids::PlanId;
use machine::WallTime;
use serde::Serialize;
use tenancy::{Caps, Owner};
use utoipa::ToSchema;

/// How much a tenant may use at a time.
#[derive(Serialize, ToSchema)]
#[schema(as = Caps)]
pub(crate) struct EffectiveCaps {
    /// Calls at the same time.
    #[schema(required = false, default = 200)]
    concurrent_calls: u32,
    /// New calls per second, with a burst of one second's worth.
    #[schema(required = false, default = 20)]
    calls_per_second: u32,
    /// REGISTER requests per second that may change or refresh a binding.
    #[schema(required = false, default = 200)]
    registrations_per_second: u32,
    /// Bindings at the same time, over all devices.
    #[schema(required = false, default = 5_000)]
    bindings: u32,
    /// API requests per second by the tenant's own keys.
    #[schema(required = false, default = 50)]
    api_requests_per_second: u32,
    /// Share of contended places, relative to other tenants.
    #[schema(required = false, default = 10, minimum = 1, maximum = 1_000)]
    weight: u16,
}

impl From<Caps> for EffectiveCaps {
    fn from(caps: Caps) -> Self {
        EffectiveCaps {
            concurrent_calls: caps.concurrent_calls,
            calls_per_second: caps.calls_per_second,
            registrations_per_second: caps.registrations_per_second,
            bindings: caps.bindings,
            api_requests_per_second: caps.api_requests_per_second,
            weight: caps.weight.get(),
        }
    }
}

/// How many of each. What is left out is not limited.
#[derive(Serialize, ToSchema)]
#[schema(as = Quotas)]
pub(crate) struct QuotasView {
    /// Extensions of a tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<u32>,
    /// Devices of a tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<u32>,
}

impl From<Quotas> for QuotasView {
    fn from(quotas: Quotas) -> Self {
        QuotasView {
            extensions: quotas.extensions,
            devices: quotas.devices,
        }
    }
}

/// What can be set on a plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanSpec {
    /// Unique in the account. It names the plan in paths and in tenants.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "gold")]
    name: String,
    /// What people call it.
    #[schema(required = false, default = "", max_length = 64)]
    display_name: String,
    /// How much of what is counted its price includes; at most the maximum.
    #[schema(required = false)]
    included: QuotasView,
    /// How much of what is counted a tenant may have at most.
    #[schema(required = false)]
    maximum: QuotasView,
    /// How much a tenant may use at a time, and its turn at contended places.
    #[schema(required = false)]
    caps: EffectiveCaps,
    /// A disabled plan is kept by the tenants that have it and given to no other.
    #[schema(required = false, default = true)]
    enabled: bool,
}

impl From<Plan> for PlanSpec {
    fn from(spec: Plan) -> Self {
        PlanSpec {
            name: spec.name,
            display_name: spec.display_name,
            included: spec.included.into(),
            maximum: spec.maximum.into(),
            caps: spec.caps.into(),
            enabled: spec.enabled,
        }
    }
}

/// What a tenant may use, as its reseller sells it.
#[derive(Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanView {
    /// The id.
    #[schema(value_type = String, read_only, example = "pln_01hg5z3r8k0000000000000000")]
    id: PlanId,
    /// The account whose plan it is: `platform`, or a reseller's id.
    #[schema(value_type = String, read_only)]
    owner: Owner,
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
    spec: PlanSpec,
}

impl From<Resource<Plan>> for PlanView {
    fn from(plan: Resource<Plan>) -> Self {
        PlanView {
            id: plan.id,
            owner: plan.owner,
            revision: plan.revision,
            created: plan.created,
            updated: plan.updated,
            spec: plan.spec.into(),
        }
    }
}
