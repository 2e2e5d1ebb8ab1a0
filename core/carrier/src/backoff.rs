//! Pauses between tries.

use machine::Random;
use std::time::Duration;

/// The pause after the first failure.
const FIRST: Duration = Duration::from_secs(5);
/// No pause is longer, unless the carrier asks for it.
const LONGEST: Duration = Duration::from_secs(300);

/// The pause after the `failures`-th failure in a row, from 1: doubled each time, spread over its
/// upper half, so that trunks that failed together do not come back together.
pub(crate) fn pause(failures: u32, random: &mut Random) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let whole = FIRST.saturating_mul(doubled).min(LONGEST);
    let half = whole / 2;
    let spread = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
    half + Duration::from_millis(random.between(0, spread))
}
