//! Figures of recordings: of those that the shard has ordered, and of what the recorder made.

use std::sync::atomic::{AtomicU64, Ordering};

use node::RecordingFigures;
use telemetry::{Exposition, Sort};

use super::rows;
use crate::serve::recorder::Tally;

/// What the shard has ordered.
pub(super) fn ordered(page: &mut Exposition, figures: &RecordingFigures) {
    let rows = [
        (
            "recordings_total",
            "Recordings of calls begun or gone on with.",
            figures.begun,
        ),
        (
            "recordings_crowded_total",
            "Calls not recorded, as many being recorded as may be.",
            figures.crowded,
        ),
        (
            "recordings_sent_total",
            "Calls that a recording server took.",
            figures.sent,
        ),
        (
            "recordings_unsent_total",
            "Calls that no recording server took, or not to their end.",
            figures.unsent,
        ),
        (
            "recordings_kept_total",
            "Calls of recording clients that were kept.",
            figures.kept,
        ),
    ];
    rows::counters(page, &rows);
    let help = "Recordings that run.";
    page.single(Sort::Gauge, "recordings", help, figures.present);
}

/// What the recorder made.
pub(super) fn made(page: &mut Exposition, tally: &Tally) {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let rows = [
        (
            "recordings_finished_total",
            "Recordings that are whole.",
            read(&tally.finished),
        ),
        (
            "recordings_octets_total",
            "Octets of them.",
            read(&tally.octets),
        ),
        (
            "recordings_failed_total",
            "Recordings that could not be begun or broke off.",
            read(&tally.failed),
        ),
        (
            "recordings_lost_total",
            "Words about recordings that found no room.",
            read(&tally.lost),
        ),
        (
            "recordings_refused_total",
            "Times that the store did not take what is known of recordings.",
            read(&tally.refusals),
        ),
        (
            "recordings_files_total",
            "Files of recordings begun or gone on with.",
            read(&tally.begun),
        ),
    ];
    rows::counters(page, &rows);
}
