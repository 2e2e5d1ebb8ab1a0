//! Sending a browser to the sign-in server of a mail address.

use domain::{Reseller, Resource};
use identity::oidc::{Browser, Visit};
use ids::TenantId;
use ports::StoreError;

use super::door::Door;
use crate::office::Office;
use crate::people::refusal::Refusal;
use crate::signon::SignInServers;

/// A browser that sets out.
#[derive(Clone, Debug)]
pub struct Outset {
    /// Where it is sent.
    pub url: String,
    /// The cookie by which it is known again when it comes back.
    pub cookie: String,
}

/// What the addresses begin with at which a browser finds this exchange: the portal's, or that of
/// a brand when the browser asked for its domain (`host`) and it is one of the company's own
/// resellers'. A redirect address is of the host that has the browser's cookie.
///
/// # Errors
/// What the store says.
pub async fn base(
    office: &Office,
    tenant: TenantId,
    portal: &str,
    host: Option<&str>,
) -> Result<String, StoreError> {
    for reseller in office.store().resellers_above(tenant.into()).await? {
        let reseller: Resource<Reseller> = reseller.try_into()?;
        if let Some(domain) = reseller.spec.brand.domain
            && host == Some(domain.as_str())
        {
            return Ok(format!("https://{domain}"));
        }
    }
    Ok(portal.trim_end_matches('/').to_owned())
}

/// Finds the sign-in server of a mail address and says where the browser is to be sent.
///
/// # Errors
/// `NoServer` when none serves the address, in the same words whether the company is unknown or
/// has none; `Server` when it cannot be used; else what the store says.
pub async fn set_out(
    office: &Office,
    servers: &SignInServers,
    (portal, host): (&str, Option<&str>),
    mail: &str,
) -> Result<Outset, Refusal> {
    let mail = mail.trim().to_lowercase();
    let door = Door::of_mail(office, &mail).await?;
    let door = door.ok_or(Refusal::NoServer)?;
    let tenant = door.tenant.id;
    let base = base(office, tenant, portal, host).await?;
    let client = door.client(office, &base).await?;
    let issuer = door.issuer().map_err(|_| Refusal::NoServer)?;
    let browser = Browser::new(tenant, office.random());
    let (now, random) = (office.now(), office.random());
    let visit = Visit::begin(servers.key(), now, door.server.id, browser.as_str(), random);
    let url = servers.send(&issuer, &client, &visit, &mail).await?;
    Ok(Outset {
        url,
        cookie: browser.as_str().to_owned(),
    })
}
