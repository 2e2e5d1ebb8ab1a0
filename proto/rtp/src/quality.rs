//! Quality of a conversation estimated from its packets by the E-model (ITU-T G.107), on the
//! narrow-band scale.
//!
//! What the packets do not tell is taken as G.107's defaults, whose rating is 93.2. Echo is not
//! measured, so of the delay impairments only the absolute delay (Idd) counts.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Rating of a connection with every parameter at its default (G.107 table 2).
pub const DEFAULT_RATING: f64 = 93.2;

/// How a coding suffers (ITU-T G.113 appendix I).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// Ie: impairment of the coding itself.
    pub equipment: f64,
    /// Bpl: robustness against loss.
    pub robustness: f64,
}

/// Codings the model knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Coding {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// Opus.
    Opus,
    /// G.729 (annex A).
    G729,
    /// GSM full rate.
    Gsm,
    /// Any other.
    Unknown,
}

impl Coding {
    /// The coding of this encoding name (`a=rtpmap`); case does not count.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        const NAMES: [(&str, Coding); 6] = [
            ("PCMU", Coding::Pcmu),
            ("PCMA", Coding::Pcma),
            ("G722", Coding::G722),
            ("opus", Coding::Opus),
            ("G729", Coding::G729),
            ("GSM", Coding::Gsm),
        ];
        let found = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(Self::Unknown, |(_, coding)| *coding)
    }

    /// Its impairment. G.711 is taken with loss concealment (G.711 appendix I), which every
    /// receiver of today has. The wide-band codings have no value on the narrow-band scale: their
    /// wider band is no impairment there, so they count as clean, G.722 as robust as G.711 is
    /// and Opus as the more robust of the concealing codings. What is unknown is taken as G.729.
    #[must_use]
    pub fn impairment(self) -> Impairment {
        let (equipment, robustness) = match self {
            Self::Pcmu | Self::Pcma | Self::G722 => (0.0, 25.1),
            Self::Opus => (0.0, 34.0),
            Self::G729 | Self::Unknown => (11.0, 19.0),
            Self::Gsm => (20.0, 10.0),
        };
        Impairment {
            equipment,
            robustness,
        }
    }
}

/// What was observed of a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// Its coding.
    pub coding: Coding,
    /// Share of packets lost, 0 to 1; outside that the nearer end counts.
    pub loss: f64,
    /// Mean length of a run of lost packets over that of independent losses; below 1 counts as 1.
    pub burst_ratio: f64,
    /// From mouth to ear without the receiver's jitter buffer.
    pub one_way_delay: Duration,
    /// Interarrival jitter; the receiver's buffer is taken as twice that.
    pub jitter: Duration,
}

/// Mean opinion score, 1.00 to 4.50, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mos(u16);

impl Mos {
    /// The worst.
    pub const WORST: Self = Self(100);
    /// The best the model gives.
    pub const BEST: Self = Self(450);

    /// The score of a rating R (G.107 annex B).
    #[must_use]
    pub fn of_rating(rating: f64) -> Self {
        if rating.is_nan() || rating <= 0.0 {
            return Self::WORST;
        }
        if rating >= 100.0 {
            return Self::BEST;
        }
        let cubic = rating * (rating - 60.0) * (100.0 - rating) * 7e-6;
        let score = (1.0 + 0.035 * rating + cubic).clamp(1.0, 4.5);
        Self(nearest(score * 100.0))
    }

    /// In hundredths, 100 to 450.
    #[must_use]
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// As a number, 1.0 to 4.5.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl fmt::Display for Mos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The score of a stream.
#[must_use]
pub fn mos(conditions: &Conditions) -> Mos {
    Mos::of_rating(rating(conditions))
}

/// The rating R of a stream: `DEFAULT_RATING - Idd - Ie,eff` (G.107 section 7).
#[must_use]
pub fn rating(conditions: &Conditions) -> f64 {
    let delay = conditions
        .one_way_delay
        .saturating_add(conditions.jitter.saturating_mul(2));
    DEFAULT_RATING - delay_impairment(delay) - loss_impairment(conditions)
}

/// Idd, of absolute delay (G.107 equation 7-27): nothing up to 100 ms.
fn delay_impairment(delay: Duration) -> f64 {
    let ms = delay.as_secs_f64() * 1000.0;
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    let root = |value: f64| (1.0 + value.powi(6)).powf(1.0 / 6.0);
    25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
}

/// Ie,eff (G.107 equation 7-29), loss in per cent.
fn loss_impairment(conditions: &Conditions) -> f64 {
    let Impairment {
        equipment,
        robustness,
    } = conditions.coding.impairment();
    let at_least = |value: f64, least: f64| if value > least { value } else { least };
    let loss = at_least(conditions.loss, 0.0).min(1.0) * 100.0;
    let burst = at_least(conditions.burst_ratio, 1.0);
    if loss == 0.0 {
        return equipment;
    }
    equipment + (95.0 - equipment) * loss / (loss / burst + robustness)
}

/// The nearest whole number of a value already known to lie from 0 to 450.
fn nearest(value: f64) -> u16 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the standard library has no other way; the value is within 0 to 450"
    )]
    let whole = value.round() as u16;
    whole
}

#[cfg(test)]
mod tests;
