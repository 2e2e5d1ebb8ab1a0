//! The copy with a switch at every guard, and all that is built from it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::build::{Build, Program, build};
use super::copy::Copy;
use super::judge::Judge;
use super::mutant::Mutant;
use super::options::Options;
use super::plan::{Plan, Suite};
use super::switch;
use super::trial::{Outcome, Place};
use crate::tidy;

/// How often the copy is built anew without the edits that do not compile. One that hides behind
/// another's error shows in the next turn.
const TURNS: usize = 8;

/// What taking a guard out has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// A test failed: its name, or that its program was lost.
    Caught(String),
    /// No test failed.
    Survived,
    /// It does not compile: the edit is none.
    Unbuilt,
}

/// What taking a guard out has shown where a second wall stands behind it; `None` when that was
/// not tried.
pub(crate) type BehindWall = Option<Finding>;

/// The copy, built.
pub(crate) struct Bench<'a> {
    plan: &'a Plan,
    /// All guards; the place in it is a guard's number.
    all: &'a [Mutant],
    unbuilt: BTreeSet<usize>,
    programs: Vec<Program>,
    scratch: PathBuf,
    options: &'a Options,
}

impl Bench<'_> {
    /// Builds a copy of these files with a switch at each guard, and the tests that judge those of
    /// `order`.
    ///
    /// # Errors
    /// What the file system or Cargo say.
    pub(crate) fn open<'a>(
        texts: &BTreeMap<String, String>,
        (plan, options): (&'a Plan, &'a Options),
        all: &'a [Mutant],
        order: &[Mutant],
    ) -> Result<Bench<'a>, String> {
        let target = std::env::var("CARGO_TARGET_DIR").map_or_else(
            |_| tidy::root().join("target"),
            |folder| Path::new(&folder).to_path_buf(),
        );
        let folder = target.join("isolation");
        let mut bench = Bench {
            plan,
            all,
            unbuilt: BTreeSet::new(),
            programs: Vec::new(),
            scratch: folder.join("scratch"),
            options,
        };
        let packages = bench
            .judges(order)?
            .into_iter()
            .map(|judge| judge.package)
            .collect();
        for _ in 0..TURNS {
            let copy = Copy::bring(&folder.join("copy"), &bench.switched(texts));
            let copy = copy.map_err(|e| e.to_string())?;
            let built = build(copy.folder(), &folder.join("target"), &packages);
            match built.map_err(|e| e.to_string())? {
                Build::Whole(programs) => {
                    bench.programs = programs;
                    return Ok(bench);
                }
                Build::Broken(places) => bench.give_up(&places)?,
            }
        }
        Err("too many edits do not compile".to_owned())
    }

    /// How many programs of tests there are.
    pub(crate) fn len(&self) -> usize {
        self.programs.len()
    }

    /// All files, with a switch at each guard whose edit compiles.
    fn switched(&self, texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for (number, one) in self.all.iter().enumerate() {
            if !self.unbuilt.contains(&number) {
                by_file.entry(&one.path).or_default().push((number, one));
            }
        }
        let switched = texts.iter().map(|(path, text)| {
            let guards = by_file.get(path.as_str());
            let text = guards.map_or_else(|| text.clone(), |some| switch::switched(text, some));
            let is_door = *path == self.plan.sql;
            (
                path.clone(),
                if is_door { switch::asking(&text) } else { text },
            )
        });
        switched.collect()
    }

    /// Leaves out the edits at these places.
    fn give_up(&mut self, places: &BTreeSet<(String, usize)>) -> Result<(), String> {
        let before = self.unbuilt.len();
        for (number, one) in self.all.iter().enumerate() {
            let within = |(path, line): &(String, usize)| *path == one.path && one.covers(*line);
            if places.iter().any(within) {
                self.unbuilt.insert(number);
            }
        }
        if self.unbuilt.len() == before {
            return Err(format!(
                "the copy does not compile, away from any guard: {places:?}"
            ));
        }
        Ok(())
    }

    /// Everybody who judges one of these guards.
    fn judges(&self, guards: &[Mutant]) -> Result<BTreeSet<Judge>, String> {
        let mut all = BTreeSet::new();
        for suite in guards
            .iter()
            .filter_map(|one| self.plan.suite_of(&one.path))
        {
            all.extend(self.before(suite)?);
            all.extend(self.behind(suite)?);
        }
        Ok(all)
    }

    /// Who judges the guards of a file.
    fn before(&self, suite: &Suite) -> Result<Vec<Judge>, String> {
        let mut judges = suite.judges()?;
        let nearest = judges.first().map(|judge| judge.package.clone());
        if self.options.near {
            judges.retain(|judge| Some(&judge.package) == nearest.as_ref());
        }
        Ok(judges)
    }

    /// Who judges them behind the second wall; nobody unless that is asked for.
    fn behind(&self, suite: &Suite) -> Result<Vec<Judge>, String> {
        if self.options.wall {
            suite.wall()
        } else {
            Ok(Vec::new())
        }
    }

    /// That the judges pass while nothing is taken out: else nothing follows from a failure.
    ///
    /// # Errors
    /// Who does not.
    pub(crate) fn sound(&self, order: &[Mutant]) -> Result<(), String> {
        for judge in self.judges(order)? {
            match self.place().run(&judge, None).map_err(|e| e.to_string())? {
                Outcome::Passed => {}
                Outcome::Failed(test) => {
                    return Err(format!("{test} fails with every guard in place"));
                }
                Outcome::Lost => {
                    let package = &judge.package;
                    return Err(format!("{package} is lost with every guard in place"));
                }
            }
        }
        Ok(())
    }

    fn place(&self) -> Place<'_> {
        Place {
            programs: &self.programs,
            scratch: &self.scratch,
        }
    }

    /// Takes one guard out.
    ///
    /// # Errors
    /// A program cannot be started.
    pub(crate) fn attempt(&self, mutant: &Mutant) -> Result<(Finding, BehindWall), String> {
        let number = self.all.iter().position(|one| one == mutant);
        let number = number.ok_or("a guard has gone")?;
        if self.unbuilt.contains(&number) {
            return Ok((Finding::Unbuilt, None));
        }
        let suite = self.plan.suite_of(&mutant.path).ok_or("a suite has gone")?;
        let found = self
            .asked(&self.before(suite)?, number)
            .map_err(|e| e.to_string())?;
        let wall = self.behind(suite)?;
        if wall.is_empty() {
            return Ok((found, None));
        }
        let behind = self.asked(&wall, number).map_err(|e| e.to_string())?;
        Ok((found, Some(behind)))
    }

    fn asked(&self, judges: &[Judge], out: usize) -> io::Result<Finding> {
        for judge in judges {
            match self.place().run(judge, Some(out))? {
                Outcome::Passed => {}
                Outcome::Failed(test) => {
                    return Ok(Finding::Caught(format!("{}: {test}", judge.package)));
                }
                Outcome::Lost => return Ok(Finding::Caught(format!("{}: lost", judge.package))),
            }
        }
        Ok(Finding::Survived)
    }
}
