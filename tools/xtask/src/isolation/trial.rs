//! Runs programs of tests while a guard is out, until a test fails.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::build::Program;
use super::copy;
use super::judge::Judge;
use super::switch::OUT;

/// Longest a program of tests may take before it counts as hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// Lines of a program that may wait to be read.
const LINES: usize = 64;

/// What became of a program of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All passed.
    Passed,
    /// This one failed first.
    Failed(String),
    /// It ended or was ended without a test that failed.
    Lost,
}

/// Where programs run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) programs: &'a [Program],
    /// For their files; emptied after each.
    pub(crate) scratch: &'a Path,
}

impl Place<'_> {
    /// Runs a judge's programs with this guard out, or with none; ends with the first failure.
    ///
    /// # Errors
    /// A program cannot be started, or the judge has none.
    pub(crate) fn run(&self, judge: &Judge, out: Option<usize>) -> io::Result<Outcome> {
        let meant: Vec<_> = self
            .programs
            .iter()
            .filter(|one| judge.means(one))
            .collect();
        if meant.is_empty() {
            let package = &judge.package;
            return Err(io::Error::other(format!(
                "no program of {package} is meant"
            )));
        }
        for program in meant {
            let outcome = self.start(program, judge, &judge.words, out)?;
            let Outcome::Failed(test) = &outcome else {
                if outcome == Outcome::Lost {
                    return Ok(outcome);
                }
                continue;
            };
            // what fails by chance says nothing: it must fail again, and not with the guard in
            let alone = [test.clone(), "--exact".to_owned()];
            let again = self.start(program, judge, &alone, out)?;
            let without = self.start(program, judge, &alone, None)?;
            if out.is_none() || (again != Outcome::Passed && without == Outcome::Passed) {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Passed)
    }

    fn start(
        &self,
        program: &Program,
        judge: &Judge,
        words: &[String],
        out: Option<usize>,
    ) -> io::Result<Outcome> {
        fs::create_dir_all(self.scratch)?;
        let mut command = Command::new(&program.path);
        command
            .args(words)
            .current_dir(&program.folder)
            .envs(judge.environment.iter().map(|(name, value)| (name, value)))
            .env("CARGO_MANIFEST_DIR", &program.folder)
            .env("TMPDIR", self.scratch)
            .env_remove(OUT)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(number) = out {
            command.env(OUT, number.to_string());
        }
        let mut child = command.spawn()?;
        let lines = lines_of(&mut child);
        let failed = first_failure(&lines, PATIENCE);
        if failed != Outcome::Passed {
            child.kill()?;
        }
        let status = child.wait()?;
        // what a program that was ended still holds goes after the next
        let _ = copy::empty(self.scratch);
        Ok(match failed {
            Outcome::Passed if !status.success() => Outcome::Lost,
            Outcome::Passed | Outcome::Failed(_) | Outcome::Lost => failed,
        })
    }
}

/// What a program prints, line by line, read on a thread that ends with it.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (tell, told) = sync_channel(LINES);
    if let Some(printed) = child.stdout.take() {
        thread::spawn(move || {
            let lines = BufReader::new(printed).lines();
            lines
                .map_while(Result::ok)
                .try_for_each(|line| tell.send(line))
        });
    }
    told
}

/// The first test that failed; `Lost` when the program takes longer than that.
fn first_failure(lines: &Receiver<String>, patience: Duration) -> Outcome {
    let end = Instant::now() + patience;
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if let Some(test) = failed(&line) {
                    return Outcome::Failed(test.to_owned());
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Outcome::Passed,
            Err(RecvTimeoutError::Timeout) => return Outcome::Lost,
        }
    }
}

/// The test that a line says has failed: `test a::b ... FAILED`.
fn failed(line: &str) -> Option<&str> {
    let (test, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
    (verdict == "FAILED").then(|| test.split(" - ").next().unwrap_or(test))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_failed_is_known_by_its_line() {
        assert_eq!(failed("test a::b ... FAILED"), Some("a::b"));
        assert_eq!(failed("test a::b - should panic ... FAILED"), Some("a::b"));
        assert_eq!(failed("test a::b ... ok"), None);
        assert_eq!(failed("thread 'a' panicked"), None);
    }

    #[test]
    fn the_first_failure_ends_the_reading() {
        let (tell, told) = sync_channel(4);
        for line in ["running 2 tests", "test a ... FAILED", "test b ... FAILED"] {
            tell.send(line.to_owned()).unwrap();
        }
        assert_eq!(
            first_failure(&told, PATIENCE),
            Outcome::Failed("a".to_owned())
        );
        drop(tell);
        let rest: Vec<String> = told.try_iter().collect();
        assert_eq!(rest.len(), 1);
    }

    #[test]
    fn a_program_that_takes_too_long_is_lost() {
        let (_tell, told) = sync_channel(1);
        assert_eq!(first_failure(&told, Duration::ZERO), Outcome::Lost);
    }
}
