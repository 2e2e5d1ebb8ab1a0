//! The view of a summary: how many calls sounded.

use admin::quality::NamedSummary;
use machine::WallTime;
use ports::QualityOf;
use serde::Serialize;
use utoipa::ToSchema;

/// How the calls of an hour, or those of a site, a model of telephone, a trunk or a codec, sounded.
/// What nothing is known of is null.
#[derive(Serialize, ToSchema)]
#[schema(as = QualitySummary)]
// tidy: wire
pub(crate) struct QualitySummaryView {
    /// When the hour began, where hours are listed.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    hour: Option<WallTime>,
    /// The id of the site or trunk, the model or the codec, where those are told apart. `other`
    /// stands for what came when an hour had 64 others, `none` for telephones at an address of no
    /// site, `unknown` for those that do not say what they are.
    #[schema(example = "Yealink SIP-T46U")]
    value: Option<String>,
    /// What the site or trunk is called, as long as it is there.
    #[schema(example = "berlin")]
    name: Option<String>,
    /// Calls that were answered. One whose legs are of several values counts with each of them.
    calls: u64,
    /// Legs of them that were answered.
    legs: u64,
    /// How long those lasted in all.
    seconds: u64,
    /// Legs of which there is a score.
    scored: u64,
    /// Mean opinion score of a leg in the mean, times 100: 100 to 450. A leg's is the lower one of
    /// its directions.
    mos_x100: Option<u64>,
    /// That of the worst leg.
    worst_mos_x100: Option<u16>,
    /// Per cent of legs with a score that are below 3.6.
    poor_percent: Option<f64>,
    /// Per cent of packets that were lost, of both directions.
    loss_percent: Option<f64>,
    /// Interarrival jitter in the mean, milliseconds.
    jitter_ms: Option<f64>,
    /// Milliseconds from the exchange to the peer and back, in the mean.
    round_trip_ms: Option<u64>,
    /// How often a party was not heard while the other was.
    one_way: u64,
    /// Frames that were made up on the way into another codec.
    concealed: u64,
}

/// A number that is counted in parts of a whole.
fn parts(number: u64, of: f64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / of
}

impl From<NamedSummary> for QualitySummaryView {
    fn from(summary: NamedSummary) -> Self {
        let (hour, value) = match summary.of {
            QualityOf::Hour(hour) => (Some(hour), None),
            QualityOf::Value(value) => (None, Some(value)),
        };
        let sums = summary.sums;
        QualitySummaryView {
            hour,
            value,
            name: summary.name,
            calls: sums.calls,
            legs: sums.legs,
            seconds: sums.seconds,
            scored: sums.scored,
            mos_x100: sums.mean_x100(),
            worst_mos_x100: sums.worst_x100,
            poor_percent: sums.poor_share().map(|share| parts(share, 100.0)),
            loss_percent: sums.lost_share().map(|share| parts(share, 100.0)),
            jitter_ms: sums.mean_jitter().map(|jitter| parts(jitter, 10.0)),
            round_trip_ms: sums.mean_round_trip_ms(),
            one_way: sums.one_way,
            concealed: sums.concealed,
        }
    }
}
