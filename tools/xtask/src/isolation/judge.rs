//! One program of tests that judges a guard, as `isolation.toml` writes it: words of the
//! environment, a package, one of its programs, and after `--` what the program is told, such as
//! `STROWGER_TEST_STORE=sqlite -p api --test api -- isolation`.

use super::build::Program;

/// A judge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Judge {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) package: String,
    /// One of the package's programs; all when there is none.
    target: Option<Target>,
    /// What the program is told.
    pub(crate) words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Lib,
    Test(String),
}

impl Judge {
    /// Reads one.
    ///
    /// # Errors
    /// Which word is not understood.
    pub(crate) fn parse(text: &str) -> Result<Judge, String> {
        let (build, words) = text.split_once(" -- ").unwrap_or((text, ""));
        let mut judge = Judge {
            environment: Vec::new(),
            package: String::new(),
            target: None,
            words: words.split_whitespace().map(str::to_owned).collect(),
        };
        let mut build = build.split_whitespace();
        while let Some(word) = build.next() {
            let mut next = || build.next().unwrap_or_default().to_owned();
            match (word, word.split_once('=')) {
                ("-p", _) => judge.package = next(),
                ("--test", _) => judge.target = Some(Target::Test(next())),
                ("--lib", _) => judge.target = Some(Target::Lib),
                (_, Some((name, value))) => {
                    judge.environment.push((name.to_owned(), value.to_owned()));
                }
                (other, None) => return Err(format!("{other} in {text:?} is not understood")),
            }
        }
        if judge.package.is_empty() {
            return Err(format!("say which package {text:?} is of: -p"));
        }
        Ok(judge)
    }

    /// Whether this program is one of those meant.
    pub(crate) fn means(&self, program: &Program) -> bool {
        self.package == program.package
            && match &self.target {
                None => true,
                Some(Target::Lib) => program.is_lib,
                Some(Target::Test(name)) => !program.is_lib && *name == program.name,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_is_read_with_all_its_words() {
        let judge = Judge::parse("A=b -p api --test api -- isolation cells").unwrap();
        assert_eq!(judge.environment, [("A".to_owned(), "b".to_owned())]);
        assert_eq!((judge.package.as_str(), judge.words.len()), ("api", 2));
        assert_eq!(judge.target, Some(Target::Test("api".to_owned())));
    }

    #[test]
    fn a_judge_without_a_package_is_refused() {
        assert!(Judge::parse("--lib").unwrap_err().contains("-p"));
        assert!(Judge::parse("-p a --fast").unwrap_err().contains("--fast"));
    }
}
