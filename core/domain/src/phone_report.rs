//! What a telephone has told of how a leg of a call sounded, by a report of its own (RFC 6035).

use ids::{CdrId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};

/// Why a telephone made a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneReportKind {
    /// The call has ended, or its sound was agreed on anew.
    Session,
    /// A while of the call is over.
    Interval,
    /// Something has passed a threshold of the telephone's.
    Alert,
}

/// How a telephone says that it heard a leg; `None` where it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
// tidy: wire
pub struct PhoneReport {
    /// Why it was made.
    pub kind: PhoneReportKind,
    /// When it came.
    pub at: WallTime,
    /// Packets that the network lost, in thousandths.
    pub loss_permille: Option<u16>,
    /// Packets that it threw away, too late or too early, in thousandths.
    pub discard_permille: Option<u16>,
    /// Packets lost or thrown away within bursts, in thousandths.
    pub burst_permille: Option<u16>,
    /// Mean length of a burst, milliseconds.
    pub burst_ms: Option<u32>,
    /// Milliseconds to the other end of its sound and back.
    pub round_trip_ms: Option<u16>,
    /// Milliseconds within the telephone.
    pub end_system_ms: Option<u16>,
    /// Interarrival jitter, milliseconds.
    pub jitter_ms: Option<u16>,
    /// Its mean opinion score of listening, times 100: 100 to 500.
    pub listening_mos_x100: Option<u16>,
    /// The same of a conversation, with its delay.
    pub conversation_mos_x100: Option<u16>,
}

/// The reports on one leg: the latest of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneReports(Vec<PhoneReport>);

impl PhoneReports {
    /// Takes in a report, in the place of the one before of its kind.
    pub fn note(&mut self, report: PhoneReport) {
        self.0.retain(|known| known.kind != report.kind);
        self.0.push(report);
    }

    /// In the order in which they came.
    #[must_use]
    pub fn list(&self) -> &[PhoneReport] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A report on a leg of a call whose record was written before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateReport {
    /// Whose call.
    pub tenant: TenantId,
    /// Its record.
    pub cdr: CdrId,
    /// The leg's number.
    pub leg: u8,
    /// What is told.
    pub report: PhoneReport,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: PhoneReportKind, loss: u16) -> PhoneReport {
        PhoneReport {
            kind,
            at: WallTime::from_unix_ms(0),
            loss_permille: Some(loss),
            discard_permille: None,
            burst_permille: None,
            burst_ms: None,
            round_trip_ms: None,
            end_system_ms: None,
            jitter_ms: None,
            listening_mos_x100: None,
            conversation_mos_x100: None,
        }
    }

    #[test]
    fn of_each_kind_the_latest_is_kept() {
        let mut reports = PhoneReports::default();
        for loss in 0..100 {
            reports.note(report(PhoneReportKind::Interval, loss));
        }
        reports.note(report(PhoneReportKind::Session, 7));
        let kept = [
            report(PhoneReportKind::Interval, 99),
            report(PhoneReportKind::Session, 7),
        ];
        assert_eq!(reports.list(), kept);
    }
}
