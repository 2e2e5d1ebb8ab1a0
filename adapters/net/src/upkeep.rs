//! What the loop's thread does for itself now and then, whatever happens on the network.

use std::time::Duration;

use machine::Instant;

/// Work done at regular times.
#[derive(Debug)]
pub(crate) struct Upkeep {
    every: Duration,
    work: fn(),
    next: Instant,
}

impl Upkeep {
    /// The first time it is due is at once.
    pub(crate) fn new(every: Duration, work: fn()) -> Upkeep {
        Upkeep {
            every,
            work,
            next: Instant::from_nanos(0),
        }
    }

    /// When it is due.
    pub(crate) fn deadline(&self) -> Instant {
        self.next
    }

    /// Does it if it is due. Times that were missed are not made up for.
    pub(crate) fn look(&mut self, now: Instant) {
        if now >= self.next {
            (self.work)();
            self.next = now + self.every;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    static DONE: AtomicU32 = AtomicU32::new(0);

    #[test]
    fn work_is_done_once_when_it_is_due_however_late() {
        let at = |millis: u64| Instant::from_nanos(millis * 1_000_000);
        let every = Duration::from_millis(100);
        let mut upkeep = Upkeep::new(every, || {
            DONE.fetch_add(1, Ordering::Relaxed);
        });
        for (millis, times) in [(5, 1), (6, 1), (104, 1), (105, 2), (950, 3), (1_000, 3)] {
            upkeep.look(at(millis));
            assert_eq!(DONE.load(Ordering::Relaxed), times, "after {millis} ms");
        }
        assert_eq!(upkeep.deadline(), at(1_050));
    }
}
