//! Emergency locations and sites of a compiled tenant at rest.

use ids::{EmergencyLocationId, SiteId};
use serde::{Deserialize, Serialize};

use super::places::{CompiledLocation, CompiledSite, Places};
use crate::emergency_location::EmergencyLocation;
use crate::site::Site;

/// 128 bits of an id.
type Bits = [u8; 16];

/// The form of all of them: id, revision, and the document's own text, as a document leaves out
/// what it does not say.
#[derive(Serialize, Deserialize)]
pub(super) struct PlacesForm {
    locations: Vec<(Bits, u64, String)>,
    sites: Vec<(Bits, u64, Site)>,
}

impl PlacesForm {
    /// The form of a tenant's.
    pub(super) fn of(places: &Places) -> PlacesForm {
        let locations = places.locations.iter().filter_map(|location| {
            let text = serde_json::to_string(&location.spec).ok()?;
            Some((location.id.as_u128().to_be_bytes(), location.revision, text))
        });
        let sites = places.sites.iter().map(|site| {
            let id = site.id.as_u128().to_be_bytes();
            (id, site.revision, (*site.spec).clone())
        });
        PlacesForm {
            locations: locations.collect(),
            sites: sites.collect(),
        }
    }

    /// What the form was made of.
    pub(super) fn warm(self) -> Option<Places> {
        let locations = self.locations.into_iter().map(|(id, revision, text)| {
            let spec: EmergencyLocation = serde_json::from_str(&text).ok()?;
            Some(CompiledLocation {
                id: EmergencyLocationId::from_u128(u128::from_be_bytes(id)),
                revision,
                spec: Box::new(spec),
            })
        });
        let sites = self.sites.into_iter().map(|(id, revision, spec)| {
            let id = SiteId::from_u128(u128::from_be_bytes(id));
            CompiledSite::new(id, revision, Box::new(spec))
        });
        Some(Places {
            locations: locations.collect::<Option<_>>()?,
            sites: sites.collect(),
        })
    }
}
