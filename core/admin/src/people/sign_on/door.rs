//! Which company's sign-in server serves whom.

use domain::{Feature, Plan, Resource, SSO_MAX, Sso, Tenant};
use identity::oidc::{BadIssuer, Client, Issuer};
use ids::{SsoId, TenantId};
use ports::{Page, StoreError};
use tenancy::{Account, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// Who acts where nobody is signed in yet, for the audit trail.
pub(super) const JOB: &str = "sign-on";

/// A sign-in server that is open: enabled, and of a company whose people may sign in and whose plan
/// has sign-on.
#[derive(Clone, Debug)]
pub(in crate::people) struct Door {
    pub(super) scope: TenantScope,
    pub(super) tenant: Resource<Tenant>,
    pub(in crate::people) server: Resource<Sso>,
}

impl Door {
    /// The door of people with this mail address, in lower case.
    pub(in crate::people) async fn of_mail(
        office: &Office,
        mail: &str,
    ) -> Result<Option<Door>, StoreError> {
        let Some((_, domain)) = mail.rsplit_once('@') else {
            return Ok(None);
        };
        let Some(tenant) = office.store().tenant_of_mail(domain).await? else {
            return Ok(None);
        };
        let all = Door::all(office, tenant).await?;
        let serves = |door: &Door| door.domains().contains(&domain);
        Ok(all.into_iter().find(serves))
    }

    /// The door that is this server of a company's.
    pub(super) async fn of_server(
        office: &Office,
        tenant: TenantId,
        sso: SsoId,
    ) -> Result<Option<Door>, StoreError> {
        let all = Door::all(office, tenant).await?;
        Ok(all.into_iter().find(|door| door.server.id == sso))
    }

    /// All open doors of a company.
    async fn all(office: &Office, tenant: TenantId) -> Result<Vec<Door>, StoreError> {
        let scope = TenantScope::for_job(tenant, JOB);
        let own = Unresolved::<Tenant>::new(tenant.to_string());
        let own = match documents::find(office, &scope, &own).await {
            Ok((_, own)) => own,
            Err(StoreError::NotFound) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let above = Account::of(own.spec.reseller).into();
        if !own.spec.enabled || !office.store().is_open(above).await? {
            return Ok(Vec::new());
        }
        if own.spec.plan.is_some()
            && let Some(plan) = office.store().plan(&scope).await?
            && !Resource::<Plan>::try_from(plan)?
                .spec
                .includes(Feature::Sso)
        {
            return Ok(Vec::new());
        }
        let page = Page::first(usize::try_from(SSO_MAX).unwrap_or(usize::MAX));
        let servers = documents::list::<Sso, _>(office, &scope, &page).await?;
        let open = servers.items.into_iter().filter(|one| one.spec.enabled);
        let door = |server| Door {
            scope: scope.clone(),
            tenant: own.clone(),
            server,
        };
        Ok(open.map(door).collect())
    }

    /// The mail domains for which the server speaks: it names them, and they are granted.
    pub(super) fn domains(&self) -> Vec<&str> {
        let granted = &self.tenant.spec.mail_domains;
        let named = self.server.spec.domains.iter();
        let named = named.filter(|domain| granted.contains(domain));
        named.map(String::as_str).collect()
    }

    /// The server's name.
    pub(super) fn issuer(&self) -> Result<Issuer, BadIssuer> {
        Issuer::parse(&self.server.spec.issuer)
    }

    /// Who we are to the server. `base` is where browsers find this exchange.
    pub(super) async fn client(&self, office: &Office, base: &str) -> Result<Client, StoreError> {
        let id = self.server.id.to_string();
        let kind = domain::KindName::Sso;
        let secret = office.store().secret(&self.scope, kind, &id).await?;
        Ok(Client {
            id: self.server.spec.client_id.clone(),
            secret: secret.map(|secret| secret.reveal().to_owned()),
            redirect: format!("{base}/api/v1/auth/sso/{id}/callback"),
        })
    }
}
