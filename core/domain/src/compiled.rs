//! A tenant's documents, compiled into what routing and admission ask while a call is set up.

use std::net::IpAddr;
use std::time::Duration;

use hashbrown::HashMap;
use ids::{DeviceId, ExtensionId, TenantId};
use tenancy::{Caps, DeviceEntry};

use crate::device::{Device, FixedContact};
use crate::document::Resource;
use crate::extension::{Destination, Extension};
use crate::plan::Plan;
use crate::secret::Digests;
use crate::tenant::Tenant;

/// All documents of one tenant, as a store hands them out for compiling.
#[derive(Clone, Debug)]
pub struct TenantParts {
    /// The tenant's own document.
    pub tenant: Resource<Tenant>,
    /// The plan it has.
    pub plan: Option<Resource<Plan>>,
    /// All its extensions, in the order of their ids.
    pub extensions: Vec<Resource<Extension>>,
    /// All its devices with their digests, in the order of their ids.
    pub devices: Vec<(Resource<Device>, Option<Digests>)>,
    /// The feed's cursor before the documents were read: following the feed from here misses
    /// nothing.
    pub cursor: u64,
}

/// One extension, compiled.
#[derive(Clone, Debug)]
pub struct CompiledExtension {
    /// The id.
    pub id: ExtensionId,
    /// What is dialled.
    pub number: String,
    /// What is shown.
    pub display_name: String,
    /// How long it rings.
    pub ring: Duration,
    /// Who answers.
    pub destination: Destination,
    /// Whether it is in use.
    pub enabled: bool,
    /// Its devices, as indices private to the compiled tenant.
    devices: Vec<usize>,
}

/// One device, compiled.
#[derive(Clone, Debug)]
pub struct CompiledDevice {
    /// The id.
    pub id: DeviceId,
    /// Authentication user name.
    pub username: String,
    /// The extension it rings for and calls as.
    pub extension: ExtensionId,
    /// What its digest responses are checked against; `None` before a secret was set.
    pub digests: Option<Digests>,
    /// The address that is rung without a registration.
    pub address: Option<FixedContact>,
    /// The address whose requests need no digest.
    pub trusted_source: Option<IpAddr>,
    /// Whether it is in use.
    pub enabled: bool,
}

/// One tenant, compiled: immutable, shared by `Arc`, replaced as a whole when the feed says so.
#[derive(Clone, Debug)]
pub struct CompiledTenant {
    id: TenantId,
    revision: u64,
    domains: Vec<String>,
    display_name: String,
    caps: Caps,
    enabled: bool,
    extensions: Vec<CompiledExtension>,
    devices: Vec<CompiledDevice>,
    by_number: HashMap<String, usize>,
    by_extension: HashMap<ExtensionId, usize>,
    by_username: HashMap<String, usize>,
    by_device: HashMap<DeviceId, usize>,
}

impl CompiledTenant {
    /// Compiles one tenant. Devices of an extension that is not among the parts ring for nobody.
    pub fn compile(parts: TenantParts) -> CompiledTenant {
        let plan = parts.plan.as_ref().map(|plan| &plan.spec);
        let caps = parts.tenant.spec.effective_caps(plan);
        let mut compiled = CompiledTenant {
            id: parts.tenant.id,
            revision: parts.tenant.revision,
            display_name: parts.tenant.spec.display_name,
            domains: parts.tenant.spec.domains,
            caps,
            enabled: parts.tenant.spec.enabled,
            by_number: HashMap::with_capacity(parts.extensions.len()),
            by_extension: HashMap::with_capacity(parts.extensions.len()),
            by_username: HashMap::with_capacity(parts.devices.len()),
            by_device: HashMap::with_capacity(parts.devices.len()),
            extensions: Vec::with_capacity(parts.extensions.len()),
            devices: Vec::with_capacity(parts.devices.len()),
        };
        for extension in parts.extensions {
            compiled.add_extension(extension);
        }
        for (device, digests) in parts.devices {
            compiled.add_device(device, digests);
        }
        compiled
    }

    fn add_extension(&mut self, extension: Resource<Extension>) {
        let index = self.extensions.len();
        self.by_number.insert(extension.spec.number.clone(), index);
        self.by_extension.insert(extension.id, index);
        self.extensions.push(CompiledExtension {
            id: extension.id,
            number: extension.spec.number,
            display_name: extension.spec.display_name,
            ring: Duration::from_secs(extension.spec.ring_seconds.into()),
            destination: extension.spec.destination,
            enabled: extension.spec.enabled,
            devices: Vec::new(),
        });
    }

    fn add_device(&mut self, device: Resource<Device>, digests: Option<Digests>) {
        let index = self.devices.len();
        self.by_username.insert(device.spec.username.clone(), index);
        self.by_device.insert(device.id, index);
        let owner = self.by_extension.get(&device.spec.extension);
        if let Some(extension) = owner.and_then(|&at| self.extensions.get_mut(at)) {
            extension.devices.push(index);
        }
        self.devices.push(CompiledDevice {
            id: device.id,
            address: device.spec.fixed_contact(),
            username: device.spec.username,
            extension: device.spec.extension,
            digests,
            trusted_source: device.spec.trusted_source,
            enabled: device.spec.enabled,
        });
    }

    /// The tenant.
    pub fn id(&self) -> TenantId {
        self.id
    }

    /// Revision of the tenant's own document.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// SIP domains; the first is the one that is written into what we send.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// The first domain.
    pub fn domain(&self) -> &str {
        self.domains.first().map_or("", String::as_str)
    }

    /// What people call it.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// How much it may use.
    pub fn caps(&self) -> &Caps {
        &self.caps
    }

    /// Whether it is in use.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// All extensions, in the order of their ids.
    pub fn extensions(&self) -> &[CompiledExtension] {
        &self.extensions
    }

    /// All devices, in the order of their ids.
    pub fn devices(&self) -> &[CompiledDevice] {
        &self.devices
    }

    /// The extension with this number.
    pub fn extension_by_number(&self, number: &str) -> Option<&CompiledExtension> {
        self.by_number
            .get(number)
            .and_then(|&at| self.extensions.get(at))
    }

    /// The extension with this id.
    pub fn extension(&self, id: ExtensionId) -> Option<&CompiledExtension> {
        self.by_extension
            .get(&id)
            .and_then(|&at| self.extensions.get(at))
    }

    /// The device with this authentication user name.
    pub fn device_by_username(&self, username: &str) -> Option<&CompiledDevice> {
        self.by_username
            .get(username)
            .and_then(|&at| self.devices.get(at))
    }

    /// The device with this id.
    pub fn device(&self, id: DeviceId) -> Option<&CompiledDevice> {
        self.by_device.get(&id).and_then(|&at| self.devices.get(at))
    }

    /// The devices of an extension, in the order of their ids.
    pub fn devices_of<'a>(
        &'a self,
        extension: &'a CompiledExtension,
    ) -> impl Iterator<Item = &'a CompiledDevice> + 'a {
        extension
            .devices
            .iter()
            .filter_map(|&at| self.devices.get(at))
    }

    /// What admission needs to know of a device. A device of a disabled tenant or of a disabled
    /// extension is not enabled.
    pub fn entry(&self, device: &CompiledDevice) -> DeviceEntry {
        let extension = self.extension(device.extension).is_some_and(|e| e.enabled);
        DeviceEntry {
            tenant: self.id,
            device: device.id,
            trusted_source: device.trusted_source,
            enabled: self.enabled && extension && device.enabled,
        }
    }
}
