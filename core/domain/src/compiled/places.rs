//! Where a company's phones are: its emergency locations and sites, compiled.

use std::net::IpAddr;

use ids::{DeviceId, EmergencyLocationId, SiteId};

use super::CompiledTenant;
use crate::document::Resource;
use crate::emergency_location::EmergencyLocation;
use crate::site::Site;
use crate::trunk::Source;

/// One emergency location, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledLocation {
    /// The id.
    pub id: EmergencyLocationId,
    /// Revision of its document.
    pub revision: u64,
    /// What its document says.
    pub spec: Box<EmergencyLocation>,
}

/// One site, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledSite {
    /// The id.
    pub id: SiteId,
    /// Revision of its document.
    pub revision: u64,
    /// What its document says.
    pub spec: Box<Site>,
    /// Its networks.
    networks: Box<[Source]>,
}

/// By what it is known where a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy<'a> {
    /// The device says so.
    Device,
    /// Its address is one of a site's.
    Site(&'a CompiledSite),
    /// Nobody says anything else.
    Default,
}

impl CompiledSite {
    /// Compiles a site.
    pub(super) fn new(id: SiteId, revision: u64, spec: Box<Site>) -> CompiledSite {
        CompiledSite {
            id,
            revision,
            networks: spec.understood_networks().collect(),
            spec,
        }
    }

    /// The length of the longest of its networks in which an address lies.
    fn covers(&self, ip: IpAddr) -> Option<u8> {
        let covering = self.networks.iter().filter(|network| network.covers(ip));
        covering.map(|network| network.length()).max()
    }
}

/// All of a tenant's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// By id.
    pub(super) locations: Box<[CompiledLocation]>,
    /// As they came.
    pub(super) sites: Box<[CompiledSite]>,
}

impl Places {
    /// Compiles them.
    pub(super) fn compile(
        locations: Vec<Resource<EmergencyLocation>>,
        sites: Vec<Resource<Site>>,
    ) -> Places {
        let locations = locations.into_iter().map(|found| CompiledLocation {
            id: found.id,
            revision: found.revision,
            spec: Box::new(found.spec),
        });
        let mut locations: Box<[_]> = locations.collect();
        locations.sort_unstable_by_key(|location| location.id);
        let sites = sites.into_iter();
        let sites = sites.map(|site| CompiledSite::new(site.id, site.revision, site.spec.into()));
        Places {
            locations,
            sites: sites.collect(),
        }
    }

    fn location(&self, id: EmergencyLocationId) -> Option<&CompiledLocation> {
        let found = self.locations.binary_search_by_key(&id, |found| found.id);
        self.locations.get(found.ok()?)
    }

    fn site_at(&self, ip: IpAddr) -> Option<&CompiledSite> {
        let sites = self.sites.iter();
        let covering = sites.filter_map(|site| Some((site.covers(ip)?, site)));
        covering
            .max_by_key(|(length, _)| *length)
            .map(|(_, site)| site)
    }
}

impl CompiledTenant {
    /// Its emergency locations, in the order of their ids.
    pub fn emergency_locations(&self) -> &[CompiledLocation] {
        &self.lines.places.locations
    }

    /// The emergency location with this id.
    pub fn emergency_location(&self, id: EmergencyLocationId) -> Option<&CompiledLocation> {
        self.lines.places.location(id)
    }

    /// Where phones are of which nobody says where they are.
    pub fn default_location(&self) -> Option<&CompiledLocation> {
        let mut locations = self.lines.places.locations.iter();
        locations.find(|location| location.spec.default)
    }

    /// Who is told by mail of a call for help from a location: whom that names, else whom the
    /// default one does.
    pub fn told_by_mail(&self, location: Option<EmergencyLocationId>) -> &[String] {
        let own = location.and_then(|id| self.emergency_location(id));
        let own = own.filter(|own| !own.spec.mail_to.is_empty());
        let found = own.or_else(|| self.default_location());
        found.map_or(&[], |found| &found.spec.mail_to)
    }

    /// Its sites.
    pub fn sites(&self) -> &[CompiledSite] {
        &self.lines.places.sites
    }

    /// The site whose network an address is of; of sites within each other the smallest.
    pub fn site_of(&self, ip: IpAddr) -> Option<SiteId> {
        self.lines.places.site_at(ip).map(|site| site.id)
    }

    /// Where a device is that calls from an address, and by what that is known: what the device's
    /// document names; else the location of the site whose network has the address; else the
    /// company's default.
    pub fn whereabouts(
        &self,
        device: Option<DeviceId>,
        from: Option<IpAddr>,
    ) -> Option<(&CompiledLocation, KnownBy<'_>)> {
        let named = device.and_then(|id| self.device(id)?.location);
        if let Some(location) = named.and_then(|id| self.lines.places.location(id)) {
            return Some((location, KnownBy::Device));
        }
        if let Some(site) = from.and_then(|ip| self.lines.places.site_at(ip))
            && let Some(location) = self.lines.places.location(site.spec.location)
        {
            return Some((location, KnownBy::Site(site)));
        }
        Some((self.default_location()?, KnownBy::Default))
    }
}
