//! The kind *device*: one thing that registers, with credentials of its own.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use ids::{DeviceId, EmergencyLocationId, ExtensionId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::key_agreement::KeyAgreement;
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::secret::{Digests, Secret};
use crate::secret_rule::SecretRule;
use crate::srtp::Srtp;
use crate::t38::T38;
use crate::text;
use crate::video::Video;

/// Longest user name, in characters.
const USERNAME_MAX: usize = 64;

/// Port of a fixed address that names none (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// One telephone, soft phone or gateway: what registers, with credentials of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Authentication user name: 1 to 64 of `0-9 A-Z a-z . _ -`; unique on the platform. It
    /// names the device in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "acme-101")]
    pub username: String,
    /// The extension it rings for and calls as: its id or, in requests, its number.
    #[schema(value_type = String, example = "101")]
    pub extension: ExtensionId,
    /// An address that is rung without a registration: `sip:[user@]ip[:port][;transport=tcp]`.
    #[serde(default)]
    #[schema(example = "sip:192.0.2.7:5060")]
    pub address: Option<String>,
    /// Requests from this IP address are this device's without a digest; unique on the platform.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub trusted_source: Option<IpAddr>,
    /// Where it is, for calls for help: an emergency location, by id or name. Where it names none,
    /// the site tells from whose network it calls, else it is at the company's default.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "berlin-3")]
    pub location: Option<EmergencyLocationId>,
    /// Whether its sound is protected.
    #[serde(default)]
    #[schema(default = "accept")]
    pub srtp: Srtp,
    /// By what keys are offered to it, where its sound may be protected.
    #[serde(default)]
    #[schema(default = "auto")]
    pub key_agreement: KeyAgreement,
    /// Whether its faxes may go as data.
    #[serde(default)]
    #[schema(default = "allow")]
    pub t38: T38,
    /// Whether its calls may have video.
    #[serde(default)]
    #[schema(default = "allow")]
    pub video: Video,
    /// A disabled device neither registers nor calls nor rings.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

/// A device's fixed address, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedContact {
    /// The URI, as written in the spec.
    pub uri: String,
    /// Where to send requests.
    pub socket: SocketAddr,
    /// Over TCP instead of UDP.
    pub tcp: bool,
}

impl Device {
    /// The fixed address, understood; `None` when there is none or it breaks the rules.
    pub fn fixed_contact(&self) -> Option<FixedContact> {
        self.address.as_deref().and_then(fixed_contact)
    }
}

/// Reads `sip:[user@]ip[:port][;transport=udp|tcp]`. The host must be an IP address: nothing is
/// resolved while a call is set up.
fn fixed_contact(uri: &str) -> Option<FixedContact> {
    let rest = uri.strip_prefix("sip:")?;
    let (rest, tcp) = match rest.split_once(';') {
        None => (rest, false),
        Some((rest, "transport=udp")) => (rest, false),
        Some((rest, "transport=tcp")) => (rest, true),
        Some(_) => return None,
    };
    let host = match rest.split_once('@') {
        None => rest,
        Some((user, host)) if text::is_word(user, USERNAME_MAX, b"*#+._-") => host,
        Some(_) => return None,
    };
    let socket = host.parse::<SocketAddr>().ok().or_else(|| {
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let ip = match bare {
            Some(v6) => IpAddr::V6(v6.parse().ok()?),
            None => IpAddr::V4(host.parse().ok()?),
        };
        Some(SocketAddr::new(ip, SIP_PORT))
    })?;
    let usable = socket.port() != 0 && !socket.ip().is_unspecified();
    usable.then(|| FixedContact {
        uri: uri.to_owned(),
        socket,
        tcp,
    })
}

impl Identified for Device {
    type Id = DeviceId;
}

impl Kind for Device {
    const NAME: KindName = KindName::Device;
    const MANY: &'static str = "devices";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "username";
    const KEY_SPACE: &'static str = "username";
    const LINKS: &'static [Link] = &[
        Link {
            member: "extension",
            kind: KindName::Extension,
        },
        Link {
            member: "location",
            kind: KindName::EmergencyLocation,
        },
    ];
    const SECRET: SecretRule = SecretRule::Generated;

    fn new_id(unix_ms: u64, random: u128) -> DeviceId {
        DeviceId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.trusted_source = self.trusted_source.map(|ip| ip.to_canonical());
    }

    fn validate(&self) -> Result<(), Invalid> {
        rule(
            text::is_word(&self.username, USERNAME_MAX, b"._-"),
            "/username",
            "must be 1 to 64 letters, digits or . _ -",
        )?;
        let is_id = self.username.parse::<DeviceId>().is_ok();
        rule(!is_id, "/username", "must not look like an id")?;
        if let Some(address) = &self.address {
            rule(
                fixed_contact(address).is_some(),
                "/address",
                "must be sip:[user@]ip[:port][;transport=udp|tcp]",
            )?;
        }
        if let Some(source) = self.trusted_source {
            let usable = !source.is_unspecified() && !source.is_multicast();
            rule(usable, "/trusted_source", "must be the address of one host")?;
            let canonical = source == source.to_canonical();
            rule(
                canonical,
                "/trusted_source",
                "must not be an IPv4 address written as IPv6",
            )?;
        }
        Ok(())
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let mut keys = vec![UniqueKey {
            space: "username",
            key: self.username.clone(),
            scope: KeyScope::Platform,
        }];
        if let Some(source) = self.trusted_source {
            keys.push(UniqueKey {
                space: "trusted_source",
                key: source.to_string(),
                scope: KeyScope::Platform,
            });
        }
        keys
    }

    fn natural_key(&self) -> String {
        self.username.clone()
    }

    fn digests(&self, secret: &Secret, realm: &str) -> Option<Digests> {
        Some(Digests::of(&self.username, realm, secret))
    }

    fn secret_depends_on(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.username)
    }
}
