//! Which threads the kernel prefers when processors are short.

use std::time::Duration;

/// What the kernel's own number of a thread's niceness counts down from: it tells 40 for -20 and
/// 1 for 19 (getpriority(2), under "C library/kernel differences").
const COUNTED_FROM: libc::c_long = 20;

/// Sets the niceness of a thread of this process; whether the kernel did so.
pub(crate) fn set_niceness(thread: u32, niceness: i32) -> bool {
    // SAFETY: the call takes three numbers and touches no memory of ours.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, thread, niceness) == 0 }
}

/// The niceness with which this process was begun, which its first thread has kept.
pub(crate) fn own_niceness() -> Option<i32> {
    let (which, who) = (libc::PRIO_PROCESS, std::process::id());
    // SAFETY: the call takes two numbers and touches no memory of ours.
    let told = unsafe { libc::syscall(libc::SYS_getpriority, which, who) };
    let niceness = COUNTED_FROM.checked_sub(told).filter(|_| told > 0)?;
    i32::try_from(niceness).ok()
}

/// Threads that a thread begins are like all others (`SCHED_FLAG_RESET_ON_FORK`).
const RESET_ON_FORK: u64 = 1;

/// What sched_setattr(2) takes, in its first form.
#[repr(C)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    niceness: i32,
    priority: u32,
    slice: u64,
    deadline: u64,
    period: u64,
}

/// Sets a thread's niceness, and the slice of the processor it asks for at a time; whether the
/// kernel did so. Kernels before 6.12 leave the slice as it is.
pub(crate) fn set_slice(thread: u32, niceness: i32, slice: Duration) -> bool {
    let slice = u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX);
    set(thread, (libc::SCHED_OTHER, 0), niceness, slice)
}

/// As [`set_slice`], and the thread does not take the processor from whoever has it when it wakes
/// (`SCHED_BATCH`, sched(7)).
pub(crate) fn set_batch(thread: u32, niceness: i32, slice: Duration) -> bool {
    let slice = u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX);
    set(thread, (libc::SCHED_BATCH, 0), niceness, slice)
}

/// Gives a thread a real-time priority (1 is the lowest), in turns with others of it; threads that
/// it begins do not inherit it. Whether the kernel did so (sched(7)).
pub(crate) fn set_real_time(thread: u32, priority: u32) -> bool {
    set(thread, (libc::SCHED_RR, priority), 0, 0)
}

/// The id of the calling thread in the kernel.
pub(crate) fn own_thread() -> u32 {
    // SAFETY: the call takes nothing and touches no memory of ours.
    u32::try_from(unsafe { libc::gettid() }).unwrap_or(0)
}

/// The processor time that the calling thread has used.
pub(crate) fn thread_time() -> Duration {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The processor time that a thread of this process has used; nothing for one that is gone.
pub(crate) fn thread_time_of(thread: u32) -> Duration {
    // the kernel's name of a thread's clock (clock_getres(2), under "Dynamic clocks"): its id
    // turned over, and three bits that say so
    let clock = i32::try_from(thread).map(|thread| (!thread << 3) | 6);
    clock.map(read).unwrap_or_default()
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the kernel writes one value of this type to the pointer, which is that of one.
    let told = unsafe { libc::clock_gettime(clock, &raw mut time) };
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    match (told, seconds, nanos) {
        (0, Ok(seconds), Ok(nanos)) => Duration::new(seconds, nanos),
        _ => Duration::ZERO,
    }
}

fn set(thread: u32, (policy, priority): (i32, u32), niceness: i32, slice: u64) -> bool {
    let attributes = Attributes {
        size: u32::try_from(size_of::<Attributes>()).unwrap_or(0),
        policy: u32::try_from(policy).unwrap_or(0),
        flags: RESET_ON_FORK,
        niceness,
        priority,
        slice,
        deadline: 0,
        period: 0,
    };
    // SAFETY: the kernel reads as many bytes from the pointer as its first field says, which are
    // those of the value.
    unsafe { libc::syscall(libc::SYS_sched_setattr, thread, &raw const attributes, 0) == 0 }
}
