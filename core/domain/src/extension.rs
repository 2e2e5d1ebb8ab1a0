//! The kind *extension*: a dialable number inside a tenant.

use std::collections::BTreeSet;

use ids::{ExtensionId, MusicId};
use phrases::Language;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::announcement_rule::AnnouncementRule;
use crate::call_class::CallClass;
use crate::conference_rule::ConferenceRule;
use crate::destinations;
use crate::e164;
use crate::forwards::Forwards;
use crate::groups;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::lamps::Lamps;
use crate::recording_rule::RecordingRule;
use crate::ring_seconds::{RING_SECONDS_DEFAULT, RING_SECONDS_MAX, RING_SECONDS_MIN};
use crate::text;

/// Longest number, in characters.
const NUMBER_MAX: usize = 32;

/// Who answers an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The devices of the extension, all at once.
    #[default]
    Devices,
    /// A guest that sends everything back.
    Echo,
    /// A guest that plays the announcement: the exchange's own, or what `announcement` says.
    Announcement,
    /// A conference: all who call it hear each other.
    Conference,
    /// A fax machine: what it receives is kept.
    Fax,
}

/// A dialable number inside a tenant.
// tidy: config
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// What is dialled: 1 to 32 of `0-9 A-Z a-z * # + . _ -`; unique in the tenant. It names
    /// the extension in paths.
    #[schema(pattern = "^[0-9A-Za-z*#+._-]{1,32}$", example = "101")]
    pub number: String,
    /// What is shown to those who are called, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub display_name: String,
    /// How long it rings, 5 to 300 seconds.
    #[serde(default = "ring_seconds_default")]
    #[schema(default = 30, minimum = 5, maximum = 300)]
    pub ring_seconds: u16,
    /// Who answers.
    #[serde(default)]
    #[schema(default = "devices")]
    pub destination: Destination,
    /// Where its calls go on to that it does not take itself.
    #[serde(default)]
    pub forwards: Forwards,
    /// Which lamps its phones have, and who has a lamp for it.
    #[serde(default)]
    pub lamps: Lamps,
    /// The number by which it is known outside, with plus: it is shown to whom it calls by a
    /// trunk. It counts only while it is a number of the company's.
    #[serde(default)]
    #[schema(example = "+493055501")]
    pub external_number: Option<String>,
    /// The classes of calls that it may place, `internal` alone for none outside. Premium calls
    /// are placed by those alone who are told to.
    #[serde(default = "CallClass::ordinary")]
    #[schema(default = json!(["internal", "local", "national", "mobile", "international"]))]
    pub calls: BTreeSet<CallClass>,
    /// Where alone it calls outside, at most 300 countries (`FR`) and beginnings of numbers
    /// (`+33`); anywhere where none is named.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300, example = json!(["DE", "+33"]))]
    pub only_to: Vec<String>,
    /// Where it calls never, likewise.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300)]
    pub never_to: Vec<String>,
    /// The groups that it belongs to, at most 32 names of the company's choosing: 1 to 64 of
    /// `0-9 a-z . _ -`. Outbound routes can be for some groups alone.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32, example = json!(["sales"]))]
    pub groups: Vec<String>,
    /// Which of its calls are recorded. Of a conference it says what members hear of that.
    #[serde(default)]
    pub recording: RecordingRule,
    /// What it is like as a conference, where it is one.
    #[serde(default)]
    pub conference: ConferenceRule,
    /// What it plays, where it is an announcement.
    #[serde(default)]
    pub announcement: AnnouncementRule,
    /// The programme that a party hears which it puts on hold, by id or name; that of the trunk, or
    /// the company's, where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "evening")]
    pub on_hold: Option<MusicId>,
    /// The language in which the exchange speaks to its people: `de`, `en`, `es`, `fr`, `it` or
    /// `ru`; the company's where it is left out. Of an announcement, that of its text.
    #[serde(default)]
    #[schema(example = "fr")]
    pub language: Option<Language>,
    /// A disabled extension cannot be dialled, and its devices cannot dial.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
}

fn ring_seconds_default() -> u16 {
    RING_SECONDS_DEFAULT
}

impl Identified for Extension {
    type Id = ExtensionId;
}

impl Kind for Extension {
    const NAME: KindName = KindName::Extension;
    const MANY: &'static str = "extensions";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "number";
    const KEY_SPACE: &'static str = "number";
    const LINKS: &'static [Link] = &[Link {
        member: "on_hold",
        kind: KindName::Music,
    }];

    fn new_id(unix_ms: u64, random: u128) -> ExtensionId {
        ExtensionId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.display_name = self.display_name.trim().to_owned();
        self.external_number.iter_mut().for_each(e164::normal);
        destinations::normal(&mut self.only_to);
        destinations::normal(&mut self.never_to);
        groups::normal(&mut self.groups);
        self.announcement.normalise();
    }

    fn validate(&self) -> Result<(), Invalid> {
        rule(
            text::is_word(&self.number, NUMBER_MAX, b"*#+._-"),
            "/number",
            "must be 1 to 32 letters, digits or * # + . _ -",
        )?;
        let is_id = self.number.parse::<ExtensionId>().is_ok();
        rule(!is_id, "/number", "must not look like an id")?;
        text::label(&self.display_name, "/display_name")?;
        let outside = self.external_number.as_deref();
        rule(
            outside.is_none_or(|text| e164::stored(text).is_some()),
            "/external_number",
            "must be a plus and 4 to 15 digits, beginning with a country code",
        )?;
        let calls = !self.calls.is_empty();
        rule(calls, "/calls", "must name at least one, such as internal")?;
        destinations::validate(&self.only_to, "/only_to")?;
        destinations::validate(&self.never_to, "/never_to")?;
        groups::validate(&self.groups, "/groups")?;
        self.forwards.validate(&self.number)?;
        self.lamps.validate()?;
        self.recording.validate()?;
        self.conference.validate()?;
        self.announcement.validate()?;
        rule(
            (RING_SECONDS_MIN..=RING_SECONDS_MAX).contains(&self.ring_seconds),
            "/ring_seconds",
            "must be 5 to 300 seconds",
        )
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "number",
            key: self.number.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.number.clone()
    }
}
