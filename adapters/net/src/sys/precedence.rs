//! Niceness of threads.

/// Sets the niceness of a thread of this process; whether the kernel did so.
pub(crate) fn give_way(thread: u32, steps: u8) -> bool {
    // SAFETY: the call takes numbers only. On Linux the id of a thread names that thread alone.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, thread, steps.into()) == 0 }
}
