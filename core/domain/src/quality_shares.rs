//! What a call's record adds to the summaries of its hour: to the whole, and to the sites, models
//! of telephones, trunks and codecs that its legs were of.

use std::collections::BTreeMap;

use machine::WallTime;

use crate::cdr::{Cdr, CdrLeg, Quality};
use crate::device_model::device_model;
use crate::quality_sums::{POOR_MOS_X100, QualitySums};
use crate::timeline::Timeline;

/// Values of one dimension in an hour of one company; what more there is counts as [`OTHER`].
pub const QUALITY_VALUES_MAX: usize = 64;

/// The value of all that came when an hour had [`QUALITY_VALUES_MAX`] others.
pub const OTHER: &str = "other";

/// The site of telephones at an address of none.
pub const NO_SITE: &str = "none";

/// The model of telephones that do not say what they are, and the codec of legs of which none is
/// known.
pub const UNKNOWN: &str = "unknown";

/// Longest name of a codec, in characters; the rest is cut off.
const CODEC_MAX: usize = 32;

/// The one value of the whole.
const EVERYTHING: &str = "everything";

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// By what legs are told apart in summaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QualityBy {
    /// Not at all.
    Whole,
    /// By the site whose network a telephone's address is of. Legs by trunks are of none.
    Site,
    /// By what a telephone calls itself. Legs by trunks are of none.
    Model,
    /// By the trunk. Legs of telephones are of none.
    Trunk,
    /// By the codec agreed on.
    Codec,
}

impl QualityBy {
    /// All of them.
    pub const ALL: [QualityBy; 5] = [
        QualityBy::Whole,
        QualityBy::Site,
        QualityBy::Model,
        QualityBy::Trunk,
        QualityBy::Codec,
    ];

    /// Its word, as stored and as shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            QualityBy::Whole => "whole",
            QualityBy::Site => "site",
            QualityBy::Model => "model",
            QualityBy::Trunk => "trunk",
            QualityBy::Codec => "codec",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn named(word: &str) -> Option<QualityBy> {
        let mut all = QualityBy::ALL.into_iter();
        all.find(|one| one.as_str() == word)
    }

    /// What a leg of a call is of.
    fn value(self, leg: &CdrLeg) -> Option<String> {
        let is_phone = leg.by_trunk.is_none() && leg.party.device.is_some();
        let of_phone = |value: Option<String>, without: &str| {
            is_phone.then(|| value.unwrap_or_else(|| without.to_owned()))
        };
        match self {
            QualityBy::Whole => Some(EVERYTHING.to_owned()),
            QualityBy::Site => of_phone(leg.site.map(|site| site.to_string()), NO_SITE),
            QualityBy::Model => of_phone(device_model(&leg.user_agent), UNKNOWN),
            QualityBy::Trunk => leg.by_trunk.as_ref().map(|by| by.trunk.to_string()),
            QualityBy::Codec => {
                let codec = leg.codec.as_deref().map(bounded);
                Some(codec.unwrap_or_else(|| UNKNOWN.to_owned()))
            }
        }
    }
}

/// The beginning of the hour (UTC) in which a moment is.
#[must_use]
pub fn hour_of(at: WallTime) -> WallTime {
    let ms = at.unix_ms();
    WallTime::from_unix_ms(ms - ms.rem_euclid(HOUR_MS))
}

/// What a record adds to the hour in which its call started. A call that was not answered adds
/// nothing.
#[must_use]
pub fn quality_shares(cdr: &Cdr) -> BTreeMap<(QualityBy, String), QualitySums> {
    let mut shares = BTreeMap::<_, QualitySums>::new();
    let answered = cdr.legs.iter().filter(|leg| leg.answered_at.is_some());
    for leg in answered.filter(|_| cdr.answered_at.is_some()) {
        let sums = sums_of(leg, cdr.ended);
        for by in QualityBy::ALL {
            if let Some(value) = by.value(leg) {
                let share = shares.entry((by, value)).or_default();
                share.add(&sums);
                share.calls = 1;
            }
        }
    }
    shares
}

/// A codec's name as others wrote it, within bounds.
fn bounded(codec: &str) -> String {
    let shown = codec.chars().filter(|letter| !letter.is_control());
    shown.take(CODEC_MAX).collect()
}

fn sums_of(leg: &CdrLeg, over: WallTime) -> QualitySums {
    let (begin, end) = (leg.answered_at.unwrap_or(over), leg.ended.unwrap_or(over));
    let ms = end.unix_ms().saturating_sub(begin.unix_ms());
    let scores = [leg.quality.received, leg.quality.sent]
        .into_iter()
        .flatten();
    let score = scores.filter_map(score).min();
    let mut sums = QualitySums {
        legs: 1,
        seconds: u64::try_from(ms.saturating_add(500) / 1_000).unwrap_or(0),
        scored: score.map_or(0, |_| 1),
        mos_x100: score.unwrap_or(0).into(),
        worst_x100: score,
        poor: u64::from(score.is_some_and(|score| score < POOR_MOS_X100)),
        one_way: leg.one_way.into(),
        ..QualitySums::default()
    };
    let lines = [&leg.timelines.received, &leg.timelines.sent];
    for line in lines.into_iter().flatten() {
        take_in(&mut sums, line);
    }
    sums
}

fn score(quality: Quality) -> Option<u16> {
    (quality.mos_x100 > 0).then_some(quality.mos_x100)
}

fn take_in(sums: &mut QualitySums, line: &Timeline) {
    let seconds = u64::from(line.seconds());
    for sample in line.samples().iter().flatten() {
        sums.expected += u64::from(sample.expected);
        sums.lost += u64::from(sample.lost);
        sums.concealed += u64::from(sample.concealed);
        if sample.expected > 0 {
            sums.jitter += u64::from(sample.jitter) * seconds;
            sums.jitter_seconds += seconds;
        }
        if let Some(trip) = sample.round_trip_ms {
            sums.round_trip_ms += u64::from(trip) * seconds;
            sums.trip_seconds += seconds;
        }
    }
}

#[cfg(test)]
mod tests;
