//! What can be said on the command line.

use std::time::Duration;

/// The options with their defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Decides which edits are tried.
    pub(crate) seed: u64,
    /// How many edits are tried at most.
    pub(crate) edits: usize,
    /// No edit is begun after this time.
    pub(crate) time: Duration,
    /// Only edits in files whose path, or under rules whose words, hold this.
    pub(crate) only: String,
    /// Try guards of the store on PostgreSQL too, where a second wall stands behind them.
    pub(crate) wall: bool,
    /// Ask only tests of the nearest crate: a quick look, whose survivors must be tried again.
    pub(crate) near: bool,
    /// Print the edits and try none.
    pub(crate) list: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            seed: 1,
            edits: 40,
            time: Duration::from_secs(360),
            only: String::new(),
            wall: false,
            near: false,
            list: false,
        }
    }
}

impl Options {
    /// Reads `--seed N --edits N --seconds N --only TEXT --wall --near --list`.
    ///
    /// # Errors
    /// Which word is not understood.
    pub(crate) fn parse(words: &[&str]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let value = words.next().and_then(|value| value.parse::<u64>().ok());
                value.ok_or_else(|| format!("{word} takes a number"))
            };
            match *word {
                "--seed" => options.seed = number()?,
                "--edits" => options.edits = usize::try_from(number()?).unwrap_or(usize::MAX),
                "--seconds" => options.time = Duration::from_secs(number()?),
                "--only" => {
                    let part = words
                        .next()
                        .ok_or("--only takes a part of a path or rule")?;
                    options.only = (*part).to_owned();
                }
                "--wall" => options.wall = true,
                "--near" => options.near = true,
                "--list" => options.list = true,
                other => return Err(format!("{other} is not understood")),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_counts_and_the_rest_has_its_defaults() {
        let options = Options::parse(&["--seed", "7", "--only", "store"]).unwrap();
        assert_eq!((options.seed, options.only.as_str()), (7, "store"));
        assert_eq!(options.edits, Options::default().edits);
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        assert!(
            Options::parse(&["--seed", "x"])
                .unwrap_err()
                .contains("--seed")
        );
        assert!(Options::parse(&["--fast"]).unwrap_err().contains("--fast"));
    }
}
