//! The kind *containment*: a device that may not call out by trunks for now.

use ids::{ContainmentId, DeviceId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// A device that may not call out by trunks: its calls inside the company, to it, and for help go
/// on. The exchange makes one when a device has met a limit of a toll guard; deleting it releases
/// the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Containment {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. The exchange gives it the user name
    /// of the device.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "acme-101")]
    pub name: String,
    /// The device, by id or user name. It is contained once.
    #[schema(value_type = String)]
    pub device: DeviceId,
    /// Until when (RFC 3339); until the containment is deleted where it is left out.
    #[serde(default, with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, example = "2031-12-24T10:00:00.000Z")]
    pub until: Option<WallTime>,
    /// Why, at most 200 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 200)]
    pub reason: String,
}

impl Containment {
    /// Whether it is in force.
    pub fn holds(&self, now: WallTime) -> bool {
        Containment::lasts(self.until, now)
    }

    /// Whether one until this moment is in force; one without an end always is.
    pub fn lasts(until: Option<WallTime>, now: WallTime) -> bool {
        until.is_none_or(|until| now < until)
    }

    /// A reason of the exchange's own, cut to what is kept.
    pub fn reason_of(text: &str) -> String {
        text.chars().take(REASON_MAX).collect()
    }
}

impl Identified for Containment {
    type Id = ContainmentId;
}

impl Kind for Containment {
    const NAME: KindName = KindName::Containment;
    const MANY: &'static str = "containments";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "containment";
    const LINKS: &'static [Link] = &[Link {
        member: "device",
        kind: KindName::Device,
    }];

    fn new_id(unix_ms: u64, random: u128) -> ContainmentId {
        ContainmentId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.reason = self.reason.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<ContainmentId>(&self.name)?;
        let printable = !self.reason.chars().any(char::is_control);
        let short = self.reason.chars().count() <= REASON_MAX;
        rule(
            printable && short,
            "/reason",
            "must have at most 200 printable characters",
        )
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |space, key| UniqueKey {
            space,
            key,
            scope: KeyScope::PerOwner,
        };
        vec![
            key("containment", self.name.clone()),
            key("contained_device", self.device.to_string()),
        ]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
