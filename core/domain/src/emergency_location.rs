//! The kind *emergency location*: a place that help can be sent to, and who hears of it.

use ids::{EmergencyLocationId, ExtensionId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::civic::CivicAddress;
use crate::e164;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;
use crate::text;

/// Most emergency locations of one tenant.
pub const EMERGENCY_LOCATIONS_MAX: u32 = 2_000;
/// Most mail addresses that hear of one location's calls.
const MAILS_MAX: usize = 10;
/// The space of unique keys in which the one lies that is its company's default.
const DEFAULT_SPACE: &str = "emergency_default";

/// A place that help can be sent to: what a call for help from there says of it, by which number
/// help calls back, and who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyLocation {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the location in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "berlin-3")]
    pub name: String,
    /// What people call it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64, example = "Berlin, third floor")]
    pub label: String,
    /// Its address.
    pub civic: CivicAddress,
    /// Where it is on the globe: latitude and longitude in degrees (WGS 84).
    #[serde(default)]
    #[schema(example = "52.5163 13.3777")]
    pub point: Option<String>,
    /// The number that is shown to those who help, and by which they call back, with plus. It
    /// counts only while it is a number of the company's.
    #[serde(default)]
    #[schema(example = "+493055500")]
    pub callback: Option<String>,
    /// Whether somebody has made sure that the address is right and known to the carrier. Whoever
    /// changes the address says anew whether it is.
    #[serde(default)]
    #[schema(default = false)]
    pub confirmed: bool,
    /// Whether it is where phones are of which nobody has said where they are; one of a company's
    /// at most.
    #[serde(default)]
    #[schema(default = false)]
    pub default: bool,
    /// Mail addresses that are told of calls for help from here, at most 10; those of the default
    /// location where none is named.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 10)]
    pub mail_to: Vec<String>,
    /// The extension, by id or number, that takes a call for help from here when no trunk does;
    /// that of the default location where none is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "100")]
    pub desk: Option<ExtensionId>,
    /// The extension, by id or number, whose phones ring beside as somebody calls for help from
    /// here, and show who does and where; that of the default location where none is named.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "100")]
    pub alert: Option<ExtensionId>,
}

impl EmergencyLocation {
    /// What people call it.
    pub fn called(&self) -> &str {
        if self.label.is_empty() {
            &self.name
        } else {
            &self.label
        }
    }
}

/// Whether a text is a latitude and a longitude in degrees, a blank between them.
fn is_point(text: &str) -> bool {
    let degrees = |text: &str, most: f64| {
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-.".contains(&b));
        plain && text.len() <= 16 && text.parse::<f64>().is_ok_and(|d| d.abs() <= most)
    };
    text.split_once(' ')
        .is_some_and(|(latitude, longitude)| degrees(latitude, 90.0) && degrees(longitude, 180.0))
}

impl Identified for EmergencyLocation {
    type Id = EmergencyLocationId;
}

impl Kind for EmergencyLocation {
    const NAME: KindName = KindName::EmergencyLocation;
    const MANY: &'static str = "emergency_locations";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "emergency_location";
    const LINKS: &'static [Link] = &[
        Link {
            member: "desk",
            kind: KindName::Extension,
        },
        Link {
            member: "alert",
            kind: KindName::Extension,
        },
    ];
    const MOST: Option<u32> = Some(EMERGENCY_LOCATIONS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> EmergencyLocationId {
        EmergencyLocationId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.label = self.label.trim().to_owned();
        self.civic.normalise();
        self.callback.iter_mut().for_each(e164::normal);
        if let Some(point) = &mut self.point {
            let words: Vec<&str> = point.split([' ', ',']).filter(|w| !w.is_empty()).collect();
            *point = words.join(" ");
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<EmergencyLocationId>(&self.name)?;
        text::label(&self.label, "/label")?;
        self.civic.validate("/civic")?;
        rule(
            self.point.as_deref().is_none_or(is_point),
            "/point",
            "must be latitude and longitude in degrees, such as 52.5163 13.3777",
        )?;
        let callback = self.callback.as_deref();
        rule(
            callback.is_none_or(|text| e164::stored(text).is_some()),
            "/callback",
            "must be a plus and 4 to 15 digits, beginning with a country code",
        )?;
        let few = self.mail_to.len() <= MAILS_MAX;
        rule(few, "/mail_to", "must name at most 10 addresses")?;
        for (index, mail) in self.mail_to.iter().enumerate() {
            text::mail_address(mail, &format!("/mail_to/{index}"))?;
        }
        Ok(())
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let own = UniqueKey {
            space: "emergency_location",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        };
        let default = self.default.then(|| UniqueKey {
            space: DEFAULT_SPACE,
            key: "default".to_owned(),
            scope: KeyScope::PerOwner,
        });
        [own].into_iter().chain(default).collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_latitude_and_a_longitude() {
        for good in ["52.5163 13.3777", "-33.8 151.2", "0 0", "90 -180"] {
            assert!(is_point(good), "{good}");
        }
        for bad in [
            "",
            "52.5",
            "91 0",
            "0 181",
            "52.5,13.3",
            "nan 0",
            "1e1 0",
            "inf 0",
        ] {
            assert!(!is_point(bad), "{bad}");
        }
    }
}
