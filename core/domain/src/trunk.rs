//! The kind *trunk*: a connection to a carrier or to another exchange.

mod caps;
mod codecs;
mod dialogs;
mod failover;
mod form;
mod gateway;
mod headers;
mod on_net;
mod peer;
mod presets;
mod siprec;
pub(crate) mod source;

use ids::{MusicId, RateDeckId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};
use tenancy::{Identified, Owner};
use utoipa::ToSchema;

use crate::e164::E164;
use crate::invalid::{Invalid, rule};
use crate::key_agreement::KeyAgreement;
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::secret_rule::SecretRule;
use crate::shared_with;
use crate::srtp::Srtp;
use crate::t38::T38;
use crate::text;
use crate::time_zone;
pub use caps::{TrunkCaps, TrunkDay, TrunkShare};
pub use dialogs::{ReliableAnswers, TrunkDialogs};
pub use failover::FAILOVER_MAX;
pub use form::{Dialling, NumberForm};
pub use headers::{
    HEADER_RULES_MAX, HeaderAction, HeaderDirection, HeaderFacts, HeaderRule, RELAYED_MAX,
    RELAYED_VALUE_MAX, may_be_relayed,
};
pub use peer::{Peer, Transport};
pub use presets::{PresetAsk, TrunkPreset};
pub use siprec::TrunkSiprec;
pub use source::Source;

/// Most trunks of one owner.
pub const TRUNKS_MAX: u32 = 200;
/// Most peers of a trunk.
pub const PEERS_MAX: usize = 8;
/// Most sources of a trunk.
pub const SOURCES_MAX: usize = 32;
/// Most rate decks of a trunk.
pub const TRUNK_DECKS_MAX: usize = 32;
/// The space of unique keys in which the sources of enabled trunks lie.
const TRUNK_SOURCE_SPACE: &str = "trunk_source";

/// Longest user name, in bytes.
const USERNAME_MAX: usize = 128;
/// Shortest life of a registration, in seconds.
const EXPIRES_MIN: u32 = 60;
/// Longest life of a registration, in seconds.
const EXPIRES_MAX: u32 = 86_400;
/// Shortest pause between two probes, in seconds.
const OPTIONS_MIN: u32 = 5;
/// Longest pause between two probes, in seconds.
const OPTIONS_MAX: u32 = 3_600;

/// How the two sides of a trunk know each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkMode {
    /// The exchange registers at the carrier, with a user name and a secret.
    Register,
    /// The two know each other's addresses.
    Peer,
    /// The other side, a gateway or another exchange, registers at this one.
    Gateway,
    /// The other side is this exchange: calls go to whichever company it is shared with that has
    /// the number, or, by a company's own trunk, to its partner, and to no carrier.
    OnNet,
}

/// In which header the caller's number goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkIdentity {
    /// `From` alone (RFC 3261 §8.1.1.3).
    #[default]
    From,
    /// `P-Asserted-Identity` too (RFC 3325 §9.1).
    Asserted,
    /// `P-Preferred-Identity` too (RFC 3325 §9.2).
    Preferred,
    /// `Remote-Party-ID` too, as carriers of the time before RFC 3325 want it.
    RemoteParty,
}

/// In which header it is told who has sent a call on that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkDiversion {
    /// In none.
    None,
    /// In `Diversion` (RFC 5806).
    #[default]
    Diversion,
    /// In `History-Info` (RFC 7044).
    HistoryInfo,
    /// In both.
    Both,
}

/// Where the called number of a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalledIn {
    /// In the request's URI.
    #[default]
    RequestUri,
    /// In `To`.
    To,
}

/// How a trunk is told where a caller for help is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkLocation {
    /// Not at all: the carrier knows it by the number that is shown.
    #[default]
    None,
    /// By a document of its own in the INVITE (RFC 4119, RFC 5139, RFC 6442).
    PidfLo,
}

/// How a trunk is asked for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyUri {
    /// By the number for help.
    #[default]
    Number,
    /// By the service `urn:service:sos` (RFC 5031).
    Urn,
}

/// The most that is vouched for the numbers of a trunk's calls (RFC 8588 §4).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrunkAttestation {
    /// Nothing: its calls are not signed.
    #[default]
    None,
    /// C: that the call came by this exchange.
    Gateway,
    /// B: that the caller is known.
    Partial,
    /// A: that the caller is known and may show the number.
    Full,
}

