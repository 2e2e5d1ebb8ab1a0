//! Threads that answer somebody come before all but signalling, as long as they leave the
//! processors to others.
//!
//! Who asks waits for a processor each time a thread wakes for them, and where processors are
//! shared by weights that is up to some milliseconds, however little the thread needs: the worst
//! of a hundred answers is ten times as late as the usual one. So the threads ask for a real-time
//! priority, below that of signalling. They have it while all of them together use little of the
//! machine: a flood of questions must not take the processors from media and the store. And when
//! they take nearly all of them at once, however shortly, they step back at the next look.

use std::time::Duration;

use machine::Instant;

use crate::figures::Figures;
use crate::precedence::answer_soon;
use crate::sys;
use crate::urgency::{Bounds, Standing, judged, share};

/// Most threads that are watched; others are left as they are.
pub const FAVOURED_MAX: usize = 16;

/// How often the threads are looked at: media can wait so long, and not much longer.
const LOOK: Duration = Duration::from_millis(10);

/// Of how many looks the mean is judged, since a question is answered in a burst.
const MEAN: u128 = 16;

/// What the threads may use together, in thousandths of each processor that there is.
const EACH: Bounds = Bounds {
    much: 300,
    little: 250,
};

/// Of one processor, what must be left of all in each look, in thousandths.
const LEFT: u128 = 500;

/// Processors without which nobody is favoured: with a single one, signalling and these threads
/// could leave too little to media.
const PROCESSORS_MIN: usize = 2;

/// The real-time priority of who is favoured.
const PRIORITY: u32 = 1;

/// The priority of the thread that watches them, above all that it may have to call back.
const WATCHER: u32 = 3;

/// Watches how much some threads of this process use together.
#[derive(Debug)]
pub struct Favour {
    threads: Vec<(u32, Duration)>,
    /// By how many steps of niceness they give way while they are not favoured.
    steps: u8,
    bounds: Bounds,
    /// What all processors give, in thousandths.
    all: u128,
    /// What was used of that, about the mean of the last looks.
    mean: u128,
    standing: Standing,
    since: Instant,
}

impl Favour {
    /// Begins on the thread that is going to [`Favour::look`], with nobody to watch yet.
    #[must_use]
    pub fn begin(steps: u8, now: Instant) -> Favour {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let may = processors >= PROCESSORS_MIN && sys::set_real_time(sys::own_thread(), WATCHER);
        let count = u128::try_from(processors).unwrap_or(1);
        Favour {
            threads: Vec::new(),
            steps,
            bounds: Bounds {
                much: EACH.much * count,
                little: EACH.little * count,
            },
            all: count * 1_000,
            mean: 0,
            standing: if may {
                Standing::First
            } else {
                Standing::Never
            },
            since: now,
        }
    }

    /// How long to wait until the next look; `None` where the kernel favours nobody.
    #[must_use]
    pub fn every(&self) -> Option<Duration> {
        (self.standing != Standing::Never).then_some(LOOK)
    }

    /// One more thread, by its id in the kernel.
    pub fn add(&mut self, thread: u32) {
        if self.threads.len() < FAVOURED_MAX {
            self.threads.push((thread, sys::thread_time_of(thread)));
            self.stand(thread);
        }
    }

    /// Judges what the threads have used since the last look.
    pub fn look(&mut self, now: Instant, figures: &Figures) {
        let passed = now.saturating_since(self.since);
        let mut used = Duration::ZERO;
        for (thread, before) in &mut self.threads {
            let all = sys::thread_time_of(*thread);
            used += all.saturating_sub(*before);
            *before = all;
        }
        self.since = now;
        let used = share(used, passed);
        self.mean = (self.mean * (MEAN - 1) + used) / MEAN;
        if used + LEFT > self.all {
            self.mean = self.mean.max(self.bounds.much + 1);
        }
        let Some(standing) = judged(self.standing, self.mean, self.bounds) else {
            return;
        };
        self.standing = standing;
        if standing == Standing::AmongOthers {
            figures.favour_lost.one();
        }
        for (thread, _) in &self.threads {
            self.stand(*thread);
        }
    }

    /// Lets a thread stand where all of them do. Where the kernel does not, it stays as it was.
    fn stand(&self, thread: u32) {
        let _as_before = match self.standing {
            Standing::First => sys::set_real_time(thread, PRIORITY),
            Standing::AmongOthers | Standing::Never => answer_soon(thread, self.steps),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    #[test]
    fn threads_that_compute_without_end_lose_their_favour_and_get_it_back() {
        let figures = Figures::default();
        let begun = std::time::Instant::now();
        let now = || Instant::from_nanos(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(0));
        let mut favour = Favour::begin(5, now());
        if favour.every().is_none() {
            return;
        }
        // as on a machine where the one thread that computes is too much
        favour.bounds = EACH;
        let (told, tells) = mpsc::sync_channel(1);
        let computes = Arc::new(AtomicBool::new(true));
        let computing = Arc::clone(&computes);
        let thread = std::thread::spawn(move || {
            let _known = told.send(sys::own_thread());
            while computing.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            // lives on without computing
            std::thread::park();
        });
        favour.add(tells.recv().unwrap_or(0));
        let (_waits, wait) = mpsc::sync_channel::<()>(1);
        let until = |favour: &mut Favour, standing| {
            while favour.standing != standing && begun.elapsed() < Duration::from_secs(20) {
                let _nobody = wait.recv_timeout(LOOK);
                favour.look(now(), &figures);
            }
            assert_eq!(favour.standing, standing);
        };
        until(&mut favour, Standing::AmongOthers);
        assert_eq!(figures.favour_lost.get(), 1);
        computes.store(false, Ordering::Relaxed);
        until(&mut favour, Standing::First);
        thread.thread().unpark();
        assert!(thread.join().is_ok());
    }
}
