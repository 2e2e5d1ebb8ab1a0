//! The allocator of the whole binary, and how it is kept from stopping a thread.
//!
//! What other threads free of a thread's memory waits in lists until the owner looks through them.
//! mimalloc does that for all of them in one go, after so many requests for memory: in quiet times
//! seldom, and long after a flood of calls was over, signalling stood still for a seventh of a
//! second. So the owner looks often ([`gather`]), when there is little to find.

use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often signalling gathers.
pub(crate) const GATHER: Duration = Duration::from_millis(100);

/// Takes back what other threads have freed of the calling thread's memory.
#[expect(unsafe_code, reason = "the allocator's own functions are C")]
pub(crate) fn gather() {
    // SAFETY: the call takes one flag, and touches the allocator's memory alone.
    unsafe { libmimalloc_sys::mi_collect(false) };
}
