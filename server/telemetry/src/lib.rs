//! What an exchange tells about itself: log lines, and figures in the text form of Prometheus.
//!
//! Nothing here knows what is normal. An ERROR needs a human, a WARN is worth a look when it
//! repeats; what a phone can cause by itself is counted, never logged.

mod exposition;
mod latency;
mod log;

pub use exposition::{Exposition, Sort};
pub use latency::Latency;
pub use log::{BadFilter, start_log};
