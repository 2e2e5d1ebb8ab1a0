//! What the API counts of its requests.

use std::sync::atomic::{AtomicU64, Ordering};

use api::Seen;
use telemetry::{Exposition, Latency, Sort};

/// Requests to the API, by the class of their answer.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    took: Latency,
    classes: [AtomicU64; CLASSES.len()],
}

/// Classes of answers.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

impl Requests {
    /// Counts an answer.
    pub(crate) fn see(&self, seen: Seen) {
        self.took.add(seen.took);
        let class = usize::from(seen.status / 100).saturating_sub(2);
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes them down.
    pub(crate) fn write(&self, page: &mut Exposition) {
        let help = "Time of an API request.";
        page.latency("api_request_seconds", help, &self.took);
        let lines = CLASSES.iter().zip(&self.classes).map(|(class, count)| {
            let labels = vec![("status", (*class).to_owned())];
            (labels, count.load(Ordering::Relaxed))
        });
        let help = "API requests by the class of their answer.";
        page.family(Sort::Counter, "api_requests_total", help, lines);
    }
}
