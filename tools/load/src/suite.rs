//! Everything in order: what the machine allows, then what the exchange does of it.

use crate::calls::{self, Called, Calling};
use crate::ceiling::{self, Moved, Moving};
use crate::parser::Parser;
use crate::process::Process;
use crate::register::{self, Storm};
use crate::relay::{self, Step};
use crate::search::{Found, Range, rest, search};
use crate::sys::Core;
use crate::tally::Outcome;
use crate::target::Target;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Users that register; the exchange's data has as many.
const USERS: usize = 20_000;
/// Half of them, whose memory is measured while the other half is registered already.
const HALF: usize = USERS / 2;
/// What lingers of a transaction is gone after so long (RFC 3261, 64 times T1), and a little.
const LINGER: Duration = Duration::from_secs(35);
/// Calls that are up when memory per call is measured.
const HELD: u32 = 2_000;
/// How long a call of the search is up.
const HOLD: Duration = Duration::from_secs(1);
/// Numbers of talking calls.
const TALKING: [u32; 7] = [100, 200, 500, 800, 1_100, 1_400, 1_800];

/// What to measure.
pub(crate) struct Plan {
    pub(crate) target: Target,
    /// Figures of the parser, printed by its own example.
    pub(crate) parser: Option<PathBuf>,
    /// Core of the exchange.
    pub(crate) core: Option<Core>,
    /// Shorter tries and fewer of them; no memory per registration.
    pub(crate) quick: bool,
}

/// All figures of a run.
#[derive(Serialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    pub(crate) seconds: f64,
    pub(crate) parser: Option<Parser>,
    /// Few sockets shared by all, and one per party.
    pub(crate) ceilings: Vec<Moved>,
    pub(crate) idle_octets: Option<u64>,
    pub(crate) octets_per_registration: Option<f64>,
    pub(crate) held: Called,
    pub(crate) registrations: Found,
    pub(crate) calls: Found,
    pub(crate) media: Vec<Step>,
    pub(crate) registrations_overload: Outcome,
    pub(crate) calls_overload: Called,
}

/// Measures everything.
///
/// # Errors
/// The driver's addresses are in use, or the parser's figures cannot be read.
pub(crate) fn run(plan: &Plan) -> io::Result<Results> {
    let begin = Instant::now();
    let target = &plan.target;
    let idle_octets = target.process.and_then(Process::memory);
    let parser = plan.parser.as_ref().map(std::fs::read).transpose()?;
    let parser = parser.and_then(|text| serde_json::from_slice(&text).ok());
    let (ceilings, octets_per_registration) = first_half(plan)?;
    say(&format!("memory of {HELD} calls, nobody talking"));
    let held = calls::run(target, held())?;
    say("registrations: the highest rate");
    let seconds = if plan.quick { 2.0 } else { 5.0 };
    let registrations = search(range(500.0, 40_000.0, plan), |rate| {
        tell(register::run(target, Storm::new(USERS, rate, seconds))?)
    })?;
    say("calls: the highest rate");
    let calls = search(range(100.0, 8_000.0, plan), |rate| {
        tell(calls::run(target, Calling::silent(rate, seconds, HOLD))?.outcome)
    })?;
    say("media: more and more calls in which both talk");
    let media = relay::run(target, if plan.quick { &TALKING[..3] } else { &TALKING })?;
    say("twice the peak of registrations");
    let twice = Storm::new(USERS, registrations.peak.max(1.0) * 2.0, seconds * 2.0);
    let registrations_overload = register::run(target, twice)?;
    say("twice the peak of calls");
    let twice = Calling::silent(calls.peak.max(1.0) * 2.0, seconds * 2.0, HOLD);
    let calls_overload = calls::run(target, twice)?;
    Ok(Results {
        machine: machine(),
        seconds: begin.elapsed().as_secs_f64(),
        parser,
        ceilings,
        idle_octets,
        octets_per_registration,
        held,
        registrations,
        calls,
        media,
        registrations_overload,
        calls_overload,
    })
}

/// Ceilings, and the memory of registrations. What lingers of transactions must be gone before
/// memory is read; the wait is used to measure the ceilings.
fn first_half(plan: &Plan) -> io::Result<(Vec<Moved>, Option<f64>)> {
    let half = |first| Storm {
        first,
        users: HALF,
        count: u32::try_from(HALF).unwrap_or(0),
        rate: 2_000.0,
    };
    if plan.quick {
        return Ok((ceilings(plan)?, None));
    }
    say("memory of registrations: the first half");
    register::run(&plan.target, half(0))?;
    let since = Instant::now();
    let ceilings = ceilings(plan)?;
    rest(LINGER.saturating_sub(since.elapsed()))?;
    let before = plan.target.process.and_then(Process::memory);
    say("memory of registrations: the second half, then waiting until nothing lingers");
    register::run(&plan.target, half(HALF))?;
    rest(LINGER)?;
    let after = plan.target.process.and_then(Process::memory);
    let grown = before.zip(after).map(|(before, after)| {
        let grown = u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX);
        f64::from(grown) / f64::from(u32::try_from(HALF).unwrap_or(1))
    });
    Ok((ceilings, grown))
}

fn ceilings(plan: &Plan) -> io::Result<Vec<Moved>> {
    say("what the kernel allows: a relay without logic");
    let moving = |sockets| Moving {
        pairs: 500,
        sockets,
        length: Duration::from_secs(if plan.quick { 2 } else { 5 }),
        relay: *plan.target.exchange.ip(),
        parties: *plan.target.local.ip(),
        core: plan.core,
    };
    [64, 1_000]
        .map(moving)
        .into_iter()
        .map(ceiling::run)
        .collect()
}

fn held() -> Calling {
    let rate = 250.0;
    let ramp = f64::from(HELD) / rate;
    Calling {
        count: HELD,
        rate,
        hold: Duration::from_secs_f64(ramp + 4.0),
        voices: false,
    }
}

fn range(low: f64, high: f64, plan: &Plan) -> Range {
    Range {
        low,
        high,
        steps: if plan.quick { 4 } else { 6 },
        rest: Duration::from_secs(1),
    }
}

fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("", |line| line.trim_start_matches([' ', '\t', ':']));
    let cores = text.lines().filter(|line| line.starts_with("processor"));
    format!("{model}, {} cores", cores.count())
}

/// Progress goes to the standard error, so that results can be taken from the output.
fn say(what: &str) {
    // Nobody is left to be told when this fails.
    let _told = writeln!(io::stderr(), "-- {what}");
}

fn tell(outcome: Outcome) -> io::Result<Outcome> {
    let Outcome {
        offered,
        rate,
        failed,
        repeats,
        ..
    } = outcome;
    let borne = if outcome.is_borne() {
        "borne"
    } else {
        "not borne"
    };
    let cpu = outcome.cpu_per_thousand.unwrap_or(0.0);
    say(&format!(
        "   {offered:>7.0} /s offered, {rate:>7.0} /s done, {failed} failed, {repeats} repeats, \
         {cpu:.3} CPU s per 1,000: {borne}"
    ));
    Ok(outcome)
}
