//! The kind *sound*: something that a company has recorded, to be played to callers.

use ids::SoundId;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::Invalid;
use crate::kind::{KeyScope, Kind, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;
use crate::text;

/// Most sounds of one tenant.
pub const SOUNDS_MAX: u32 = 200;

/// Most octets of all sounds of one tenant, as they are kept: 64 MiB, half an hour and more.
pub const SOUND_OCTETS_MAX: u64 = 64 << 20;

/// Longest sound, in seconds.
pub const SOUND_SECONDS_MAX: u32 = 300;

/// Samples per second of a sound as it is kept.
pub const SOUND_RATE: u32 = 16_000;

/// The space of unique keys in which the music on hold lies.
const ON_HOLD_SPACE: &str = "music_on_hold";

/// A recording of the company's own. What is heard is uploaded apart, to its `content`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the sound in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "waltz")]
    pub name: String,
    /// What people say about it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub description: String,
    /// Whether it is the company's music on hold, in place of the exchange's own. One sound of a
    /// company's at most is.
    #[serde(default)]
    #[schema(default = false)]
    pub on_hold: bool,
}

impl Identified for Sound {
    type Id = SoundId;
}

impl Kind for Sound {
    const NAME: KindName = KindName::Sound;
    const MANY: &'static str = "sounds";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "sound";
    const MOST: Option<u32> = Some(SOUNDS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> SoundId {
        SoundId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.description = self.description.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<SoundId>(&self.name)?;
        text::label(&self.description, "/description")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |space, key: &str| UniqueKey {
            space,
            key: key.to_owned(),
            scope: KeyScope::PerOwner,
        };
        let music = self.on_hold.then(|| key(ON_HOLD_SPACE, "music"));
        let own = [key(Self::KEY_SPACE, &self.name)];
        own.into_iter().chain(music).collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
