//! What `isolation.toml` says: which tests judge which files, and what is let through.

use serde::Deserialize;

use super::judge::Judge;
use super::mutant::Mutant;

/// The whole of `isolation.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// The file through which every text of SQL goes.
    pub(crate) sql: String,
    /// Which tests judge which files; the first that fits counts.
    pub(crate) suite: Vec<Suite>,
    /// Guards whose loss nothing can show.
    #[serde(default)]
    pub(crate) same: Vec<Same>,
}

/// The tests of some files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    /// The beginning of the files' paths.
    of: String,
    /// Judges, one after the other until a test fails.
    run: Vec<String>,
    /// Judges where a second wall stands behind these guards.
    #[serde(default)]
    wall: Vec<String>,
}

impl Suite {
    /// Who judges the files' guards.
    ///
    /// # Errors
    /// What is wrong with a line.
    pub(crate) fn judges(&self) -> Result<Vec<Judge>, String> {
        self.run.iter().map(|line| Judge::parse(line)).collect()
    }

    /// Who judges them where a second wall stands behind them.
    ///
    /// # Errors
    /// What is wrong with a line.
    pub(crate) fn wall(&self) -> Result<Vec<Judge>, String> {
        self.wall.iter().map(|line| Judge::parse(line)).collect()
    }
}

/// A guard whose loss nothing can show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Same {
    /// The file, from the root of the repository.
    file: String,
    /// A part of the line that tells it from all others of the file.
    line: String,
    /// Why it is no loss.
    why: String,
}

impl Plan {
    /// Reads the text of `isolation.toml`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Plan, String> {
        let plan: Plan = toml::from_str(text).map_err(|e| e.to_string())?;
        match plan.same.iter().find(|same| same.why.trim().is_empty()) {
            Some(same) => Err(format!("say why {} may lose {:?}", same.file, same.line)),
            None => Ok(plan),
        }
    }

    /// The tests that judge a file; `None` when no guard is looked for in it.
    pub(crate) fn suite_of(&self, path: &str) -> Option<&Suite> {
        self.suite.iter().find(|suite| path.starts_with(&suite.of))
    }

    /// Whether an edit is one that changes nothing; `original` is its line.
    pub(crate) fn lets_through(&self, mutant: &Mutant, original: &str) -> bool {
        self.same.iter().any(|same| same.covers(mutant, original))
    }

    /// Exemptions that no edit needs; each edit stands with its line.
    pub(crate) fn unused(&self, all: &[(Mutant, String)]) -> Vec<String> {
        let needless = |same: &&Same| !all.iter().any(|(one, line)| same.covers(one, line));
        let unused = self.same.iter().filter(needless);
        unused
            .map(|same| format!("{}: {:?}", same.file, same.line))
            .collect()
    }
}

impl Same {
    fn covers(&self, mutant: &Mutant, original: &str) -> bool {
        mutant.path == self.file && original.contains(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isolation::mutant::Rule;

    const TEXT: &str = "sql = \"a/sql.rs\"\n[[suite]]\nof = \"a/\"\nrun = [\"-p a\"]\n
        [[same]]\nfile = \"a/b.rs\"\nline = \"id = ?1\"\nwhy = \"ids are unique\"\n";

    fn mutant() -> Mutant {
        Mutant {
            rule: Rule::Bind,
            path: "a/b.rs".to_owned(),
            line: 3,
            more: 0,
            bytes: 0..1,
            instead: String::new(),
        }
    }

    #[test]
    fn an_exemption_that_covers_nothing_is_told_of() {
        let plan = Plan::parse(TEXT).unwrap();
        assert!(plan.lets_through(&mutant(), "tenant = ?1 AND id = ?1"));
        assert!(!plan.lets_through(&mutant(), "tenant = ?1"));
        let all = [(mutant(), "tenant = ?1".to_owned())];
        assert_eq!(plan.unused(&all), ["a/b.rs: \"id = ?1\""]);
    }

    #[test]
    fn an_exemption_without_a_reason_is_refused() {
        let text = TEXT.replace("ids are unique", " ");
        assert!(Plan::parse(&text).unwrap_err().contains("say why"));
    }

    #[test]
    fn files_that_nothing_judges_are_left_alone() {
        let plan = Plan::parse(TEXT).unwrap();
        assert!(plan.suite_of("b/c.rs").is_none());
        let judges = plan.suite_of("a/c.rs").unwrap().judges().unwrap();
        assert_eq!(judges, [Judge::parse("-p a").unwrap()]);
    }
}
