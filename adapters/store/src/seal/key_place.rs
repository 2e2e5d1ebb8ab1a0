//! Where master keys are, in words: what `--master-key` says.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where master keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In this file.
    File(PathBuf),
    /// In the environment variable of this name.
    Variable(String),
    /// At a program that prints them: its path, then its arguments.
    Command(Vec<String>),
}

impl FromStr for KeyPlace {
    type Err = &'static str;

    /// Reads `FILE`, `env:NAME` or `command:PROGRAM ARGUMENT…`, which is split at white space and
    /// read by no shell.
    fn from_str(text: &str) -> Result<KeyPlace, &'static str> {
        const RULE: &str = "must be a file, env:NAME or command:PROGRAM ARGUMENT…";
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(KeyPlace::Variable(name.to_owned())),
            Some(("command", line)) => {
                let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
                let some = (!words.is_empty()).then_some(KeyPlace::Command(words));
                some.ok_or(RULE)
            }
            Some(("env", _)) => Err(RULE),
            _ if text.is_empty() => Err(RULE),
            _ => Ok(KeyPlace::File(text.into())),
        }
    }
}

impl fmt::Display for KeyPlace {
    /// Without a command's arguments, which may hold what opens a key store.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyPlace::File(path) => path.display().fmt(f),
            KeyPlace::Variable(name) => write!(f, "env:{name}"),
            KeyPlace::Command(words) => {
                write!(f, "command:{}", words.first().map_or("", String::as_str))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_place_is_a_file_a_variable_or_a_program() {
        let read = |text: &str| text.parse::<KeyPlace>();
        assert_eq!(read("./m.key"), Ok(KeyPlace::File("./m.key".into())));
        assert_eq!(read("env:KEYS"), Ok(KeyPlace::Variable("KEYS".to_owned())));
        let words = ["/usr/bin/keys", "get", "pbx"].map(str::to_owned).to_vec();
        let command = read("command:/usr/bin/keys get  pbx").unwrap();
        assert_eq!(command, KeyPlace::Command(words));
        assert_eq!(command.to_string(), "command:/usr/bin/keys");
        for odd in ["", "env:", "command:", "command:  "] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }
}
