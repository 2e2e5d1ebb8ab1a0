//! What came of the edits: a line each, and a table by rule.

use std::collections::BTreeMap;
use std::time::Duration;

use super::mutant::{Mutant, Rule};
use super::trial::Outcome;

/// Counts of one rule.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    found: usize,
    caught: usize,
    survived: usize,
    unbuilt: usize,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Report {
    rows: BTreeMap<Rule, Row>,
    exempt: usize,
    survivors: Vec<String>,
}

impl Report {
    /// A report over these edits, of which none is tried yet, and so many exemptions.
    pub(crate) fn over(mutants: &[Mutant], exempt: usize) -> Report {
        let mut rows: BTreeMap<Rule, Row> = BTreeMap::new();
        for mutant in mutants {
            rows.entry(mutant.rule).or_default().found += 1;
        }
        Report {
            rows,
            exempt,
            survivors: Vec::new(),
        }
    }

    /// How many edits were tried; those that do not compile are none.
    pub(crate) fn tried(&self) -> usize {
        self.rows
            .values()
            .map(|row| row.caught + row.survived)
            .sum()
    }

    /// Notes and prints what came of an edit.
    pub(crate) fn note(&mut self, mutant: &Mutant, outcome: Outcome, after: Duration) {
        let row = self.rows.entry(mutant.rule).or_default();
        let word = match outcome {
            Outcome::Failed => {
                row.caught += 1;
                "caught  "
            }
            Outcome::Passed => {
                row.survived += 1;
                self.survivors.push(mutant.to_string());
                "SURVIVED"
            }
            Outcome::Unbuilt => {
                row.unbuilt += 1;
                "no edit "
            }
        };
        println!("{:5.0} s  {word}  {mutant}", after.as_secs_f32());
    }

    /// Whether no edit survived and some were tried.
    pub(crate) fn is_clean(&self) -> bool {
        self.survivors.is_empty() && self.tried() > 0
    }

    /// Prints the table.
    pub(crate) fn print(&self, seed: u64, took: Duration) {
        println!(
            "\n{:28} {:>6} {:>6} {:>8}",
            "guards", "found", "caught", "survived"
        );
        for rule in Rule::ALL {
            let row = self.rows.get(&rule).copied().unwrap_or_default();
            let Row {
                found,
                caught,
                survived,
                ..
            } = row;
            println!("{:28} {found:>6} {caught:>6} {survived:>8}", rule.words());
        }
        let unbuilt: usize = self.rows.values().map(|row| row.unbuilt).sum();
        for survivor in &self.survivors {
            println!("nobody misses {survivor}");
        }
        println!(
            "isolation: seed {seed}, {} tried, {} survived, {unbuilt} did not compile, \
             {} exempt, {:.0} s",
            self.tried(),
            self.survivors.len(),
            self.exempt,
            took.as_secs_f32()
        );
    }
}
