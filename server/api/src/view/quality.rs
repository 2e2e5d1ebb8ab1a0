//! The view of how a call sounded, from second to second.

use domain::{Cdr, LegSound, QualitySample, Timeline};
use ids::{CallId, CdrId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::cdr::PartyView;
use super::cdr::leg::DirectionView;
use super::phone_report::PhoneReportView;

/// One direction of a leg, in samples that follow each other. Each list has one entry for each
/// sample, in their order, and null where nothing is known; a list is null as a whole where such a
/// thing is not known of the direction at all.
#[derive(Serialize, ToSchema)]
#[schema(as = QualityTimeline)]
// tidy: wire
pub(crate) struct TimelineView {
    /// When the first sample begins.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    begin: WallTime,
    /// Seconds of each sample: 1, and twice as many each time that a call grows too long for 120
    /// samples. Of several seconds the worst is told, and packets are added up.
    #[schema(example = 1)]
    seconds: u32,
    /// Packets that should have come; 0 where none came though they were awaited. Of what is sent:
    /// those that a report is about.
    expected: Vec<Option<u32>>,
    /// Packets that were lost.
    lost: Vec<Option<u32>>,
    /// The most packets lost in a row.
    longest_loss: Option<Vec<Option<u16>>>,
    /// Interarrival jitter, milliseconds.
    jitter_ms: Vec<Option<f64>>,
    /// Milliseconds from the exchange to the peer and back.
    round_trip_ms: Option<Vec<Option<u16>>>,
    /// Frames that were made up on the way into another codec.
    concealed: Option<Vec<Option<u32>>>,
    /// Mean opinion score by the E-model, times 100: 100 to 450.
    mos_x100: Vec<Option<u16>>,
    /// Level of the sound in -dBov: 0 is the loudest there can be, 127 is silence.
    level: Option<Vec<Option<u8>>>,
    /// Samples of sound that were clipped, among those that were listened to.
    clipped: Option<Vec<Option<u16>>>,
    /// Of what is sent, by the party's own account since it began to hear it: per cent of packets
    /// that came there and were thrown away, too late or too early.
    discarded_percent: Option<Vec<Option<f64>>>,
    /// Likewise: per cent of packets lost or thrown away within bursts.
    burst_loss_percent: Option<Vec<Option<f64>>>,
    /// Likewise: milliseconds of a burst in the mean.
    burst_ms: Option<Vec<Option<u16>>>,
    /// Likewise: its mean opinion score of listening, times 100.
    own_mos_x100: Option<Vec<Option<u16>>>,
}

/// What is known of each sample; nothing where that is the same for all.
fn listed<T>(
    timeline: &Timeline,
    of: impl Fn(&QualitySample) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let all = every(timeline, of);
    all.iter().any(Option::is_some).then_some(all)
}

fn every<T>(timeline: &Timeline, of: impl Fn(&QualitySample) -> Option<T>) -> Vec<Option<T>> {
    let samples = timeline.samples().iter();
    samples.map(|one| one.as_ref().and_then(&of)).collect()
}

/// Of so many 256ths, to a tenth.
fn percent(share: u8) -> f64 {
    (f64::from(share) * 1000.0 / 256.0).round() / 10.0
}

/// Whether it is measured here, or reported by the peer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Measured,
    Reported,
}

impl TimelineView {
    fn of(timeline: &Timeline, known: Known) -> TimelineView {
        let measured = known == Known::Measured;
        let heard = |one: &QualitySample| measured && one.expected > 0;
        TimelineView {
            begin: timeline.begins(),
            seconds: timeline.seconds(),
            expected: every(timeline, |one| Some(one.expected)),
            lost: every(timeline, |one| Some(one.lost)),
            longest_loss: listed(timeline, |one| measured.then_some(one.longest_loss)),
            jitter_ms: every(timeline, |one| {
                (one.expected > 0).then(|| f64::from(one.jitter) / 10.0)
            }),
            round_trip_ms: listed(timeline, |one| one.round_trip_ms),
            concealed: listed(timeline, |one| measured.then_some(one.concealed)),
            mos_x100: every(timeline, |one| one.mos_x100),
            level: listed(timeline, |one| one.level),
            clipped: listed(timeline, |one| {
                (heard(one) && one.level.is_some()).then_some(one.clipped)
            }),
            discarded_percent: listed(timeline, |one| Some(percent(one.listening?.discarded))),
            burst_loss_percent: listed(timeline, |one| Some(percent(one.listening?.burst_density))),
            burst_ms: listed(timeline, |one| Some(one.listening?.burst_ms)),
            own_mos_x100: listed(timeline, |one| {
                one.listening?.mos_x10.map(|score| u16::from(score) * 10)
            }),
        }
    }
}

/// How one leg sounded.
#[derive(Serialize, ToSchema)]
#[schema(as = LegQuality)]
pub(crate) struct LegQualityView {
    /// Its number in the call, from 0.
    leg: usize,
    /// Which way it was set up.
    direction: DirectionView,
    /// Who is at its other end.
    party: PartyView,
    /// From the party to the exchange, measured here; null where nothing came.
    received: Option<TimelineView>,
    /// From the exchange to the party, as it reports that by RTCP; null where it reports nothing. A
    /// sample tells of all that was sent since the report before. What was lost before it came to
    /// the exchange does not count here.
    sent: Option<TimelineView>,
    /// What its telephone has told of the call by reports of its own (RFC 6035): the latest of each
    /// kind, in the order in which they came.
    reported: Vec<PhoneReportView>,
}

/// How a call sounded.
#[derive(Serialize, ToSchema)]
#[schema(as = CallQuality)]
pub(crate) struct CallQualityView {
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// The record's id; null while the call is live.
    #[schema(value_type = Option<String>)]
    cdr: Option<CdrId>,
    /// Its legs, in the order in which they were started.
    legs: Vec<LegQualityView>,
}

impl CallQualityView {
    /// Of a live call, as far as it has come.
    pub(crate) fn so_far(call: CallId, legs: Vec<LegSound>) -> CallQualityView {
        CallQualityView {
            call,
            cdr: None,
            legs: shown(legs),
        }
    }

    /// Of a recorded one.
    pub(crate) fn of(cdr: &Cdr) -> CallQualityView {
        CallQualityView {
            call: cdr.call,
            cdr: Some(cdr.id),
            legs: shown(admin::quality::of(cdr)),
        }
    }
}

fn shown(legs: Vec<LegSound>) -> Vec<LegQualityView> {
    let one = |(leg, sound): (usize, LegSound)| LegQualityView {
        leg,
        direction: sound.direction.into(),
        party: sound.party.into(),
        received: sound
            .timelines
            .received
            .map(|line| TimelineView::of(&line, Known::Measured)),
        sent: sound
            .timelines
            .sent
            .map(|line| TimelineView::of(&line, Known::Reported)),
        reported: sound.reported.list().iter().map(Into::into).collect(),
    };
    legs.into_iter().enumerate().map(one).collect()
}
