//! The fact *ban*: a source whose messages are not read for a while.

use std::fmt;
use std::time::Duration;

use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::source::SourceAddress;

/// Bans kept at once. Beyond it those that end soonest make room.
pub const BANS_MAX: usize = 4_096;

/// How long a ban is remembered after its end, so that the next of the same source is longer.
pub const BAN_REMEMBERED: Duration = Duration::from_secs(24 * 3_600);

/// The longest ban by hand: ten years.
pub const BAN_LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

/// Longest note, in characters.
pub const BAN_NOTE_MAX: usize = 200;

/// Why a source is banned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BanCause {
    /// It calls itself by the name of a program that looks for victims.
    Scanner,
    /// Wrong passwords, unknown users, unknown domains.
    Guessing,
    /// What it sends is no SIP.
    Garbage,
    /// It asks and asks and never proves who it is.
    Asking,
    /// Somebody said so.
    Hand,
}

impl BanCause {
    /// All of them.
    pub const ALL: [BanCause; 5] = [
        BanCause::Scanner,
        BanCause::Guessing,
        BanCause::Garbage,
        BanCause::Asking,
        BanCause::Hand,
    ];

    /// The word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            BanCause::Scanner => "scanner",
            BanCause::Guessing => "guessing",
            BanCause::Garbage => "garbage",
            BanCause::Asking => "asking",
            BanCause::Hand => "hand",
        }
    }
}

impl fmt::Display for BanCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A source whose messages are not read until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Who.
    pub source: SourceAddress,
    /// Why.
    pub cause: BanCause,
    /// Since when.
    pub begun: WallTime,
    /// Until when.
    pub until: WallTime,
    /// Which one in a row of this source's it is, from 1; each is longer than the one before.
    pub strikes: u32,
    /// What whoever banned by hand had to say, at most [`BAN_NOTE_MAX`] characters.
    pub note: String,
}

impl Ban {
    /// Whether it is in force.
    pub fn holds(&self, now: WallTime) -> bool {
        now < self.until
    }
}
