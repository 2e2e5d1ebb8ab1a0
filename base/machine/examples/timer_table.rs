//! Prints what arming, cancelling and popping a timer costs with a million of them armed.
//!
//! Run with `cargo run --release -p machine --example timer_table [timers]`.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::hint::black_box;
use std::time::Duration;

use machine::{Instant, Random, TimerHandle, TimerTable};

/// The span over which deadlines lie: an hour, as of registrations.
const HOUR: u64 = 3_600_000_000_000;

/// Timer B and its kind: 64 times T1 (RFC 3261 section 17).
const TRANSACTION: Duration = Duration::from_secs(32);

fn main() {
    let timers = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    println!("{timers} timers");
    let mut random = Random::from_seed(1);
    let ats: Vec<_> = (0..timers)
        .map(|_| Instant::from_nanos(random.below(HOUR)))
        .collect();
    let mut table = TimerTable::with_capacity(timers);
    let mut handles: Vec<TimerHandle> = Vec::with_capacity(timers);

    measure("arm, over an hour", timers, || {
        handles.extend((0u64..).zip(&ats).map(|(key, &at)| table.arm(at, key)));
    });
    measure("next", timers, || {
        for _ in 0..timers {
            black_box(table.next());
        }
    });
    random.shuffle(&mut handles);
    let half = timers / 2;
    measure("cancel, in random order", half, || {
        for &handle in &handles[..half] {
            black_box(table.cancel(handle));
        }
    });
    let mut now = Instant::ZERO;
    let (mut popped, mut wakes) = (0, 0usize);
    measure("pop, each at its time", table.len(), || {
        while let Some(next) = table.next() {
            now = next;
            wakes += 1;
            while table.pop_due(now).is_some() {
                popped += 1;
            }
        }
    });
    println!("  {popped} popped in {wakes} wakes");
    let now = transactions(&mut table, timers, now);
    herd(&mut table, timers, now);
}

/// What a SIP transaction does: arm two timers, cancel both soon, while time goes on. Gives the
/// time at the end.
fn transactions(table: &mut TimerTable<u64>, count: usize, start: Instant) -> Instant {
    let mut now = start;
    let mut open = std::collections::VecDeque::new();
    measure("transaction: two armed, two cancelled", count, || {
        for key in (0u64..).take(count) {
            now += Duration::from_micros(100);
            while table.pop_due(now).is_some() {}
            let retransmit = table.arm(now + Duration::from_millis(500), key);
            open.push_back((retransmit, table.arm(now + TRANSACTION, key)));
            if open.len() > 1_000
                && let Some((a, b)) = open.pop_front()
            {
                black_box((table.cancel(a), table.cancel(b)));
            }
            black_box(table.next());
        }
    });
    for (a, b) in open {
        black_box((table.cancel(a), table.cancel(b)));
    }
    now
}

/// All at one instant, and all popped there; then the same in the past, due at once.
fn herd(table: &mut TimerTable<u64>, count: usize, now: Instant) {
    let at = now + TRANSACTION;
    measure("herd: armed for one instant and popped", count, || {
        for key in (0u64..).take(count) {
            table.arm(at, key);
        }
        while table.pop_due(at).is_some() {}
    });
    measure("herd: armed in the past and popped", count, || {
        for key in (0u64..).take(count) {
            table.arm(now, key);
        }
        while table.pop_due(at).is_some() {}
    });
}

fn measure(what: &str, times: usize, work: impl FnOnce()) {
    let start = std::time::Instant::now();
    work();
    let nanos = start.elapsed().as_nanos() as f64 / times as f64;
    println!("{nanos:10.1} ns  {what}");
}
