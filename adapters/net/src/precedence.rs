//! Which threads go first when processors are short.

use std::time::Duration;

use crate::sys;

/// The thread that asks, as the functions here name it.
pub const CALLING_THREAD: u32 = 0;

/// The id in the kernel of the thread that calls this.
#[must_use]
pub fn calling_thread() -> u32 {
    sys::own_thread()
}

/// The greatest niceness there is.
const NICEST: i32 = 19;

/// The shortest slice of a processor that kernels grant. Whoever asks for less is let in sooner
/// when it wakes, and lets others in sooner when it runs.
const SHORT: Duration = Duration::from_micros(100);

/// The slice that a thread asks for which answers somebody: shorter than a kernel's usual one of
/// 1.4 ms and more, longer than that of those who come first.
const BRIEF: Duration = Duration::from_micros(500);

/// Lets a thread of this process (its id in the kernel) go behind the others of this process by so
/// many steps of niceness, at most to 19. Each step takes about a fifth of its share of a processor
/// that is contended, and nothing of one that is not. Whether the kernel did so.
///
/// Steps count from the niceness with which the process was begun: an exchange that an operator
/// gave precedence over others keeps it as a whole.
pub fn give_way(thread: u32, steps: u8) -> bool {
    behind(steps).is_some_and(|niceness| sys::set_niceness(thread, niceness))
}

/// As [`give_way`], for a thread that does a little at a time for somebody who waits: it is let in
/// soon after it wakes. Before Linux 6.12 it only gives way.
pub fn answer_soon(thread: u32, steps: u8) -> bool {
    behind(steps).is_some_and(|niceness| sys::set_slice(thread, niceness, BRIEF))
}

/// As [`give_way`], for a thread that does much at a time for nobody in particular: when it wakes,
/// it waits until the processor is free or its share is due, and interrupts nobody. It asks for
/// the shortest slices, so that whoever answers somebody need not wait for the end of a long one.
pub fn work_in_batches(thread: u32, steps: u8) -> bool {
    behind(steps).is_some_and(|niceness| sys::set_batch(thread, niceness, SHORT))
}

/// The niceness that is so many steps behind the process's own.
fn behind(steps: u8) -> Option<i32> {
    Some((sys::own_niceness()? + i32::from(steps)).min(NICEST))
}

/// Lets a thread of this process take the processor as soon as it wakes, from those that have had
/// theirs for a while, as long as it stays within its share. Whether the kernel did so; before
/// Linux 6.12 it makes no difference.
pub fn come_first(thread: u32) -> bool {
    sys::own_niceness().is_some_and(|own| sys::set_slice(thread, own, SHORT))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_thread_gives_way_and_a_thread_that_is_not_there_does_not() {
        assert!(give_way(CALLING_THREAD, 0));
        assert!(!give_way(u32::MAX, 5));
        assert!(answer_soon(CALLING_THREAD, 5));
        assert!(!answer_soon(u32::MAX, 5));
        assert!(work_in_batches(CALLING_THREAD, 3));
        assert!(!work_in_batches(u32::MAX, 3));
        assert!(come_first(CALLING_THREAD));
        assert!(!come_first(u32::MAX));
    }

    #[test]
    fn steps_count_from_where_the_process_stands_however_often_they_are_taken() {
        let own = sys::own_niceness().expect("the kernel tells it");
        let ours = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
            fields.collect::<Vec<_>>()[16].parse::<i32>().unwrap()
        };
        for _ in 0..2 {
            assert!(give_way(CALLING_THREAD, 2));
            assert_eq!(ours(), (own + 2).min(NICEST));
        }
    }
}
