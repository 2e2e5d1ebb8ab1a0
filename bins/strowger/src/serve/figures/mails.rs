//! What is counted of mails about calls for help.

use std::sync::atomic::Ordering;

use telemetry::Exposition;

use super::rows;
use crate::serve::alarms::Tally;

/// The figures as text.
pub(crate) fn page(tally: &Tally) -> String {
    let mut page = Exposition::new();
    let counters = [
        (
            "emergency_mails_total",
            "Mails about calls for help that the mail server took.",
            tally.sent.load(Ordering::Relaxed),
        ),
        (
            "emergency_mails_lost_total",
            "Mails about calls for help that were given up.",
            tally.lost.load(Ordering::Relaxed),
        ),
    ];
    rows::counters(&mut page, &counters);
    page.finish()
}
