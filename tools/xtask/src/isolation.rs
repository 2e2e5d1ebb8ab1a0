//! Tests the suite of isolation: takes guards out of a copy of the source, one at a time, and asks
//! whether any test notices.
//!
//! Guards are found by rule and not by a list, so one that is written tomorrow is tried, too. A
//! guard that nobody misses is a hole in the suite.

mod code;
mod copy;
mod mutant;
mod options;
mod plan;
mod report;
mod sample;
mod texts;
mod trial;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::source::Source;
use crate::tidy;
use copy::Copy;
use mutant::Mutant;
use options::Options;
use plan::Plan;
use report::Report;
use trial::{FIRST_PATIENCE, Outcome, PATIENCE, Place};

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
    let exempt = all
        .iter()
        .filter(|(one, line)| plan.lets_through(one, line))
        .count();
    let tried = all
        .into_iter()
        .filter(|(one, line)| !plan.lets_through(one, line));
    let tried = tried.map(|(one, _)| one);
    let wanted = |one: &Mutant| one.to_string().contains(&options.only);
    let order = sample::shuffled(tried.filter(wanted).collect(), options.seed);
    let mut report = Report::over(&order, exempt);
    if options.list {
        order.iter().for_each(|one| println!("{one}"));
        return Ok(true);
    }
    let bench = Bench::open(&texts, &plan)?;
    bench.sound(&order)?;
    // the first build is not counted: it is long only once
    let begun = Instant::now();
    for mutant in &order {
        if report.tried() >= options.edits || begun.elapsed() > options.time {
            break;
        }
        let outcome = bench.attempt(mutant)?;
        report.note(mutant, outcome, started.elapsed());
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

/// The copy with what is needed to try an edit in it.
struct Bench<'a> {
    texts: &'a BTreeMap<String, String>,
    plan: &'a Plan,
    copy: Copy,
    target: PathBuf,
    log: PathBuf,
}

impl Bench<'_> {
    fn open<'a>(texts: &'a BTreeMap<String, String>, plan: &'a Plan) -> Result<Bench<'a>, String> {
        let target = std::env::var("CARGO_TARGET_DIR").map_or_else(
            |_| tidy::root().join("target"),
            |folder| Path::new(&folder).to_path_buf(),
        );
        let folder = target.join("isolation");
        let copy = Copy::bring(&folder.join("copy"), texts).map_err(|e| e.to_string())?;
        Ok(Bench {
            texts,
            plan,
            copy,
            target: folder.join("target"),
            log: folder.join("last.log"),
        })
    }

    /// Whether the suites pass while nothing is taken out: else nothing follows from a failure.
    fn sound(&self, order: &[Mutant]) -> Result<(), String> {
        let suites = order.iter().filter_map(|one| self.plan.suite_of(&one.path));
        let mut runs: Vec<String> = suites.flat_map(|suite| suite.run.clone()).collect();
        runs.sort();
        runs.dedup();
        match trial::run(&runs, self.place(FIRST_PATIENCE)).map_err(|e| e.to_string())? {
            Outcome::Passed => Ok(()),
            Outcome::Failed | Outcome::Unbuilt => Err(format!(
                "the suites fail with every guard in place: {}",
                self.log.display()
            )),
        }
    }

    fn place(&self, patience: Duration) -> Place<'_> {
        Place {
            folder: self.copy.folder(),
            target: &self.target,
            log: &self.log,
            patience,
        }
    }

    fn attempt(&self, mutant: &Mutant) -> Result<Outcome, String> {
        let whole = self.texts.get(&mutant.path).ok_or("a file has gone")?;
        let edited = mutant.apply(whole).ok_or("a place has gone")?;
        let suite = self.plan.suite_of(&mutant.path).ok_or("a suite has gone")?;
        let write = |text: &str| self.copy.write(&mutant.path, text);
        let outcome = write(&edited).and_then(|()| trial::run(&suite.run, self.place(PATIENCE)));
        // the copy is whole again, whatever came of it
        write(whole).map_err(|e| e.to_string())?;
        outcome.map_err(|e| e.to_string())
    }
}
