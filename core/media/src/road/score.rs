//! How good a stream is estimated to sound, by what the road knows of it.

use std::time::Duration;

use rtp::quality::{Coding, Conditions};
use rtp::rtcp::Scores;

use crate::format::{Codec, Format};

/// What a stream was like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quality {
    pub(super) format: Option<Format>,
    /// Share of packets lost, 0 to 1.
    pub(super) loss: f64,
    /// Mean run of losses over that of independent ones.
    pub(super) burst_ratio: f64,
    pub(super) jitter: Duration,
    /// On its way; none where it is not known.
    pub(super) delay: Duration,
}

impl Quality {
    /// Hundredths of a MOS (G.107), 100 to 450.
    pub(super) fn mos(&self) -> u16 {
        rtp::mos(&self.conditions()).hundredths()
    }

    /// The rating and the score of listening, as they are reported (RFC 3611 section 4.7.5).
    pub(super) fn scores(&self) -> Scores {
        let rating = rtp::quality::rating(&self.conditions());
        Scores {
            rating: Some(whole(rating)),
            listening_x10: u8::try_from(self.mos() / 10).ok(),
            ..Scores::default()
        }
    }

    fn conditions(&self) -> Conditions {
        let coding = match self.format.map(|format| format.codec) {
            Some(Codec::Pcmu) => Coding::Pcmu,
            Some(Codec::Pcma) => Coding::Pcma,
            Some(Codec::G722) => Coding::G722,
            Some(Codec::Opus) => Coding::Opus,
            Some(codec) if codec == Codec::named("G729", 1) => Coding::G729,
            Some(codec) if codec == Codec::named("GSM", 1) => Coding::Gsm,
            Some(Codec::Event | Codec::Comfort | Codec::Other(_)) | None => Coding::Unknown,
        };
        Conditions {
            coding,
            loss: self.loss,
            burst_ratio: self.burst_ratio,
            one_way_delay: self.delay,
            jitter: self.jitter,
        }
    }
}

/// The whole part of a rating, 0 to 100.
fn whole(rating: f64) -> u8 {
    (0..=100_u8)
        .rev()
        .find(|whole| f64::from(*whole) <= rating)
        .unwrap_or(0)
}

/// A part of a whole, 0 to 1, to a millionth.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    let permillion = part
        .saturating_mul(1_000_000)
        .checked_div(whole)
        .unwrap_or(0);
    f64::from(u32::try_from(permillion).unwrap_or(1_000_000)) / 1_000_000.0
}

/// Mean run of so many losses, over that of independent ones of the same share (G.107 §3.3); 1
/// without loss, never less.
pub(super) fn burst_ratio(lost: u64, runs: u64, loss: f64) -> f64 {
    let count = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    match runs {
        0 => 1.0,
        runs => (count(lost) / count(runs) * (1.0 - loss)).max(1.0),
    }
}
