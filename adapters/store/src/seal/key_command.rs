//! Master keys from a program, such as the client of a key store: asked in bounded time, and of
//! bounded output. What it prints is never logged.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, park_timeout};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::key_source::{KeySource, parse};
use super::keyring::Keyring;
use super::master_key::MASTER_KEY_LENGTH;

/// Longest output of a key command, in bytes; what prints more is stopped.
pub const KEY_OUTPUT_MAX: u64 = 4_096;

/// Longest that a key command may take; then it is killed.
pub const KEY_PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A program that prints the keys. It is run at the start, and again when something does not open.
pub struct KeyCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments. No shell reads them.
    pub arguments: Vec<String>,
    /// How long it may take, such as [`KEY_PATIENCE`].
    pub patience: Duration,
}

type Printed = Zeroizing<Vec<u8>>;

impl KeySource for KeyCommand {
    fn keyring(&self) -> io::Result<Keyring> {
        let until = Instant::now() + self.patience;
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().map(read_aside).transpose()?;
        let status = ended(&mut child, until)?;
        if !status.success() {
            let what = format!("the key command ended with {status}");
            return Err(io::Error::other(what));
        }
        let left = until.saturating_duration_since(Instant::now());
        let printed = printed.map(|printed| printed.recv_timeout(left));
        let printed = printed.and_then(Result::ok).ok_or_else(too_slow)??;
        let raw = printed.len() == MASTER_KEY_LENGTH;
        let text = printed.trim_ascii_end();
        parse(if raw { &printed } else { text })
    }
}

/// Reads on a thread of its own, since a pipe that is read may stay silent for ever.
fn read_aside(output: ChildStdout) -> io::Result<Receiver<io::Result<Printed>>> {
    let (told, printed) = sync_channel(1);
    let builder = thread::Builder::new().name("key-command".to_owned());
    builder.spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = output.take(KEY_OUTPUT_MAX).read_to_end(&mut bytes);
        // whoever asked may have lost patience
        let _gone = told.send(read.map(|_| bytes));
    })?;
    Ok(printed)
}

/// Waits for the end; kills what takes too long.
fn ended(child: &mut Child, until: Instant) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= until {
            child.kill()?;
            child.wait()?;
            return Err(too_slow());
        }
        park_timeout(LOOK_EVERY);
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the key command took too long")
}
