//! One edit, built and run against the tests that judge it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longest a build or the tests with an edit may take before they count as hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// The same for the first build, which builds everything.
pub(crate) const FIRST_PATIENCE: Duration = Duration::from_secs(3_600);

/// How often a running test is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// What became of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All passed.
    Passed,
    /// Some failed, or never ended.
    Failed,
    /// It does not compile: the edit is none.
    Unbuilt,
}

/// Where suites are run, and how long each step may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) folder: &'a Path,
    /// Where Cargo builds it: a crate of the copy has the name of the crate it is a copy of, so
    /// nothing else may be built there.
    pub(crate) target: &'a Path,
    /// Keeps what the last step said.
    pub(crate) log: &'a Path,
    pub(crate) patience: Duration,
}

/// Runs each of these suites, words that follow `cargo test`, until one fails.
///
/// # Errors
/// When Cargo cannot be started or its output cannot be kept.
pub(crate) fn run(suites: &[String], place: Place<'_>) -> io::Result<Outcome> {
    for suite in suites {
        if !cargo(suite, &["--no-run"], place)?.is_some_and(|s| s.success()) {
            return Ok(Outcome::Unbuilt);
        }
        match cargo(suite, &[], place)? {
            Some(status) if status.success() => {}
            Some(_) | None => return Ok(Outcome::Failed),
        }
    }
    Ok(Outcome::Passed)
}

/// Cargo's end; `None` when it was stopped.
fn cargo(suite: &str, also: &[&str], place: Place<'_>) -> io::Result<Option<ExitStatus>> {
    let log = File::create(place.log)?;
    let mut child = Command::new("cargo")
        .args(["test", "--quiet", "--offline", "--locked"])
        .args(also)
        .args(suite.split_whitespace())
        .current_dir(place.folder)
        .env("CARGO_TARGET_DIR", place.target)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    wait(&mut child, place.patience)
}

fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let (started, (bell, alarm)) = (Instant::now(), std::sync::mpsc::sync_channel::<()>(1));
    loop {
        if let Some(status) = child.try_wait()? {
            drop(bell);
            return Ok(Some(status));
        }
        if started.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        // nothing ever rings: this is a wait with an end
        let _ = alarm.recv_timeout(GLANCE);
    }
}