/// A connection to a carrier. The secret that the carrier gave comes in `secret` and is never
/// shown again.
// tidy: config
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique with its owner. It names the trunk in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "carrier")]
    pub name: String,
    /// A disabled trunk carries no calls.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
    /// How the two sides know each other.
    pub mode: TrunkMode,
    /// Where calls are sent, 1 to 8 of `sip:host[:port][;transport=udp|tcp|tls]`, tried in order;
    /// none where the other side registers, or is this exchange.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 8, example = json!(["sip:sbc.carrier.example"]))]
    pub peers: Vec<String>,
    /// Where calls come from without a digest, at most 32 addresses or blocks such as
    /// `192.0.2.0/28`. No two enabled trunks of the platform have the same.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32, example = json!(["192.0.2.0/28"]))]
    pub sources: Vec<String>,
    /// Where the exchange registers, in the form of a peer; the first peer where it is left out.
    #[serde(default)]
    pub registrar: Option<String>,
    /// The user name that the carrier knows: `From`, and what is registered; at most 128 printable
    /// ASCII characters. A trunk that registers needs it, and so does one whose other side does:
    /// there it is 1 to 64 of `0-9 A-Z a-z . _ -`, and unique among those of all devices.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub username: Option<String>,
    /// The user name of the digest, where it is another one.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub auth_username: Option<String>,
    /// The host in `From` and in what is registered; the registrar's, or the first peer's, where
    /// it is left out, and the company's domain where the other side registers.
    #[serde(default)]
    pub domain: Option<String>,
    /// With `on_net`, on a company's own trunk: a domain of the company at the other end. Calls
    /// pass, either way, once both have such a trunk that names the other.
    #[serde(default)]
    #[schema(example = "globex.example")]
    pub partner: Option<String>,
    /// How long a registration at a carrier lasts, 60 to 86,400 seconds.
    #[serde(default = "expires")]
    #[schema(default = 3_600, minimum = 60, maximum = 86_400)]
    pub expires_seconds: u32,
    /// How often the peers are asked whether they are there, 5 to 3,600 seconds; 0 for never.
    #[serde(default)]
    #[schema(default = 0, minimum = 0, maximum = 3_600)]
    pub options_seconds: u32,
    /// How much may go over it.
    #[serde(default)]
    pub caps: TrunkCaps,
    /// The time zone in which its day begins, for caps of a day, as the IANA database calls it.
    #[serde(default = "time_zone::utc")]
    #[schema(default = "UTC", example = "Europe/Berlin")]
    pub time_zone: String,
    /// How the numbers of calls that come in are written.
    #[serde(default)]
    #[schema(default = "plus_e164")]
    pub numbers_in: NumberForm,
    /// How numbers are written in calls that go out.
    #[serde(default)]
    #[schema(default = "plus_e164")]
    pub numbers_out: NumberForm,
    /// The country of numbers in national form; needed where one of the two forms is that.
    #[serde(default)]
    pub dialling: Option<Dialling>,
    /// In which header the caller's number goes out.
    #[serde(default)]
    #[schema(default = "from")]
    pub identity: TrunkIdentity,
    /// In which header it is told which of the company's numbers has sent a call on.
    #[serde(default)]
    #[schema(default = "diversion")]
    pub diversion: TrunkDiversion,
    /// Whether the carrier takes, in `From`, the number of somebody outside whose call is sent on
    /// by the company, and not the company's numbers alone.
    #[serde(default)]
    #[schema(default = false)]
    pub passes_caller: bool,
    /// Where the called number of a call that comes in stands.
    #[serde(default)]
    #[schema(default = "request_uri")]
    pub called_in: CalledIn,
    /// Where the called number of a call to a gateway stands: in the request's URI, in place of
    /// the user that the gateway registered, or in `To` alone, and the URI is what it registered.
    #[serde(default)]
    #[schema(default = "request_uri")]
    pub called_out: CalledIn,
    /// How it is told where a caller for help is.
    #[serde(default)]
    #[schema(default = "none")]
    pub location: TrunkLocation,
    /// What stands in the request's URI of a call for help.
    #[serde(default)]
    #[schema(default = "number")]
    pub emergency_uri: EmergencyUri,
    /// The most that is vouched for the numbers of its calls; where it is not `none`, calls that
    /// go out are signed with a `signing_key`.
    #[serde(default)]
    #[schema(default = "none")]
    pub attestation: TrunkAttestation,
    /// How calls are kept with the other side: sound before the answer, reliable provisional
    /// answers, refreshes, transfers.
    #[serde(default)]
    pub dialogs: TrunkDialogs,
    /// Rules for single headers of INVITEs, at most 16, followed in their order.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 16)]
    pub headers: Vec<HeaderRule>,
    /// Answers after which the route's next trunk is tried, beside 401, 407, 408 and 5xx: at most
    /// 32 statuses of 400 to 699.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32, example = json!([403, 480]))]
    pub next_on: Vec<u16>,
    /// Answers of those after which the next trunk is tried that end the call all the same: at
    /// most 32 statuses of 400 to 699, none of `next_on`. A call for help always goes on.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32, example = json!([500]))]
    pub stop_on: Vec<u16>,
    /// The codecs that are offered to the carrier and taken from it, most wanted first, at most 16
    /// names as in SDP; as telephones say where none is named. Key presses go with any.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 16, example = json!(["PCMA", "PCMU"]))]
    pub codecs: Vec<String>,
    /// Whether its sound is protected.
    #[serde(default)]
    #[schema(default = "accept")]
    pub srtp: Srtp,
    /// By what keys of sound are offered to its other side.
    #[serde(default)]
    #[schema(default = "auto")]
    pub key_agreement: KeyAgreement,
    /// Whether its faxes may go as data.
    #[serde(default)]
    #[schema(default = "allow")]
    pub t38: T38,
    /// With a company's own trunk: the programme that a party hears which is put on hold in a call
    /// by it, where no extension that holds names another, by id or name.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "evening")]
    pub on_hold: Option<MusicId>,
    /// Whether its other side keeps recordings of the company's calls (`sends`), or has its own
    /// kept here (`accepts`, on a company's own trunk): SIPREC, RFC 7866.
    #[serde(default)]
    #[schema(default = "none")]
    pub siprec: TrunkSiprec,
    /// What the carrier asks for calls that go out: at most 32 rate decks of the same owner, by id
    /// or name, which count as one. Nobody else sees them, with whomever the trunk is shared.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 32)]
    pub rate_decks: Vec<RateDeckId>,
    /// The companies below its account that may use it, at most 1,000, by id or, in requests, by
    /// domain. A company's own trunk is shared with nobody.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 1_000)]
    pub shared_with: Vec<TenantId>,
}

