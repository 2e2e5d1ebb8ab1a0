//! The view of what a telephone has told of how a leg sounded.

use domain::{PhoneReport, PhoneReportKind};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a telephone made a report.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PhoneReportKind)]
pub(crate) enum PhoneReportKindView {
    /// The call has ended, or its sound was agreed on anew.
    Session,
    /// A while of the call is over.
    Interval,
    /// Something has passed a threshold of the telephone's.
    Alert,
}

/// What a telephone has told of how it heard a leg; null where it does not say.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneReport)]
// tidy: wire
pub(crate) struct PhoneReportView {
    /// Why it was made.
    kind: PhoneReportKindView,
    /// When it came.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// Per cent of packets that the network lost.
    loss_percent: Option<f64>,
    /// Per cent of packets that it threw away, too late or too early.
    discarded_percent: Option<f64>,
    /// Per cent of packets lost or thrown away within bursts.
    burst_loss_percent: Option<f64>,
    /// Mean length of a burst, milliseconds.
    burst_ms: Option<u32>,
    /// Milliseconds to the other end of its sound and back.
    round_trip_ms: Option<u16>,
    /// Milliseconds within the telephone.
    end_system_ms: Option<u16>,
    /// Interarrival jitter, milliseconds.
    jitter_ms: Option<u16>,
    /// Its mean opinion score of listening, times 100: 100 to 500.
    listening_mos_x100: Option<u16>,
    /// The same of a conversation, with its delay.
    conversation_mos_x100: Option<u16>,
}

impl From<&PhoneReport> for PhoneReportView {
    fn from(report: &PhoneReport) -> Self {
        let percent = |permille: Option<u16>| permille.map(|share| f64::from(share) / 10.0);
        PhoneReportView {
            kind: match report.kind {
                PhoneReportKind::Session => PhoneReportKindView::Session,
                PhoneReportKind::Interval => PhoneReportKindView::Interval,
                PhoneReportKind::Alert => PhoneReportKindView::Alert,
            },
            at: report.at,
            loss_percent: percent(report.loss_permille),
            discarded_percent: percent(report.discard_permille),
            burst_loss_percent: percent(report.burst_permille),
            burst_ms: report.burst_ms,
            round_trip_ms: report.round_trip_ms,
            end_system_ms: report.end_system_ms,
            jitter_ms: report.jitter_ms,
            listening_mos_x100: report.listening_mos_x100,
            conversation_mos_x100: report.conversation_mos_x100,
        }
    }
}
