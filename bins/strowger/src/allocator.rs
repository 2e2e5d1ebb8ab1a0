//! The allocator of the whole binary, and how it is kept from stopping a thread.
//!
//! What other threads free of a thread's memory waits in lists until the owner looks through them.
//! mimalloc does that for all of them in one go, after so many requests for memory: in quiet times
//! seldom, and long after a flood of calls was over, signalling stood still for a seventh of a
//! second. So the owner looks often ([`gather`]), when there is little to find.
//!
//! A thread that rests keeps what it freed last, for it gives memory back when it next asks for
//! some. A start reads every document on threads that rest then, so during it memory goes back at
//! once ([`Returning`]), and who begins to rest gives back what it has left ([`give_back`]).

use std::ffi::{c_int, c_long};
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

/// Gives back to the system whatever the calling thread does not need.
#[expect(unsafe_code, reason = "the allocator's own functions are C")]
pub(crate) fn give_back() {
    // SAFETY: the call takes one flag, and touches the allocator's memory alone.
    unsafe { libmimalloc_sys::mi_collect(true) };
}

/// For how many milliseconds freed memory is kept for the next request: `mi_option_purge_delay` of
/// `mimalloc.h`, which the bindings do not name.
const PURGE_DELAY: c_int = 15;

/// While it is held, memory that is freed goes back to the system at once.
pub(crate) struct Returning(c_long);

impl Returning {
    /// From now on.
    #[expect(unsafe_code, reason = "the allocator's own functions are C")]
    pub(crate) fn at_once() -> Returning {
        // SAFETY: the calls read and set one number of the allocator's.
        unsafe {
            let usual = libmimalloc_sys::mi_option_get(PURGE_DELAY);
            libmimalloc_sys::mi_option_set(PURGE_DELAY, 0);
            Returning(usual)
        }
    }
}

impl Drop for Returning {
    #[expect(unsafe_code, reason = "the allocator's own functions are C")]
    fn drop(&mut self) {
        // SAFETY: the call sets one number of the allocator's.
        unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, self.0) };
    }
}
