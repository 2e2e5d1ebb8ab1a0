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
    let attributes = Attributes {
        size: u32::try_from(size_of::<Attributes>()).unwrap_or(0),
        policy: 0, // SCHED_OTHER
        flags: 0,
        niceness,
        priority: 0,
        slice: u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX),
        deadline: 0,
        period: 0,
    };
    // SAFETY: the kernel reads as many bytes from the pointer as its first field says, which are
    // those of the value.
    unsafe { libc::syscall(libc::SYS_sched_setattr, thread, &raw const attributes, 0) == 0 }
}
