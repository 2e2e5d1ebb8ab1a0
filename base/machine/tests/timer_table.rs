//! The timer table against a sorted map: order, cancelling, arming between pops, far deadlines.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use machine::{Instant, Random, TimerHandle, TimerTable};
use proptest::prelude::*;

/// A table and, beside it, the map that says what it must do.
#[derive(Default)]
struct Pair {
    table: TimerTable<u64>,
    sorted: BTreeMap<(Instant, u64), TimerHandle>,
    armed: Vec<(Instant, u64, TimerHandle)>,
    cancelled: bool,
    order: u64,
}

impl Pair {
    fn arm(&mut self, at: Instant) {
        self.order += 1;
        let handle = self.table.arm(at, self.order);
        assert_eq!(self.table.get(handle), Some((at, self.order)));
        self.sorted.insert((at, self.order), handle);
        self.armed.push((at, self.order, handle));
        self.compare();
    }

    /// Cancels any timer that was ever armed, the popped ones included.
    fn cancel(&mut self, which: usize) {
        if self.armed.is_empty() {
            return;
        }
        let (at, key, handle) = self.armed[which % self.armed.len()];
        let armed = self.sorted.remove(&(at, key)).is_some();
        assert_eq!(self.table.get(handle).is_some(), armed);
        assert_eq!(self.table.cancel(handle), armed);
        assert!(!self.table.cancel(handle));
        assert_eq!(self.table.get(handle), None);
        self.cancelled = true;
        self.compare();
    }

    /// Pops one timer; tells whether there was one.
    fn pop(&mut self, now: Instant) -> bool {
        let expected = self.sorted.first_key_value().map(|(&first, _)| first);
        let expected = expected.filter(|&(at, _)| at <= now);
        assert_eq!(self.table.pop_due(now), expected);
        if let Some(first) = expected {
            self.sorted.remove(&first);
        } else if let Some(next) = self.table.next() {
            assert!(
                next > now,
                "{next} at {now}: a wake that would not be the last"
            );
        }
        self.compare();
        expected.is_some()
    }

    fn compare(&self) {
        assert_eq!(self.table.len(), self.sorted.len());
        assert_eq!(self.table.is_empty(), self.sorted.is_empty());
        let first = self.sorted.first_key_value().map(|(&(at, _), _)| at);
        if self.cancelled {
            assert_eq!(self.table.next().is_some(), first.is_some());
            assert!(self.table.next() <= first);
        } else {
            assert_eq!(self.table.next(), first);
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Arm(u64),
    Cancel(usize),
    Pop,
    Advance(u64),
    /// Asks with an instant so much earlier than the latest one.
    Back(u64),
    /// Arms so many timers a little before one another, the latest first.
    Crowd(u64, u64),
    /// Pops all that is due and arms another timer after each, so long from the popped instant.
    Rearm(u64),
}

/// Spans from nanoseconds to centuries, all magnitudes alike, with a liking for round ones.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => (0u32..64, any::<u64>()).prop_map(|(shift, bits)| bits >> shift),
        2 => (0u64..5_000).prop_map(|millis| millis * 1_000_000),
        2 => (0u32..8, 0u64..3, -1i64..2).prop_map(|(level, times, off)| {
            (64u64.pow(level) * times).saturating_mul(1_000_000).saturating_add_signed(off)
        }),
        1 => 0u64..3_000_000,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => span().prop_map(Step::Arm),
        3 => any::<usize>().prop_map(Step::Cancel),
        2 => Just(Step::Pop),
        2 => span().prop_map(Step::Advance),
        1 => (0u64..200_000_000).prop_map(Step::Advance),
        1 => span().prop_map(Step::Back),
        1 => (0u64..40, span()).prop_map(|(count, span)| Step::Crowd(count, span)),
        1 => span().prop_map(Step::Rearm),
    ]
}

