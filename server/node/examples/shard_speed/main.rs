//! What a signalling shard costs without sockets: registrations and calls per second of one core.
//!
//! `cargo run --release -p node --example shard_speed [registrations] [calls] [MiB]`
//!
//! The messages of the phones are made between the measured pieces, so only the shard's own work
//! counts: reading, transactions, digest, registrar, calls, legs, printing. The disk is a memory
//! and the road is not there. The last word is the memory for ladders, 32 unless given. Run it
//! under `valgrind --tool=callgrind` or `perf record` to see where the time goes.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

mod calls;
mod meter;
mod registrations;
mod scene;

use meter::Meter;
use scene::Scene;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Users that register.
const USERS: usize = 20_000;
/// Calls that are up when memory is looked at.
const HELD: usize = 2_000;

fn row(what: &str, meter: &Meter) {
    println!(
        "{what:<14} {:>9.0} /s (median of rounds {:>9.0}), {:>6.2} us each",
        meter.best(),
        meter.median(),
        1e6 / meter.best()
    );
}

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse());
    let registrations = words.next().and_then(Result::ok).unwrap_or(60_000);
    let calls = words.next().and_then(Result::ok).unwrap_or(20_000);
    let ladders = words.next().and_then(Result::ok).unwrap_or(32);
    let mut scene = Scene::new(USERS, ladders);
    if registrations > 0 {
        row(
            "registrations",
            &registrations::run(&mut scene, registrations),
        );
    }
    if calls > 0 {
        row("calls", &calls::run(&mut scene, calls));
        let per_call = calls::hold(&mut scene, HELD);
        println!(
            "a held call    {per_call:>9} octets of process memory, the phones' notes included"
        );
    }
}
