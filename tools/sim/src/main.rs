//! Whole nodes on a simulated network, clock and disk, driven by a seed and judged from outside.
//!
//! `sim --seed N --runs K [--hours H] [--apart] [--verbose]` plays the seeds N to N+K-1 and those
//! in `seeds.txt`. A seed that fails is printed with its judge and the end of its trace.

mod administrator;
mod canaries;
mod crowd;
mod flood;
mod judges;
mod outcome;
mod play;
mod scene;
mod siege;
mod strangers;
mod thief;
mod trace;

use clap::Parser;
use outcome::{Failure, Outcome};
use play::play;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Seeds that once failed.
const KNOWN: &str = include_str!("../seeds.txt");

/// Of so many seeds one is played twice, to see that it is the same both times.
const TWICE: u64 = 50;

/// Of so many seeds one is played with and without the first company.
const APART: u64 = 10;

/// Of so many seeds one is played beside a flood, and without it.
const FLOODED: u64 = 20;

/// Of so many seeds one is played under siege.
const BESIEGED: u64 = 100;

/// Of so many seeds one is played with a thief.
const ROBBED: u64 = 10;

/// Plays simulated hours and judges them.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// Busy virtual hours per seed.
    #[arg(long, default_value_t = 1)]
    hours: u64,
    /// Threads; by default one per core.
    #[arg(long)]
    threads: Option<usize>,
    /// Play every seed with and without the first company, not one in ten.
    #[arg(long)]
    apart: bool,
    /// Print the whole trace of every seed.
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Panics inside are findings of their own; the judges tell of them.
    std::panic::set_hook(Box::new(|info| {
        say(&format!("panic: {info}"));
    }));
    let mut seeds: Vec<u64> = known_seeds();
    let last = arguments.seed.saturating_add(arguments.runs);
    seeds.extend(arguments.seed..last);
    let unique: BTreeSet<u64> = seeds.iter().copied().collect();
    let seeds: Vec<u64> = unique.into_iter().collect();
    let (passed, failed, calls) = play_all(&arguments, &seeds);
    say(&format!("{calls} calls were made"));
    say(&format!("{passed} passed, {failed} failed"));
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn known_seeds() -> Vec<u64> {
    let lines = KNOWN
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    lines.filter_map(|line| line.trim().parse().ok()).collect()
}

fn play_all(arguments: &Arguments, seeds: &[u64]) -> (usize, usize, usize) {
    let next = AtomicUsize::new(0);
    let totals = Mutex::new((0, 0, 0));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.unwrap_or(cores).max(1);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = play_one(arguments, *seed);
                    let Ok(mut totals) = totals.lock() else {
                        return;
                    };
                    report(*seed, &outcome, arguments.verbose);
                    totals.2 += outcome.calls;
                    if outcome.failure.is_none() {
                        totals.0 += 1;
                    } else {
                        totals.1 += 1;
                    }
                    let played: usize = totals.0 + totals.1;
                    if played.is_multiple_of(50) {
                        say(&format!("{played} of {} seeds played", seeds.len()));
                    }
                }
            });
        }
    });
    totals.into_inner().unwrap_or_default()
}

/// One seed, with the comparisons that are its turn.
fn play_one(arguments: &Arguments, seed: u64) -> Outcome {
    let setting = |apart, alone| play::Setting {
        seed,
        hours: arguments.hours,
        apart,
        alone,
        whole: arguments.verbose,
    };
    if arguments.apart || seed % APART == 3 {
        let mut together = play(&setting(true, false));
        let alone = play(&setting(true, true));
        if together.failure.is_none() {
            together.failure = judges::interference(&together, &alone);
        }
        return together;
    }
    let mut outcome = play(&setting(false, false));
    if seed % FLOODED == 7 && outcome.failure.is_none() {
        outcome.failure = flood::judge(seed);
    }
    if seed % BESIEGED == 14 && outcome.failure.is_none() {
        outcome.failure = siege::judge(seed);
    }
    if seed % ROBBED == 5 && outcome.failure.is_none() {
        outcome.failure = thief::judge(seed);
    }
    if seed % TWICE == 1 && outcome.failure.is_none() {
        let again = play(&setting(false, false));
        if outcome.hash != again.hash {
            let what = format!("trace {:x}, then {:x}", outcome.hash, again.hash);
            outcome.failure = Some(Failure::new("the same seed is the same", what));
        }
    }
    outcome
}

fn report(seed: u64, outcome: &Outcome, verbose: bool) {
    if verbose {
        for line in &outcome.trace {
            say(line);
        }
    }
    if verbose || outcome.failure.is_some() {
        say(&format!(
            "seed {seed}: {} calls, hash {:x}",
            outcome.calls, outcome.hash
        ));
    }
    let Some(failure) = &outcome.failure else {
        return;
    };
    if !verbose {
        let tail = outcome.trace.len().saturating_sub(60);
        for line in outcome.trace.iter().skip(tail) {
            say(line);
        }
    }
    say(&format!("seed {seed} FAILED: {}", failure.judge));
    say(&format!("  {}", failure.what));
    say(&format!(
        "  again: cargo run -p sim -- --seed {seed} --runs 1"
    ));
}

fn say(line: &str) {
    // Nobody is left to tell when the output is closed.
    let _closed = writeln!(std::io::stdout(), "{line}");
}
