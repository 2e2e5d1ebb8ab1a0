//! Which threads go first when processors are short.

use crate::sys;

/// The thread that asks, as [`give_way`] names it.
pub const CALLING_THREAD: u32 = 0;

/// Lets a thread of this process (its id in the kernel) go behind others by so many steps of
/// niceness, at most 19. Each step takes about a fifth of its share of a processor that is
/// contended, and nothing of one that is not. Whether the kernel did so.
pub fn give_way(thread: u32, steps: u8) -> bool {
    sys::give_way(thread, steps.min(19))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_thread_gives_way_and_a_thread_that_is_not_there_does_not() {
        assert!(super::give_way(super::CALLING_THREAD, 0));
        assert!(!super::give_way(u32::MAX, 5));
    }
}
