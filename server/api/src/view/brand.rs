//! How a portal looks.

use domain::Brand;
use serde::Serialize;
use utoipa::ToSchema;

/// How a portal looks to whoever comes to it.
#[derive(Serialize, ToSchema)]
#[schema(as = PortalBrand)]
pub(crate) struct BrandView {
    /// What the exchange is called there.
    name: String,
    /// A picture as a `data:` URL.
    logo: Option<String>,
    /// The main colour, `#rrggbb`.
    primary_color: Option<String>,
    /// The colour of what stands out, `#rrggbb`.
    accent_color: Option<String>,
}

impl From<Brand> for BrandView {
    fn from(brand: Brand) -> BrandView {
        BrandView {
            name: brand.name.unwrap_or_default(),
            logo: brand.logo,
            primary_color: brand.primary_color,
            accent_color: brand.accent_color,
        }
    }
}
