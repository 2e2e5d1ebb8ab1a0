//! How long events are kept.

use std::time::Duration;

use machine::WallTime;
use ports::EVENT_DAYS;

/// Entries that one new event makes the log forget at most. An exchange that was off for long
/// forgets in small pieces, and no change waits for it.
pub(crate) const FORGOTTEN_AT_ONCE: u64 = 16;

/// Events before this time are forgotten.
pub(crate) fn horizon(now: WallTime) -> WallTime {
    now.saturating_sub(Duration::from_secs(u64::from(EVENT_DAYS) * 24 * 3600))
}

/// Whether an event of this time is forgotten now.
pub(crate) fn is_too_old(at: WallTime, now: WallTime) -> bool {
    at < horizon(now)
}
