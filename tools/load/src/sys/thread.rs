//! Which core this thread runs on, and how much of it.

use std::time::Duration;

/// A core to run on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Core(pub(crate) usize);

impl Core {
    /// Moves the calling thread to this core; whether the kernel did it.
    pub(crate) fn pin(self) -> bool {
        // SAFETY: a set of cores is plain integers, for which all zeroes is the empty set.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: the index is checked against the size of the set inside the macro's function.
        unsafe { libc::CPU_SET(self.0, &mut set) };
        // SAFETY: the set lives through the call; 0 means the calling thread.
        let done =
            unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
        done == 0
    }
}

/// What the calling thread has used of its core so far.
pub(crate) fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the structure is writable and lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The unit of the times in `/proc/PID/stat`.
pub(crate) fn ticks_per_second() -> u32 {
    // SAFETY: takes a number and gives a number.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    u32::try_from(ticks)
        .ok()
        .filter(|ticks| *ticks > 0)
        .unwrap_or(100)
}
