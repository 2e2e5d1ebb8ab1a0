//! The view of a reseller.

use domain::{Brand, Reseller, ResellerLimits, Resource};
use ids::{PlanId, ResellerId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// How much a reseller may have below it, at any depth. What is left out is not limited.
#[derive(Serialize, ToSchema)]
#[schema(as = ResellerLimits)]
pub(crate) struct LimitsView {
    /// Resellers below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    resellers: Option<u32>,
    /// Tenants below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenants: Option<u32>,
}

impl From<ResellerLimits> for LimitsView {
    fn from(limits: ResellerLimits) -> Self {
        LimitsView {
            resellers: limits.resellers,
            tenants: limits.tenants,
        }
    }
}

/// Name, logo, colours, and where the portal and its mails come from. What is left out is inherited
/// from the account above.
#[derive(Serialize, ToSchema)]
#[schema(as = Brand)]
pub(crate) struct BrandView {
    /// The product's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    name: Option<String>,
    /// A picture as a `data:image/…;base64,` URL (PNG, JPEG, WebP).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 65_536)]
    logo: Option<String>,
    /// The main colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    primary_color: Option<String>,
    /// The colour of what stands out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    accent_color: Option<String>,
    /// Host name of the portal; unique on the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    /// Address that mails come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_from: Option<String>,
}

impl From<Brand> for BrandView {
    fn from(brand: Brand) -> Self {
        BrandView {
            name: brand.name,
            logo: brand.logo,
            primary_color: brand.primary_color,
            accent_color: brand.accent_color,
            domain: brand.domain,
            mail_from: brand.mail_from,
        }
    }
}

/// What can be set on a reseller. A reseller sets its own display name and brand; the rest is for
/// the account above it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResellerSpec {
    /// Unique on the platform. It names the reseller in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "north")]
    name: String,
    /// What people call it.
    #[schema(required = false, default = "", max_length = 64)]
    display_name: String,
    /// The reseller above it, by id or name; without one the operator is.
    #[schema(value_type = Option<String>)]
    parent: Option<ResellerId>,
    /// Plans of the account above that it may sell beside its own, by id or name.
    #[schema(value_type = Vec<String>, required = false, max_items = 256)]
    plans: Vec<PlanId>,
    /// How much it may have below it.
    #[schema(required = false)]
    limits: LimitsView,
    /// How it looks to those who buy from it.
    #[schema(required = false)]
    brand: BrandView,
    /// The keys and people of a disabled reseller open nothing; its tenants go on.
    #[schema(required = false, default = true)]
    enabled: bool,
}

impl From<Reseller> for ResellerSpec {
    fn from(spec: Reseller) -> Self {
        ResellerSpec {
            name: spec.name,
            display_name: spec.display_name,
            parent: spec.parent,
            plans: spec.plans,
            limits: spec.limits.into(),
            brand: spec.brand.into(),
            enabled: spec.enabled,
        }
    }
}

/// An account that sells tenants under its own brand, and sees exactly what lies below it.
#[derive(Serialize, ToSchema)]
#[schema(as = Reseller)]
pub(crate) struct ResellerView {
    /// The id.
    #[schema(value_type = String, read_only, example = "rsl_01hg5z3r8k0000000000000000")]
    id: ResellerId,
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
    spec: ResellerSpec,
}

impl From<Resource<Reseller>> for ResellerView {
    fn from(reseller: Resource<Reseller>) -> Self {
        ResellerView {
            id: reseller.id,
            revision: reseller.revision,
            created: reseller.created,
            updated: reseller.updated,
            spec: reseller.spec.into(),
        }
    }
}
