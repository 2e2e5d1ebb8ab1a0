//! Figures of faxes: of those that the shard has begun, and of what the machines made of them.

use std::sync::atomic::{AtomicU64, Ordering};

use node::FaxFigures;
use telemetry::{Exposition, Sort};

use super::rows;
use crate::serve::faxes::Tally;

/// What the shard has begun.
pub(super) fn begun(page: &mut Exposition, figures: &FaxFigures) {
    let rows = [
        (
            "faxes_total",
            "Calls with a machine, whether it was called or has called.",
            figures.begun,
        ),
        (
            "faxes_called_total",
            "Calls made for faxes that are sent.",
            figures.called,
        ),
        (
            "faxes_crowded_total",
            "Calls turned away, as many faxes being on their way as may be.",
            figures.crowded,
        ),
    ];
    rows::counters(page, &rows);
    page.single(Sort::Gauge, "faxes", "Faxes on their way.", figures.present);
    let help = "Calls for faxes that are sent, which nobody has answered yet.";
    page.single(Sort::Gauge, "faxes_calling", help, figures.calling);
}

/// What the machines made of them.
pub(super) fn made(page: &mut Exposition, tally: &Tally) {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let rows = [
        (
            "faxes_received_total",
            "Faxes that have come.",
            read(&tally.received),
        ),
        (
            "faxes_failed_total",
            "Faxes of which not all has come.",
            read(&tally.failed),
        ),
        (
            "faxes_attempts_total",
            "Attempts to send a fax.",
            read(&tally.attempts),
        ),
        ("faxes_sent_total", "Faxes sent.", read(&tally.sent)),
        (
            "faxes_unsent_total",
            "Faxes that were to be sent, and are tried no more.",
            read(&tally.unsent),
        ),
        ("faxes_pages_total", "Pages kept.", read(&tally.pages)),
        (
            "faxes_underruns_total",
            "Frames of 20 ms that were silent since a machine was late.",
            read(&tally.underruns),
        ),
        (
            "faxes_lost_total",
            "Faxes and words about them that found no room.",
            read(&tally.lost),
        ),
        (
            "faxes_refused_total",
            "Times that the store did not take a fax.",
            read(&tally.refusals),
        ),
    ];
    rows::counters(page, &rows);
}