fn expires() -> u32 {
    3_600
}

impl Trunk {
    /// The number that came on this trunk in a call that comes in.
    pub fn read_number(&self, text: &str) -> Option<E164> {
        self.numbers_in.read(text, self.dialling.as_ref())
    }

    /// The number of the world that this trunk's calls write so; `None` for what is none, such as
    /// 115.
    pub fn read_written(&self, text: &str) -> Option<E164> {
        self.numbers_out.read(text, self.dialling.as_ref())
    }

    /// A number as this trunk's calls write it.
    pub fn write_number(&self, number: &E164) -> String {
        self.numbers_out.write(number, self.dialling.as_ref())
    }

    /// Where calls are sent, in order.
    pub fn understood_peers(&self) -> impl Iterator<Item = Peer> + '_ {
        self.peers.iter().filter_map(|text| Peer::read(text))
    }

    /// Where calls come from without a digest.
    pub fn understood_sources(&self) -> impl Iterator<Item = Source> + '_ {
        self.sources.iter().filter_map(|text| Source::read(text))
    }

    /// Where the exchange registers.
    pub fn understood_registrar(&self) -> Option<Peer> {
        let named = self
            .registrar
            .as_deref()
            .or(self.peers.first().map(|p| &**p));
        named.and_then(Peer::read)
    }

    fn validate_places(&self) -> Result<(), Invalid> {
        let form = "must be sip:host, with :port and ;transport=udp, tcp or tls if need be";
        let few = self.peers.len() <= PEERS_MAX;
        let some = self.is_gateway() || self.is_on_net() || !self.peers.is_empty();
        rule(few && some, "/peers", "must name 1 to 8 peers")?;
        for (index, peer) in self.peers.iter().enumerate() {
            rule(Peer::read(peer).is_some(), &format!("/peers/{index}"), form)?;
        }
        let registrar = self.registrar.as_deref();
        rule(
            registrar.is_none_or(|text| Peer::read(text).is_some()),
            "/registrar",
            form,
        )?;
        let few = self.sources.len() <= SOURCES_MAX;
        rule(few, "/sources", "must have at most 32 entries")?;
        source::validate_list(&self.sources, "/sources")?;
        match &self.domain {
            Some(domain) => text::host_name(domain, "/domain"),
            None => Ok(()),
        }
    }

    fn validate_decks(&self) -> Result<(), Invalid> {
        let few = self.rate_decks.len() <= TRUNK_DECKS_MAX;
        rule(few, "/rate_decks", "must name at most 32 rate decks")?;
        for (index, deck) in self.rate_decks.iter().enumerate() {
            let once = !self.rate_decks.iter().take(index).any(|one| one == deck);
            let field = format!("/rate_decks/{index}");
            rule(once, &field, "must not be named twice")?;
        }
        Ok(())
    }

    fn validate_names(&self) -> Result<(), Invalid> {
        let good = |name: &Option<String>| {
            name.as_ref().is_none_or(|name| {
                (1..=USERNAME_MAX).contains(&name.len())
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_graphic() && !b"\"<>".contains(&b))
            })
        };
        let form = "must be 1 to 128 printable ASCII characters without blanks, quotes, < and >";
        rule(good(&self.username), "/username", form)?;
        rule(good(&self.auth_username), "/auth_username", form)?;
        let named = self.mode != TrunkMode::Register || self.username.is_some();
        rule(
            named,
            "/username",
            "must be said where the exchange registers",
        )
    }

    fn validate_figures(&self) -> Result<(), Invalid> {
        let lasts = (EXPIRES_MIN..=EXPIRES_MAX).contains(&self.expires_seconds);
        rule(lasts, "/expires_seconds", "must be 60 to 86400 seconds")?;
        let pause = self.options_seconds == 0
            || (OPTIONS_MIN..=OPTIONS_MAX).contains(&self.options_seconds);
        rule(pause, "/options_seconds", "must be 0, or 5 to 3600 seconds")?;
        self.caps.validate()?;
        time_zone::validate(&self.time_zone)?;
        let national = [self.numbers_in, self.numbers_out].contains(&NumberForm::National);
        match &self.dialling {
            Some(dialling) => dialling.validate(),
            None => rule(!national, "/dialling", "must be said for a national form"),
        }
    }
}

