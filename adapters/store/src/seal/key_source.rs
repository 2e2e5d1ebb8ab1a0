//! Where master keys come from: a file, a text that was given, or a key store asked by a command.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use ports::Entropy;
use zeroize::Zeroizing;

use super::keyring::Keyring;
use super::master_key::{MasterKey, refuse_shared};

/// Longest output of a key command, in bytes.
const OUTPUT_MAX: u64 = 4_096;

/// A place that gives the platform's master keys, and gives them again when they were replaced.
pub trait KeySource: Send + Sync {
    /// The keys as they are now.
    ///
    /// # Errors
    /// What the operating system says; `InvalidData` for what holds no keys.
    fn keyring(&self) -> io::Result<Keyring>;
}

/// Keys that never change.
pub struct FixedKeys(pub Keyring);

impl KeySource for FixedKeys {
    fn keyring(&self) -> io::Result<Keyring> {
        Ok(self.0.clone())
    }
}

/// A file, readable by its owner alone; made with one new key when there is none.
pub struct KeyFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What a new key is made of.
    pub entropy: Arc<dyn Entropy>,
}

impl KeySource for KeyFile {
    fn keyring(&self) -> io::Result<Keyring> {
        match fs::read(&self.path).map(Zeroizing::new) {
            Ok(bytes) => {
                refuse_shared(&self.path)?;
                parse(&bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                MasterKey::create(&self.path, &*self.entropy).map(Keyring::of)
            }
            Err(error) => Err(error),
        }
    }
}

/// A text that was given at the start, such as the value of an environment variable.
pub struct KeyText(pub Zeroizing<String>);

impl KeySource for KeyText {
    fn keyring(&self) -> io::Result<Keyring> {
        parse(self.0.trim().as_bytes())
    }
}

/// A program that prints the keys, such as the client of a key store. It is run at the start, and
/// again when something does not open.
pub struct KeyCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl KeySource for KeyCommand {
    fn keyring(&self) -> io::Result<Keyring> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut printed = Zeroizing::new(Vec::new());
        if let Some(output) = child.stdout.take() {
            output.take(OUTPUT_MAX).read_to_end(&mut printed)?;
        }
        let status = child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!(
                "the key command ended with {status}"
            )));
        }
        let trimmed = printed.trim_ascii_end();
        parse(if printed.len() == 32 {
            &printed
        } else {
            trimmed
        })
    }
}

fn parse(bytes: &[u8]) -> io::Result<Keyring> {
    Keyring::parse(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
