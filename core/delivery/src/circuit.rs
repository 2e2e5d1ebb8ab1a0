//! The circuit of an endpoint: after failures in a row it is left alone, then probed by one try.

use machine::{Instant, Random};

use crate::backoff;
use crate::limits::Limits;

/// Whether an endpoint may be tried.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circuit {
    /// Failures since the last success.
    failures: u32,
    /// While it is open: when it may be probed.
    rests_until: Option<Instant>,
}

impl Circuit {
    /// Attempts that may be under way at once; 0 while the endpoint is left alone.
    pub(crate) fn room(&self, limits: &Limits, now: Instant) -> usize {
        match self.rests_until {
            Some(until) if until > now => 0,
            // one probe tells whether it is back
            Some(_) => 1,
            None => limits.attempts_per_endpoint,
        }
    }

    /// When it may be probed, while it is left alone.
    pub(crate) fn rests_until(&self) -> Option<Instant> {
        self.rests_until
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Circuit::default();
    }

    pub(crate) fn failed(&mut self, limits: &Limits, now: Instant, random: &mut Random) {
        // attempts that began before it was left alone say nothing new
        if self.rests_until.is_some_and(|until| until > now) {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if let Some(beyond) = self.failures.checked_sub(limits.failures_in_a_row) {
            let (first, longest) = (limits.first_rest, limits.longest_rest);
            let rest = backoff::pause(beyond.saturating_add(1), first, longest, random);
            self.rests_until = Some(now + rest);
        }
    }
}