impl Identified for Trunk {
    type Id = TrunkId;
}

impl Kind for Trunk {
    const NAME: KindName = KindName::Trunk;
    const MANY: &'static str = "trunks";
    const PLACE: Place = Place::Anywhere;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "trunk";
    const LINKS: &'static [Link] = &[
        Link {
            member: "on_hold",
            kind: KindName::Music,
        },
        Link {
            member: "rate_decks",
            kind: KindName::RateDeck,
        },
        Link {
            member: "shared_with",
            kind: KindName::Tenant,
        },
    ];
    const SECRET: SecretRule = SecretRule::Supplied;
    const MOST: Option<u32> = Some(TRUNKS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> TrunkId {
        TrunkId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        source::normalise_list(&mut self.sources);
        for domain in [&mut self.domain, &mut self.partner].into_iter().flatten() {
            domain.make_ascii_lowercase();
        }
        time_zone::normalise(&mut self.time_zone);
        self.shared_with.sort_unstable();
        self.shared_with.dedup();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<TrunkId>(&self.name)?;
        self.validate_gateway()?;
        self.validate_on_net()?;
        self.dialogs.validate()?;
        self.validate_places()?;
        self.validate_names()?;
        self.validate_figures()?;
        self.validate_headers()?;
        self.validate_failover()?;
        self.validate_codecs()?;
        self.validate_decks()?;
        self.validate_siprec()?;
        let named = self.diversion != TrunkDiversion::None;
        rule(
            named || !self.passes_caller,
            "/passes_caller",
            "must be false where no header tells which number has sent the call on",
        )?;
        shared_with::validate(&self.shared_with)
    }

    fn validate_for(&self, owner: Owner) -> Result<(), Invalid> {
        let refusal = "must be left out: a company shares its trunk with nobody";
        shared_with::validate_for(owner, &self.shared_with, refusal)?;
        rule(
            self.on_hold.is_none() || owner.account().is_none(),
            "/on_hold",
            "must be left out: only a company's own trunk has a programme of the company's",
        )?;
        self.validate_gateway_of(owner)?;
        self.validate_on_net_of(owner)?;
        self.validate_siprec_of(owner)
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let own = UniqueKey {
            space: "trunk",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        };
        let sources = self.sources.iter().filter(|_| self.enabled);
        let sources = sources.map(|source| UniqueKey {
            space: TRUNK_SOURCE_SPACE,
            key: source.clone(),
            scope: KeyScope::Platform,
        });
        let username = self.username.iter().filter(|_| self.is_gateway());
        let username = username.map(|name| UniqueKey {
            space: "username",
            key: name.clone(),
            scope: KeyScope::Platform,
        });
        let all = [own].into_iter().chain(sources).chain(username);
        all.collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
