//! The allocator of the whole binary, and how it is kept from pausing a thread.
//!
//! mimalloc looks through all memory of a thread now and then, in one go, while the thread waits
//! for a piece of it. After a flood of calls there is much to look through: signalling stood still
//! for a seventh of a second, every few seconds. What it would find is given back without that,
//! too, piece by piece as it is freed; so it looks a hundred times less often.

use libmimalloc_sys::{mi_option_set, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_generic_collect` of mimalloc 3: after how many requests for memory which its quick
/// lists cannot meet a thread's memory is looked through.
const GENERIC_COLLECT: mi_option_t = 34;

/// The most that mimalloc takes for it; its default is 10,000.
const RARELY: i32 = 1_000_000;

/// Sees to it that no thread stands still for long for the sake of its memory. To be called before
/// the first thread begins.
#[expect(unsafe_code, reason = "the allocator's own functions are C")]
pub(crate) fn never_pause() {
    // SAFETY: the call takes two numbers, stores one in a table at the other's place, and checks
    // that the place is within the table.
    unsafe { mi_option_set(GENERIC_COLLECT, RARELY.into()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "the allocator's own functions are C")]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: it takes a number within the table and reads what stands there.
        let told = || unsafe { libmimalloc_sys::mi_option_get(GENERIC_COLLECT) };
        assert_eq!(told(), 10_000, "its default, and that of no other option");
        never_pause();
        assert_eq!(told(), i64::from(RARELY));
    }
}
