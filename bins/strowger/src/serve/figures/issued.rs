//! What is counted of certificates that come by themselves.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use telemetry::{Exposition, Sort};

use super::rows;
use crate::serve::issuance::Tally;

/// The figures as text.
pub(crate) fn page(tally: &Tally) -> String {
    let mut page = Exposition::new();
    let counters = [
        (
            "certificates_given_total",
            "Certificates that came by themselves.",
            tally.given.load(Ordering::Relaxed),
        ),
        (
            "certificates_refused_total",
            "Attempts to have a certificate that failed.",
            tally.refused.load(Ordering::Relaxed),
        ),
    ];
    rows::counters(&mut page, &counters);
    let left = tally.left.lock().unwrap_or_else(PoisonError::into_inner);
    let lines: Vec<_> = left
        .iter()
        .map(|(name, seconds)| (vec![("name", name.clone())], *seconds))
        .collect();
    let help = "Seconds until a certificate that came by itself ends.";
    page.family(Sort::Gauge, "certificate_seconds_left", help, lines);
    page.finish()
}
