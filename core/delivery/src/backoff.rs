//! Pauses between tries.

use std::time::Duration;

use machine::Random;

/// The pause after the `failures`-th failure in a row, counted from 1: doubled each time up to
/// `longest`, then spread over its upper half, so that those who failed together do not come
/// back together.
pub(crate) fn pause(
    failures: u32,
    first: Duration,
    longest: Duration,
    random: &mut Random,
) -> Duration {
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
    let whole = first.saturating_mul(doubled).min(longest);
    let half = whole / 2;
    let nanos = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
    half + Duration::from_nanos(random.between(0, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_never_shorter_than_half() {
        let (first, longest) = (Duration::from_secs(5), Duration::from_secs(3600));
        let mut random = Random::from_seed(1);
        for (failures, seconds) in [
            (1, 5),
            (2, 10),
            (3, 20),
            (10, 2_560),
            (11, 3600),
            (99, 3600),
        ] {
            let whole = Duration::from_secs(seconds);
            for _ in 0..100 {
                let pause = pause(failures, first, longest, &mut random);
                assert!(
                    pause >= whole / 2 && pause <= whole,
                    "{failures}: {pause:?}"
                );
            }
        }
    }

    #[test]
    fn equal_failures_at_two_places_do_not_come_back_together() {
        let (first, longest) = (Duration::from_secs(5), Duration::from_secs(3600));
        let mut random = Random::from_seed(1);
        let mut pauses: Vec<Duration> = (0..100)
            .map(|_| pause(4, first, longest, &mut random))
            .collect();
        pauses.sort_unstable();
        pauses.dedup();
        assert_eq!(pauses.len(), 100);
    }
}
