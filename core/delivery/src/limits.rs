//! Bounds of delivery.

use std::time::Duration;

/// What delivery may take, in numbers and in time.
// tidy: config
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attempts under way at once, of all tenants. Default 64.
    pub attempts_at_once: usize,
    /// Attempts under way at once, of one tenant. Default 16.
    pub attempts_per_tenant: usize,
    /// Attempts under way at once, to one endpoint. Default 4.
    pub attempts_per_endpoint: usize,
    /// Jobs held in memory, of all tenants. Default 65,536.
    pub jobs: usize,
    /// Jobs held in memory, of one tenant. Default 1,024.
    pub jobs_per_tenant: usize,
    /// Tries of one job, after which it is a dead letter. Default 20.
    pub tries: u16,
    /// Age of a job, after which it is a dead letter. Default 72 hours.
    pub age: Duration,
    /// Pause after the first failed try; each further one doubles it. Default 5 s.
    pub first_pause: Duration,
    /// Longest pause between two tries. Default 6 hours.
    pub longest_pause: Duration,
    /// Failures in a row, after which an endpoint is left alone. Default 5.
    pub failures_in_a_row: u32,
    /// How long it is left alone at first; each failed probe doubles it. Default 30 s.
    pub first_rest: Duration,
    /// How long it is left alone at most. Default 15 minutes.
    pub longest_rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            attempts_at_once: 64,
            attempts_per_tenant: 16,
            attempts_per_endpoint: 4,
            jobs: 65_536,
            jobs_per_tenant: 1_024,
            tries: 20,
            age: Duration::from_secs(72 * 3600),
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(6 * 3600),
            failures_in_a_row: 5,
            first_rest: Duration::from_secs(30),
            longest_rest: Duration::from_secs(15 * 60),
        }
    }
}
