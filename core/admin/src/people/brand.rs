//! How the exchange looks: by the nearest reseller that says it.

use domain::{Brand, Reseller, Resource};
use ports::StoreError;
use tenancy::Owner;

use crate::office::Office;

/// What the exchange is called where no reseller has a brand.
pub(crate) const PRODUCT: &str = "Strowger";

/// How the exchange looks to an owner's people.
pub(crate) async fn brand_of(office: &Office, owner: Owner) -> Result<Brand, StoreError> {
    let mut shown = Brand::default();
    for reseller in office.store().resellers_above(owner).await? {
        let reseller: Resource<Reseller> = reseller.try_into()?;
        let brand = reseller.spec.brand;
        shown = Brand {
            name: shown.name.or(brand.name),
            logo: shown.logo.or(brand.logo),
            primary_color: shown.primary_color.or(brand.primary_color),
            accent_color: shown.accent_color.or(brand.accent_color),
            domain: shown.domain.or(brand.domain),
            mail_from: shown.mail_from.or(brand.mail_from),
        };
    }
    Ok(shown)
}

/// What the exchange is sold as to an owner's people.
pub(super) async fn product(office: &Office, owner: Owner) -> Result<String, StoreError> {
    let brand = brand_of(office, owner).await?;
    Ok(brand.name.unwrap_or_else(|| PRODUCT.to_owned()))
}

/// How the exchange looks to whoever comes to a portal of this host name: like the reseller whose
/// it is, else like nobody's. A port behind the name says nothing.
///
/// # Errors
/// What the store says.
pub async fn brand_at(office: &Office, host: &str) -> Result<Brand, StoreError> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.to_ascii_lowercase();
    let mut brand = match office.store().reseller_of_portal(&name).await? {
        Some(reseller) => brand_of(office, reseller.into()).await?,
        None => Brand::default(),
    };
    brand.name.get_or_insert_with(|| PRODUCT.to_owned());
    Ok(brand)
}
