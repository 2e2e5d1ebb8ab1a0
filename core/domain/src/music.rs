//! The kind *music*: a programme of music on hold, of a company's sounds or of a live stream.

use ids::{MusicId, SoundId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::http_url::is_url;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;
use crate::text;

/// Most programmes of one tenant.
pub const MUSIC_MAX: u32 = 100;

/// Most sounds of one programme.
pub const PLAYLIST_MAX: usize = 64;

/// How often an announcement may be said, in seconds.
const ANNOUNCED_EVERY: std::ops::RangeInclusive<u16> = 10..=3_600;

/// The space of unique keys in which a company's own programme lies.
const ON_HOLD_SPACE: &str = "programme_on_hold";

/// In which order the sounds of a programme are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MusicOrder {
    /// As the playlist has them, again and again.
    #[default]
    Sequential,
    /// Each once, then all of them in another order; none twice in a row.
    Shuffle,
}

/// A programme of music on hold. All who hear it hear the same of it at the same time, as of a
/// radio station; it plays while somebody listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Music {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the programme in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "evening")]
    pub name: String,
    /// What people say about it, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub description: String,
    /// What is heard: at most 64 sounds, by id or name, none twice. Where there is a stream too,
    /// what is heard while that is lost.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 64)]
    pub playlist: Vec<SoundId>,
    /// In which order the playlist is heard.
    #[serde(default)]
    #[schema(default = "sequential")]
    pub order: MusicOrder,
    /// A live stream, as radio stations give them: an `http` or `https` address, at most 2,048
    /// octets, of MP3 or Ogg Vorbis. A programme needs a stream or a playlist.
    #[serde(default)]
    #[schema(example = "https://radio.example/live.mp3")]
    pub stream: Option<String>,
    /// A sound that is said now and then, by id or name. The playlist waits for its end; of a
    /// stream what comes meanwhile is not heard.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub announcement: Option<SoundId>,
    /// How long music is heard between two announcements, 10 to 3,600 seconds.
    #[serde(default = "announced_every")]
    #[schema(default = 60, minimum = 10, maximum = 3_600)]
    pub announced_every_seconds: u16,
    /// Whether it is the company's, heard wherever no extension and no trunk names another. One
    /// programme of a company's at most is; it comes before a sound that is `on_hold`.
    #[serde(default)]
    #[schema(default = false)]
    pub on_hold: bool,
}

fn announced_every() -> u16 {
    60
}

impl Identified for Music {
    type Id = MusicId;
}

impl Kind for Music {
    const NAME: KindName = KindName::Music;
    const MANY: &'static str = "music";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "music";
    const LINKS: &'static [Link] = &[
        Link {
            member: "playlist",
            kind: KindName::Sound,
        },
        Link {
            member: "announcement",
            kind: KindName::Sound,
        },
    ];
    const MOST: Option<u32> = Some(MUSIC_MAX);

    fn new_id(unix_ms: u64, random: u128) -> MusicId {
        MusicId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.description = self.description.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<MusicId>(&self.name)?;
        text::label(&self.description, "/description")?;
        let few = self.playlist.len() <= PLAYLIST_MAX;
        rule(few, "/playlist", "must have at most 64 sounds")?;
        for (index, sound) in self.playlist.iter().enumerate() {
            let once = !self.playlist.iter().take(index).any(|one| one == sound);
            let field = format!("/playlist/{index}");
            rule(once, &field, "must not be named twice")?;
        }
        rule(
            self.stream.as_deref().is_none_or(is_url),
            "/stream",
            "must be an http or https address without user name and fragment, at most 2048 octets",
        )?;
        rule(
            self.stream.is_some() || !self.playlist.is_empty(),
            "/playlist",
            "must name a sound where there is no stream",
        )?;
        rule(
            ANNOUNCED_EVERY.contains(&self.announced_every_seconds),
            "/announced_every_seconds",
            "must be 10 to 3600 seconds",
        )
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        let key = |space, key: &str| UniqueKey {
            space,
            key: key.to_owned(),
            scope: KeyScope::PerOwner,
        };
        let companys = self.on_hold.then(|| key(ON_HOLD_SPACE, "music"));
        let own = [key(Self::KEY_SPACE, &self.name)];
        own.into_iter().chain(companys).collect()
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
