//! Signalling goes before everything else on a processor, as long as it leaves some to others.
//!
//! A thread that the kernel shares a processor with by weights waits up to a clock tick (4 ms) for
//! those who are at it. A call waits for signalling several times until it is set up, so the loop
//! asks for a real-time priority (`SCHED_RR`), and has the processor when something
//! arrives. Whoever floods it must not take the processor from the store and the API: a loop that
//! used too much of its processor in a [`LOOK`] is a thread like others until it uses less.

use std::time::Duration;

use machine::Instant;

use crate::figures::Figures;
use crate::precedence::{CALLING_THREAD, come_first};
use crate::sys;

/// How long the use of the processor is watched before it is judged.
const LOOK: Duration = Duration::from_millis(50);

/// What a loop may use of its processor: three quarters of it, in thousandths.
const BOUNDS: Bounds = Bounds {
    much: 750,
    little: 600,
};

/// The real-time priority of loops; whoever else has one comes behind them.
const PRIORITY: u32 = 2;

/// Use of a processor, in thousandths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Above this, who comes first steps back.
    pub(crate) much: u128,
    /// Below this, who stepped back comes first again.
    pub(crate) little: u128,
}

/// Where a thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    First,
    AmongOthers,
    /// The kernel lets nobody come first here (it takes `CAP_SYS_NICE` or `RLIMIT_RTPRIO`).
    Never,
}

/// Watches how much of its processor the calling thread uses.
#[derive(Debug)]
pub(crate) struct Urgency {
    standing: Standing,
    since: Instant,
    used: Duration,
}

impl Urgency {
    /// The calling thread comes first, if the kernel lets it.
    pub(crate) fn begin(now: Instant) -> Urgency {
        let mut urgency = Urgency {
            standing: Standing::AmongOthers,
            since: now,
            used: sys::thread_time(),
        };
        urgency.come_first();
        urgency
    }

    /// Judges the calling thread's use of the processor, when it is time to.
    pub(crate) fn look(&mut self, now: Instant, figures: &Figures) {
        let passed = now.saturating_since(self.since);
        if passed < LOOK || self.standing == Standing::Never {
            return;
        }
        let used = sys::thread_time();
        let thousandths = share(used.saturating_sub(self.used), passed);
        (self.since, self.used) = (now, used);
        match judged(self.standing, thousandths, BOUNDS) {
            Some(Standing::First) => self.come_first(),
            Some(Standing::AmongOthers | Standing::Never) => {
                self.step_back();
                figures.stepped_back.one();
            }
            None => {}
        }
    }

    fn come_first(&mut self) {
        if sys::set_real_time(CALLING_THREAD, PRIORITY) {
            self.standing = Standing::First;
        } else {
            self.step_back();
            self.standing = Standing::Never;
        }
    }

    fn step_back(&mut self) {
        // where even that is not let, it is a thread like all others
        let _as_others = come_first(CALLING_THREAD);
        self.standing = Standing::AmongOthers;
    }
}

/// What part of the time was used, in thousandths.
pub(crate) fn share(used: Duration, passed: Duration) -> u128 {
    used.as_nanos() * 1_000 / passed.as_nanos().max(1)
}

/// Where the thread is to stand from now on, if that is another place.
pub(crate) fn judged(standing: Standing, thousandths: u128, bounds: Bounds) -> Option<Standing> {
    match standing {
        Standing::First if thousandths > bounds.much => Some(Standing::AmongOthers),
        Standing::AmongOthers if thousandths < bounds.little => Some(Standing::First),
        Standing::First | Standing::AmongOthers | Standing::Never => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_uses_nearly_all_steps_back_until_it_uses_less() {
        let used = |millis| share(Duration::from_millis(millis), LOOK);
        let judged = |standing, used| judged(standing, used, BOUNDS);
        assert_eq!(judged(Standing::First, used(30)), None);
        assert_eq!(
            judged(Standing::First, used(40)),
            Some(Standing::AmongOthers)
        );
        assert_eq!(judged(Standing::AmongOthers, used(35)), None);
        assert_eq!(
            judged(Standing::AmongOthers, used(20)),
            Some(Standing::First)
        );
        assert_eq!(judged(Standing::Never, used(0)), None);
    }

    #[test]
    fn a_thread_that_computes_without_end_does_not_stay_first() {
        let figures = Figures::default();
        let begun = std::time::Instant::now();
        let now = || Instant::from_nanos(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(0));
        let mut urgency = Urgency::begin(now());
        if urgency.standing == Standing::Never {
            return;
        }
        // whatever else runs here, a thread that comes first has what it asks for
        while figures.stepped_back.get() == 0 && begun.elapsed() < Duration::from_secs(20) {
            urgency.look(now(), &figures);
        }
        assert_eq!(urgency.standing, Standing::AmongOthers);
    }
}
