//! What is counted of deliveries to webhooks.

use hooks::FiguresNow;
use telemetry::{Exposition, Sort};

use super::rows;

/// The figures as text.
pub(crate) fn page(now: FiguresNow) -> String {
    let mut page = Exposition::new();
    let counters = [
        (
            "webhook_delivered_total",
            "Deliveries taken by their receivers.",
            now.delivered,
        ),
        (
            "webhook_failed_total",
            "Tries of a delivery that failed.",
            now.failed,
        ),
        (
            "webhook_dead_total",
            "Deliveries that became dead letters.",
            now.dead,
        ),
        (
            "webhook_lost_total",
            "Events that the log no longer had for a webhook.",
            now.lost,
        ),
    ];
    rows::counters(&mut page, &counters);
    let help = "Deliveries held in memory.";
    page.single(Sort::Gauge, "webhook_deliveries_held", help, now.held);
    page.finish()
}
