//! The kind *site*: the networks of a place, so that a phone's address tells where it is.

use ids::{EmergencyLocationId, SiteId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;
use crate::trunk::source::{self, Source};

/// Most sites of one tenant.
pub const SITES_MAX: u32 = 1_000;
/// Most networks of one site.
const NETWORKS_MAX: usize = 32;
/// The space of unique keys in which the networks of sites lie.
const NETWORK_SPACE: &str = "site_network";

/// A place with networks of its own. A phone that calls for help from one of them is at its
/// location, unless the device names another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the site in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "berlin")]
    pub name: String,
    /// Where its phones are: an emergency location, by id or name.
    #[schema(value_type = String, example = "berlin-3")]
    pub location: EmergencyLocationId,
    /// Where its phones' messages come from, 1 to 32 addresses or blocks such as
    /// `203.0.113.0/28`. Of sites with blocks within each other the one with the smallest counts;
    /// no two of a company's have the same.
    #[schema(min_items = 1, max_items = 32, example = json!(["203.0.113.0/28"]))]
    pub networks: Vec<String>,
}

impl Site {
    /// The networks, understood.
    pub fn understood_networks(&self) -> impl Iterator<Item = Source> + '_ {
        self.networks.iter().filter_map(|text| Source::read(text))
    }
}

impl Identified for Site {
    type Id = SiteId;
}

impl Kind for Site {
    const NAME: KindName = KindName::Site;
    const MANY: &'static str = "sites";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "site";
    const LINKS: &'static [Link] = &[Link {
        member: "location",
        kind: KindName::EmergencyLocation,
    }];
    const MOST: Option<u32> = Some(SITES_MAX);

    fn new_id(unix_ms: u64, random: u128) -> SiteId {
        SiteId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        source::normalise_list(&mut self.networks);
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<SiteId>(&self.name)?;
        let some = (1..=NETWORKS_MAX).contains(&self.networks.len());
        rule(some, "/networks", "must name 1 to 32 networks")?;
        source::validate_list(&self.networks, "/networks")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let own = UniqueKey {
            space: "site",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        };
        let networks = self.networks.iter().map(|network| UniqueKey {
            space: NETWORK_SPACE,
            key: network.clone(),
            scope: KeyScope::PerOwner,
        });
        [own].into_iter().chain(networks).collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
