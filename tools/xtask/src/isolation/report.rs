//! What came of the edits: a line each, and a table by rule.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bench::{BehindWall, Finding};
use super::mutant::{Mutant, Rule};

/// Counts of one rule.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    found: usize,
    caught: usize,
    survived: usize,
    unbuilt: usize,
    /// Of those tried behind the second wall: held by it, or seen by a test all the same.
    held: usize,
    seen: usize,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Report {
    rows: BTreeMap<Rule, Row>,
    exempt: usize,
    survivors: Vec<String>,
    /// When the last edit was done with.
    last: Option<Duration>,
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
            last: None,
        }
    }

    /// How many edits were tried; those that do not compile are none.
    pub(crate) fn tried(&self) -> usize {
        self.rows
            .values()
            .map(|row| row.caught + row.survived)
            .sum()
    }

    /// Notes and prints what came of an edit, this long after the start.
    pub(crate) fn note(
        &mut self,
        mutant: &Mutant,
        (finding, behind): (Finding, BehindWall),
        after: Duration,
    ) {
        let row = self.rows.entry(mutant.rule).or_default();
        let (word, by) = match finding {
            Finding::Caught(test) => {
                row.caught += 1;
                ("caught  ", format!(" by {test}"))
            }
            Finding::Survived => {
                row.survived += 1;
                self.survivors.push(mutant.to_string());
                ("SURVIVED", String::new())
            }
            Finding::Unbuilt => {
                row.unbuilt += 1;
                ("no edit ", String::new())
            }
        };
        let wall = match behind {
            Some(Finding::Caught(test)) => {
                row.seen += 1;
                format!("; PostgreSQL: caught by {test}")
            }
            Some(Finding::Survived) => {
                row.held += 1;
                "; PostgreSQL: held by the second wall".to_owned()
            }
            Some(Finding::Unbuilt) | None => String::new(),
        };
        let took = self
            .last
            .map_or(Duration::ZERO, |last| after.saturating_sub(last));
        self.last = Some(after);
        let (after, took) = (after.as_secs_f32(), took.as_secs_f32());
        println!("{after:5.0} s {took:+6.1} s  {word}  {mutant}{by}{wall}");
    }

    /// Whether no edit survived and some were tried.
    pub(crate) fn is_clean(&self) -> bool {
        self.survivors.is_empty() && self.tried() > 0
    }

    /// Prints the table.
    pub(crate) fn print(&self, seed: u64, took: Duration) {
        println!(
            "\n{:28} {:>6} {:>6} {:>8} {:>8} {:>10} {:>10}",
            "guards", "found", "caught", "survived", "no edit", "wall held", "wall seen"
        );
        for rule in Rule::ALL {
            let row = self.rows.get(&rule).copied().unwrap_or_default();
            println!(
                "{:28} {:>6} {:>6} {:>8} {:>8} {:>10} {:>10}",
                rule.words(),
                row.found,
                row.caught,
                row.survived,
                row.unbuilt,
                row.held,
                row.seen
            );
        }
        for survivor in &self.survivors {
            println!("nobody misses {survivor}");
        }
        println!(
            "isolation: seed {seed}, {} tried, {} survived, {} exempt, {:.0} s",
            self.tried(),
            self.survivors.len(),
            self.exempt,
            took.as_secs_f32()
        );
    }
}
