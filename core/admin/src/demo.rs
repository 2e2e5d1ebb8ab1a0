//! Ready-made tenants: to try the exchange out, and to measure it.

mod load;
mod plan;

use domain::{Device, Extension, Resource, Secret, Tenant};
use ids::{DeviceId, ExtensionId};
use ports::{OPERATIONS_MAX, Operation, SecretChange, StoreError};
use tenancy::{AccountScope, TenantScope, Unresolved};

use crate::office::Office;
use crate::{access, documents, resource};

pub use load::{CALLEES, FIRST_USER, LOAD_ADDRESS, LOAD_DOMAIN, LOAD_SOURCE, load};
pub use plan::{EXTENSIONS_MAX, TENANTS_MAX, plan};

/// A device to be made.
#[derive(Clone, Debug)]
pub struct PlannedDevice {
    /// Authentication user name.
    pub username: String,
    /// Its secret.
    pub secret: PlannedSecret,
    /// A fixed address, see `domain::Device`.
    pub address: Option<String>,
    /// A trusted source, see `domain::Device`.
    pub trusted_source: Option<std::net::IpAddr>,
}

/// How a planned device gets its secret.
#[derive(Clone, Debug)]
pub enum PlannedSecret {
    /// One is generated and told.
    Generated,
    /// It is this.
    Fixed(Secret),
    /// It has none and cannot register.
    None,
}

/// An extension to be made, with its devices.
#[derive(Clone, Debug)]
pub struct PlannedExtension {
    /// The extension.
    pub spec: Extension,
    /// Its devices.
    pub devices: Vec<PlannedDevice>,
}

/// A tenant to be made, with all it has.
#[derive(Clone, Debug)]
pub struct PlannedTenant {
    /// The tenant.
    pub spec: Tenant,
    /// Its extensions.
    pub extensions: Vec<PlannedExtension>,
}

/// What was made of a device, with the secret to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The number it rings for.
    pub number: String,
    /// Authentication user name.
    pub username: String,
    /// The secret, when it was generated.
    pub secret: Option<Secret>,
}

/// What became of a planned tenant.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The tenant.
    pub tenant: Resource<Tenant>,
    /// Whether it was there before; then nothing was made.
    pub existed: bool,
    /// Its devices, in the order of the plan.
    pub devices: Vec<Credentials>,
}

/// Makes a planned tenant. A tenant whose first domain is there already is left as it is.
///
/// # Errors
/// `Invalid` or `Conflict` from the plan, else what the store says.
pub async fn install(
    office: &Office,
    scope: &AccountScope,
    planned: PlannedTenant,
) -> Result<Installed, StoreError> {
    let domain = planned.spec.domains.first().cloned().unwrap_or_default();
    match documents::find(office, scope, &Unresolved::new(domain)).await {
        Ok((_, tenant)) => {
            return Ok(Installed {
                tenant,
                existed: true,
                devices: Vec::new(),
            });
        }
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error),
    }
    let tenant = documents::add(office, scope, planned.spec, None)
        .await?
        .resource;
    let name = Unresolved::new(tenant.id.to_string());
    let inside = access::visit(office, scope, &name).await?.scope;
    let mut devices = Vec::new();
    let mut batch = Batch {
        office,
        scope: &inside,
        operations: Vec::new(),
    };
    for extension in planned.extensions {
        batch.add(extension, &mut devices).await?;
    }
    batch.flush().await?;
    Ok(Installed {
        tenant,
        existed: false,
        devices,
    })
}

/// Gathers operations into changes of the greatest size that a store takes.
struct Batch<'a> {
    office: &'a Office,
    scope: &'a TenantScope,
    operations: Vec<Operation>,
}

impl Batch<'_> {
    async fn add(
        &mut self,
        planned: PlannedExtension,
        devices: &mut Vec<Credentials>,
    ) -> Result<(), StoreError> {
        if self.operations.len() + 1 + planned.devices.len() > OPERATIONS_MAX {
            self.flush().await?;
        }
        let owner = self.scope.owner();
        let number = planned.spec.number.clone();
        let extension = self.office.mint(ExtensionId::new);
        let write = resource::new_write(extension, owner, planned.spec, SecretChange::Keep)?;
        self.operations.push(Operation::Create(write));
        for device in planned.devices {
            let generated = match &device.secret {
                PlannedSecret::Generated => Some(self.office.generate_secret()),
                PlannedSecret::Fixed(_) | PlannedSecret::None => None,
            };
            let secret = match (&device.secret, &generated) {
                (PlannedSecret::Fixed(secret), _) | (_, Some(secret)) => {
                    SecretChange::Set(self.office.digests(&device.username, secret).into())
                }
                (PlannedSecret::Generated | PlannedSecret::None, None) => SecretChange::Keep,
            };
            let username = device.username.clone();
            let spec = Device {
                username: device.username,
                extension,
                address: device.address,
                trusted_source: device.trusted_source,
                location: None,
                srtp: domain::Srtp::default(),
                key_agreement: domain::KeyAgreement::default(),
                t38: domain::T38::default(),
                video: domain::Video::default(),
                enabled: true,
            };
            let id = self.office.mint(DeviceId::new);
            let write = resource::new_write(id, owner, spec, secret)?;
            self.operations.push(Operation::Create(write));
            devices.push(Credentials {
                number: number.clone(),
                username,
                secret: generated,
            });
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        if self.operations.is_empty() {
            return Ok(());
        }
        let change = self.office.change(std::mem::take(&mut self.operations));
        self.office
            .store()
            .commit(self.scope, change)
            .await
            .map(|_| ())
    }
}
