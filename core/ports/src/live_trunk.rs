//! What is used of trunks at this moment, and of their day.

use std::time::Duration;

use domain::TrunkDay;
use ids::{TenantId, TrunkId};

/// What goes over a trunk, of all companies or of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveShare {
    /// Calls at this moment.
    pub calls: u32,
    /// How many there may be; `None` where they are not limited.
    pub calls_most: Option<u32>,
    /// What was talked today in calls that went out, those that go on included.
    pub talked: Duration,
    /// How many minutes of that there may be; `None` where they are not limited.
    pub minutes_most: Option<u32>,
}

/// How well a trunk does, by its latest calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveQuality {
    /// Calls that it is told by.
    pub calls: u32,
    /// Answered ones of a hundred; `None` without calls.
    pub answer_percent: Option<u8>,
    /// Those of a hundred that were brought to the called party.
    pub effective_percent: Option<u8>,
    /// Mean delay until they rang or were answered.
    pub post_dial: Option<Duration>,
    /// Mean of how they sounded, in hundredths of an opinion score.
    pub mos_x100: Option<u16>,
    /// Mean length of those that were answered and are over.
    pub talked: Option<Duration>,
}

/// A trunk as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTrunk {
    /// The trunk.
    pub trunk: TrunkId,
    /// What routes may call it.
    pub name: String,
    /// Whether it is the own one of whoever asks.
    pub own: bool,
    /// Its day of now.
    pub day: TrunkDay,
    /// What all companies use together; `None` where that is not for whoever asks.
    pub all: Option<LiveShare>,
    /// How well it does; `None` where that is not for whoever asks.
    pub quality: Option<LiveQuality>,
    /// What each of them uses, as far as it is for whoever asks.
    pub each: Vec<(TenantId, LiveShare)>,
}