fn run(steps: &[Step]) {
    let mut pair = Pair::default();
    let mut now = Instant::ZERO;
    for step in steps {
        match *step {
            // Half of the instants are counted from the start and so mostly in the past.
            Step::Arm(span) if span % 2 == 0 => pair.arm(now + Duration::from_nanos(span)),
            Step::Arm(span) => pair.arm(Instant::from_nanos(span)),
            Step::Cancel(which) => pair.cancel(which),
            Step::Pop => {
                pair.pop(now);
            }
            Step::Advance(span) => {
                now += Duration::from_nanos(span);
                while pair.pop(now) {}
            }
            Step::Back(span) => {
                let earlier = now.saturating_sub(Duration::from_nanos(span));
                while pair.pop(earlier) {}
            }
            Step::Crowd(count, span) => {
                let end = now + Duration::from_nanos(span);
                for nth in 0..count {
                    pair.arm(end.saturating_sub(Duration::from_micros(nth * 300)));
                }
            }
            Step::Rearm(span) => {
                let mut left = 20;
                while pair.pop(now) && left > 0 {
                    pair.arm(now + Duration::from_nanos(span / left));
                    left -= 1;
                }
            }
        }
    }
    while !pair.sorted.is_empty() {
        pair.pop(Instant::MAX);
    }
    assert_eq!(pair.table.pop_due(Instant::MAX), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_table_does_what_a_sorted_map_does(steps in prop::collection::vec(step(), 0..120)) {
        run(&steps);
    }
}

fn ms(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

fn drain<K: Copy>(table: &mut TimerTable<K>, now: Instant) -> Vec<(Instant, K)> {
    std::iter::from_fn(|| table.pop_due(now)).collect()
}

#[test]
fn a_timer_is_due_at_its_instant_and_not_a_nanosecond_before() {
    let mut table = TimerTable::new();
    let at = Instant::from_nanos(32_000_000_001);
    table.arm(at, 'H');
    assert_eq!(table.next(), Some(at));
    assert_eq!(table.pop_due(Instant::from_nanos(32_000_000_000)), None);
    assert_eq!(table.pop_due(at), Some((at, 'H')));
    assert_eq!((table.pop_due(Instant::MAX), table.next()), (None, None));
}

#[test]
fn timers_of_one_instant_leave_in_the_order_of_their_arming_however_far_apart_they_were_armed() {
    let mut table = TimerTable::new();
    let at = ms(300_000);
    for (key, now) in (0u32..).zip([0, 1, 63, 64, 4_096, 262_143, 299_999, 300_000]) {
        assert_eq!(
            drain(&mut table, ms(now).saturating_sub(Duration::from_nanos(1))),
            []
        );
        table.arm(at, key);
    }
    let keys: Vec<_> = drain(&mut table, at)
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    assert_eq!(keys, [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn timers_of_one_millisecond_leave_in_the_order_of_their_nanoseconds() {
    let mut table = TimerTable::new();
    for nanos in [900_000, 100, 500_000, 100, 0, 999_999] {
        table.arm(ms(77) + Duration::from_nanos(nanos), nanos);
    }
    let keys: Vec<_> = drain(&mut table, ms(78))
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    assert_eq!(keys, [0, 100, 100, 500_000, 900_000, 999_999]);
}

#[test]
fn what_is_armed_in_the_past_or_for_now_is_due_at_once() {
    let mut table = TimerTable::new();
    assert_eq!(table.pop_due(ms(1_000)), None);
    table.arm(ms(1_000), "now");
    table.arm(ms(3), "long ago");
    table.arm(Instant::ZERO, "at the start");
    assert_eq!(table.next(), Some(Instant::ZERO));
    let keys: Vec<_> = drain(&mut table, ms(1_000))
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    assert_eq!(keys, ["at the start", "long ago", "now"]);
}

#[test]
fn a_timer_armed_between_two_pops_takes_its_place_among_those_still_due() {
    let mut table = TimerTable::new();
    for micros in [100, 200, 300] {
        table.arm(ms(5) + Duration::from_micros(micros), micros);
    }
    let now = ms(6);
    assert_eq!(table.pop_due(now).unwrap().1, 100);
    table.arm(ms(5) + Duration::from_micros(250), 250);
    let last = table.arm(ms(5) + Duration::from_micros(260), 260);
    table.arm(ms(5) + Duration::from_micros(200), 201);
    assert_eq!(table.pop_due(now).unwrap().1, 200);
    assert_eq!(table.pop_due(now).unwrap().1, 201);
    assert!(table.cancel(last));
    assert_eq!(table.pop_due(now).unwrap().1, 250);
    assert_eq!(table.pop_due(now).unwrap().1, 300);
    assert_eq!(table.pop_due(now), None);
}

#[test]
fn the_timers_of_an_opened_millisecond_can_be_cancelled_first_middle_and_last() {
    for (gone, left) in [
        (0, [1, 2, 3]),
        (1, [0, 2, 3]),
        (2, [0, 1, 3]),
        (3, [0, 1, 2]),
    ] {
        let mut table = TimerTable::new();
        let first = table.arm(ms(9), 9);
        let handles = [0, 1, 2, 3].map(|key| table.arm(ms(9) + Duration::from_nanos(1), key));
        assert_eq!(table.pop_due(ms(9)), Some((ms(9), 9)));
        assert!(!table.cancel(first));
        assert!(table.cancel(handles[gone]));
        let keys: Vec<_> = drain(&mut table, ms(10))
            .into_iter()
            .map(|(_, key)| key)
            .collect();
        assert_eq!(keys, left);
    }
}

#[test]
fn a_retransmission_that_doubles_its_interval_in_the_pop_comes_at_the_instants_of_timer_a() {
    // RFC 3261 17.1.1.2: 500 ms, doubled each time, beside timer B at 64 times T1.
    let mut table = TimerTable::new();
    let mut interval = 500;
    table.arm(ms(interval), 'A');
    table.arm(ms(32_000), 'B');
    let mut fired = Vec::new();
    while let Some(now) = table.next() {
        while let Some((at, key)) = table.pop_due(now) {
            fired.push((at.as_millis(), key));
            if key == 'A' && interval < 16_000 {
                interval *= 2;
                table.arm(at + Duration::from_millis(interval), 'A');
            }
        }
    }
    let a = [500, 1_500, 3_500, 7_500, 15_500, 31_500].map(|at| (at, 'A'));
    assert_eq!(fired, [a.as_slice(), &[(32_000, 'B')]].concat());
}

#[test]
fn a_table_that_is_woken_after_years_gives_everything_in_order() {
    let mut table = TimerTable::new();
    let mut random = Random::from_seed(11);
    let year = 31_536_000_000_000_000;
    for _ in 0..5_000 {
        let at = random.below(100 * year);
        table.arm(Instant::from_nanos(at), at);
    }
    table.arm(Instant::MAX, u64::MAX);
    let popped = drain(&mut table, Instant::from_nanos(100 * year));
    assert_eq!(popped.len(), 5_000);
    assert!(popped.is_sorted());
    assert!(popped.iter().all(|(at, key)| at.as_nanos() == *key));
    assert_eq!(table.next(), Some(Instant::MAX));
    assert_eq!(table.pop_due(Instant::MAX), Some((Instant::MAX, u64::MAX)));
}

#[test]
fn the_handle_of_a_popped_timer_never_cancels_the_next_one_in_its_place() {
    let mut table = TimerTable::new();
    let mut old = Vec::new();
    for round in 1..200 {
        let handle = table.arm(ms(round), round);
        assert!(!old.contains(&handle));
        assert!(old.iter().all(|&old| !table.cancel(old)));
        assert_eq!(table.pop_due(ms(round)), Some((ms(round), round)));
        old.push(handle);
    }
    assert!(table.is_empty());
}

#[test]
fn the_next_instant_stays_exact_when_few_share_a_slot_and_its_first_is_cancelled() {
    let mut table = TimerTable::new();
    let handles: Vec<_> = (0..10).map(|n| table.arm(ms(40_000 + n * 3), n)).collect();
    for (n, handle) in (0..).zip(&handles[..9]) {
        assert_eq!(table.next(), Some(ms(40_000 + n * 3)));
        assert!(table.cancel(*handle));
    }
    assert_eq!(table.next(), Some(ms(40_027)));
    assert!(table.cancel(handles[9]));
    assert_eq!(table.next(), None);
}

#[test]
fn the_next_instant_is_never_late_when_the_first_of_a_crowd_is_cancelled() {
    let mut table = TimerTable::new();
    let handles: Vec<_> = (0..40)
        .rev()
        .map(|n| table.arm(ms(3_000_000 + n), n))
        .collect();
    for (n, handle) in (1..40).zip(handles.iter().rev()) {
        assert!(table.cancel(*handle));
        assert!(table.next().unwrap() <= ms(3_000_000 + n));
    }
}

#[test]
fn after_the_first_of_a_crowd_is_cancelled_few_wakes_lead_to_the_true_next_one() {
    let mut table = TimerTable::new();
    let handles: Vec<_> = (0..1_000)
        .map(|n| table.arm(ms(3_000_000 + n), n))
        .collect();
    for handle in &handles[..999] {
        assert!(table.cancel(*handle));
    }
    let mut wakes = 0;
    let popped = loop {
        let now = table.next().unwrap();
        assert!(now <= ms(3_000_999));
        wakes += 1;
        if let Some(popped) = table.pop_due(now) {
            break popped;
        }
    };
    assert_eq!(popped, (ms(3_000_999), 999));
    assert!(wakes <= 9, "{wakes}");
}

#[test]
fn asking_with_an_earlier_now_gives_only_what_was_due_then() {
    let mut table = TimerTable::new();
    table.arm(ms(10), 1);
    assert_eq!(table.pop_due(ms(9)), None);
    assert_eq!(table.pop_due(ms(4)), None);
    table.arm(ms(6), 2);
    assert_eq!(table.pop_due(ms(5)), None);
    assert_eq!(table.pop_due(ms(7)), Some((ms(6), 2)));
    assert_eq!(table.pop_due(ms(20)), Some((ms(10), 1)));
}

#[test]
fn asking_with_an_earlier_now_does_not_turn_the_table_back() {
    let mut table = TimerTable::new();
    assert_eq!(table.pop_due(ms(70)), None);
    table.arm(ms(80), "second");
    assert_eq!(table.pop_due(ms(4)), None);
    table.arm(ms(80), "third");
    table.arm(ms(79), "first");
    let keys: Vec<_> = drain(&mut table, ms(81))
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    assert_eq!(keys, ["first", "second", "third"]);
}

#[test]
fn a_million_timers_leave_in_order_while_half_are_cancelled_and_many_armed_again() {
    let mut random = Random::from_seed(2);
    let mut table = TimerTable::with_capacity(1_000_000);
    let hour = 3_600_000_000_000;
    let mut handles = Vec::new();
    for key in 0..1_000_000u64 {
        handles.push(table.arm(Instant::from_nanos(random.below(hour)), key));
    }
    assert_eq!(table.len(), 1_000_000);
    let mut gone = vec![false; 1_200_000];
    random.shuffle(&mut handles);
    for &handle in &handles[..500_000] {
        let (_, key) = table.get(handle).unwrap();
        gone[usize::try_from(key).unwrap()] = true;
        assert!(table.cancel(handle));
    }
    let (mut popped, mut again, mut last) = (0, 1_000_000, Instant::ZERO);
    while let Some(now) = table.next() {
        while let Some((at, key)) = table.pop_due(now + Duration::from_millis(5)) {
            assert!(at >= last);
            last = at;
            let gone = &mut gone[usize::try_from(key).unwrap()];
            assert!(!*gone);
            *gone = true;
            popped += 1;
            if again < 1_200_000 {
                let span = Duration::from_nanos(random.below(2 * hour));
                table.arm(at + span, again);
                again += 1;
            }
        }
    }
    assert_eq!((popped, again), (700_000, 1_200_000));
    assert!(gone.iter().all(|&gone| gone));
    assert!(table.is_empty());
    assert_eq!(
        handles
            .iter()
            .filter(|&&handle| table.cancel(handle))
            .count(),
        0
    );
}
