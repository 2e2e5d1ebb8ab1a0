//! Tests the suite of isolation: takes guards out of a copy of the source, one at a time, and asks
//! whether any test notices.
//!
//! Guards are found by rule and not by a list, so one that is written tomorrow is tried, too. A
//! guard that nobody misses is a hole in the suite.

mod bench;
mod build;
mod code;
mod copy;
mod judge;
mod mutant;
mod options;
mod plan;
mod report;
mod sample;
mod switch;
mod texts;
mod trial;

use std::process::ExitCode;
use std::time::Instant;

use crate::source::Source;
use crate::tidy;
use bench::Bench;
use mutant::Mutant;
use options::Options;
use plan::Plan;
use report::Report;

/// Where the suites and the exemptions are.
const PLAN: &str = "isolation.toml";

/// Runs it with these words of the command line.
pub(crate) fn run(words: &[&str]) -> ExitCode {
    match Options::parse(words).and_then(|options| examine(&options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("isolation: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every guard that was taken out was missed.
fn examine(options: &Options) -> Result<bool, String> {
    let started = Instant::now();
    let (texts, sources) = tidy::read_all(&tidy::root())?;
    let plan = texts.get(PLAN).ok_or(format!("{PLAN} is missing"))?;
    let plan = Plan::parse(plan).map_err(|e| format!("{PLAN}: {e}"))?;
    let all = guards(&sources, &plan);
    let unused = plan.unused(&all);
    if !unused.is_empty() {
        return Err(format!(
            "{PLAN} exempts what is not there: {}",
            unused.join(", ")
        ));
    }
    let exempt = |(one, line): &&(Mutant, String)| plan.lets_through(one, line);
    let exempted = all.iter().filter(exempt).count();
    let tried = all.iter().filter(|one| !exempt(one)).map(|(one, _)| one);
    let tried = tried.filter(|one| one.to_string().contains(&options.only));
    let order = sample::shuffled(tried.cloned().collect(), options.seed);
    let mut report = Report::over(&order, exempted);
    if options.list {
        order.iter().for_each(|one| println!("{one}"));
        return Ok(true);
    }
    let all: Vec<Mutant> = all.into_iter().map(|(one, _)| one).collect();
    let bench = Bench::open(&texts, (&plan, options), &all, &order)?;
    let programs = bench.len();
    let ready = started.elapsed().as_secs_f32();
    println!(
        "{} guards, {programs} programs of tests, built in {ready:.0} s",
        all.len()
    );
    bench.sound(&order)?;
    println!(
        "{:5.0} s  every test passes with all guards in",
        started.elapsed().as_secs_f32()
    );
    let begun = Instant::now();
    for mutant in &order {
        if report.tried() >= options.edits || begun.elapsed() > options.time {
            break;
        }
        report.note(mutant, bench.attempt(mutant)?, started.elapsed());
    }
    report.print(options.seed, started.elapsed());
    Ok(report.is_clean())
}

/// Every guard of the files that some suite judges, with its line.
fn guards(sources: &[Source], plan: &Plan) -> Vec<(Mutant, String)> {
    let mut all = Vec::new();
    for source in sources {
        if source.is_test || plan.suite_of(&source.path).is_none() {
            continue;
        }
        let skip = |line| source.tests_line(line);
        let found = code::find(&source.path, &source.text, skip)
            .into_iter()
            .chain(texts::find(&source.path, &source.text, skip));
        all.extend(found.map(|one| {
            let line = one.original(&source.text).to_owned();
            (one, line)
        }));
    }
    all
}
