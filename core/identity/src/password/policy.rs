//! Which passwords are accepted: long ones, that neither name their owner nor are everybody's.
//!
//! There are no rules about digits and signs: they make passwords worse (NIST SP 800-63B §3.1.1).
//! What is common is not looked up but taken apart: when the well-known pieces are removed, enough
//! must be left.

use std::fmt;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;

/// Most characters of a password.
pub const PASSWORD_MAX: usize = 128;

/// Shortest word about a person that may not be part of the password, in characters.
const WORD_MIN: usize = 4;

/// Fewest different characters that must be left when all well-known pieces are removed.
const REST_MIN: usize = 5;

/// Pieces of which common passwords are made, in lower case, the longer ones first where one
/// holds another. Runs such as `123456` and `qwerty` are found by [`RUNS`].
const PIECES: &[&str] = &[
    "passphrase",
    "password",
    "passwort",
    "passwd",
    "changeme",
    "changeit",
    "letmein",
    "welcome",
    "willkommen",
    "administrator",
    "admin",
    "default",
    "secret",
    "geheim",
    "master",
    "login",
    "telephone",
    "phone",
    "pbx",
    "strowger",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "dragon",
    "monkey",
    "spring",
    "summer",
    "autumn",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "company",
    "test",
    "user",
    "pass",
    "hello",
    "love",
];

/// Rows of keys and the alphabet; any four or more neighbours, either way, are a well-known piece.
const RUNS: &[&str] = &[
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
];

/// Shortest stretch of a run that counts, in characters.
const RUN_MIN: usize = 4;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`PASSWORD_MIN`] characters.
    Short,
    /// More than [`PASSWORD_MAX`] characters.
    Long,
    /// It holds the person's name, mail address or company.
    Personal,
    /// It is made of what everybody takes: common words, rows of keys, repetition.
    Common,
}

impl fmt::Display for Weak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weak::Short => write!(f, "must have at least {PASSWORD_MIN} characters"),
            Weak::Long => write!(f, "must have at most {PASSWORD_MAX} characters"),
            Weak::Personal => f.write_str("must not hold your name, mail address or company"),
            Weak::Common => f.write_str("is too easy to guess: made of common words or repetition"),
        }
    }
}

impl std::error::Error for Weak {}

/// The rules for the password of one person.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    words: Vec<String>,
}

impl Policy {
    /// The rules for a person of whom these texts are known: names, mail address, company.
    pub fn about<'a>(texts: impl IntoIterator<Item = &'a str>) -> Policy {
        let words = texts
            .into_iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| word.chars().count() >= WORD_MIN)
            .map(folded)
            .collect();
        Policy { words }
    }

    /// Whether the person may take the password.
    ///
    /// # Errors
    /// The first rule that the password breaks.
    pub fn check(&self, password: &str) -> Result<(), Weak> {
        let length = password.chars().count();
        if length < PASSWORD_MIN {
            return Err(Weak::Short);
        }
        if length > PASSWORD_MAX {
            return Err(Weak::Long);
        }
        let plain = folded(password);
        if self.words.iter().any(|word| plain.contains(word.as_str())) {
            return Err(Weak::Personal);
        }
        // runs are found before digits are read as letters, words in either reading
        let rest = without_words(&without_runs(&password.to_lowercase()));
        if different(&rest) < REST_MIN || different(&without_words(&folded(&rest))) < REST_MIN {
            return Err(Weak::Common);
        }
        Ok(())
    }
}

/// Lower case, and signs that stand for letters read as those letters.
fn folded(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// The text without the common words, which leave a gap so that no new word arises.
fn without_words(text: &str) -> String {
    PIECES
        .iter()
        .fold(text.to_owned(), |rest, piece| rest.replace(piece, " "))
}

/// The text without stretches of keys that lie side by side.
fn without_runs(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut rest, mut at) = (String::new(), 0);
    while at < chars.len() {
        let run = run_at(&chars[at..]);
        if run >= RUN_MIN {
            rest.push(' ');
            at += run;
        } else {
            rest.push(chars[at]);
            at += 1;
        }
    }
    rest
}

/// How many characters from the first on follow some row of keys, in one direction.
fn run_at(chars: &[char]) -> usize {
    let along = |row: &[char]| {
        (0..row.len())
            .map(|from| {
                let pairs = chars.iter().zip(&row[from..]);
                pairs.take_while(|(a, b)| a == b).count()
            })
            .max()
            .unwrap_or(0)
    };
    let both = |row: &&str| {
        let mut keys: Vec<char> = row.chars().collect();
        let forward = along(&keys);
        keys.reverse();
        forward.max(along(&keys))
    };
    RUNS.iter().map(both).max().unwrap_or(0)
}

/// How many different characters there are, gaps not counted.
fn different(text: &str) -> usize {
    let mut chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    chars.sort_unstable();
    chars.dedup();
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> Policy {
        Policy::about(["Ann Miller", "ann.miller@acme.example", "Acme Widgets"])
    }

    #[test]
    fn length_is_counted_in_characters_not_in_bytes() {
        assert_eq!(ann().check("kürzestößer"), Err(Weak::Short));
        assert_eq!(ann().check("kürzestößerä"), Ok(()));
        let long: String = ('a'..='z').cycle().step_by(3).take(129).collect();
        assert_eq!(ann().check(&long), Err(Weak::Long));
        assert_eq!(ann().check(&long[..128]), Ok(()));
    }

    #[test]
    fn a_password_that_names_its_owner_is_refused_however_it_is_spelt() {
        for bad in ["xk-Miller-qzvb", "w1dg3ts-qp4vkz", "kqz-4CM3-vbnpty"] {
            assert_eq!(ann().check(bad), Err(Weak::Personal), "{bad}");
        }
        assert_eq!(Policy::default().check("xk-Miller-qzvb"), Ok(()));
    }

    #[test]
    fn what_everybody_takes_is_refused() {
        for bad in [
            "password1234",
            "P@ssw0rd2024!",
            "aaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop12",
            "Summer2024!!",
            "letmeinletmein",
            "WelcomeWelcome1",
            "abcabcabcabc",
            "0987654321098",
            "1qaz2wsx3edc",
            "Adm1nAdm1n!!",
            "            ",
            "changeme-2025",
        ] {
            assert_eq!(ann().check(bad), Err(Weak::Common), "{bad}");
        }
    }

    #[test]
    fn four_plain_words_are_good_enough() {
        for good in [
            "correct horse battery",
            "vK9#tq0LmW2z",
            "sieben Zwerge am Fluss",
        ] {
            assert_eq!(ann().check(good), Ok(()), "{good}");
        }
    }
}
