//! A program that is run as an engine, and the two pipes to it.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::frame::Frames;
use crate::message::{Answer, Told};
use crate::problem::Problem;
use crate::sys::{self, Wish};

/// Octets that are read at once.
const PIECE: usize = 64 << 10;

/// What is run as an engine: usually the exchange itself, with one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// Its arguments, by which it knows that it is to be an engine.
    pub arguments: Vec<OsString>,
}

/// One process, which ends with this value.
pub(crate) struct Process {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    frames: Frames,
    outgoing: Vec<u8>,
    piece: Box<[u8]>,
}

impl Process {
    /// Starts it: with nothing of our environment, and no open file but its two pipes.
    pub(crate) fn start(program: &Program) -> Result<Process, Problem> {
        let told = |error: io::Error| Problem::Start(error.to_string());
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(told)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            end(&mut child);
            return Err(Problem::Start("it has no pipes".into()));
        };
        let process = Process {
            child,
            to,
            from,
            frames: Frames::default(),
            outgoing: Vec::new(),
            piece: vec![0; PIECE].into_boxed_slice(),
        };
        sys::never_wait(process.to.as_fd()).map_err(told)?;
        sys::never_wait(process.from.as_fd()).map_err(told)?;
        Ok(process)
    }

    /// Its number at the operating system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it something, within `patience`.
    pub(crate) fn tell(&mut self, told: &Told<'_>, patience: Duration) -> Result<(), Problem> {
        let until = Instant::now() + patience;
        self.outgoing.clear();
        told.write(&mut self.outgoing);
        let mut left = self.outgoing.as_slice();
        while !left.is_empty() {
            match self.to.write(left) {
                Ok(0) => return Err(Problem::Died),
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(error) => await_pipe(&error, self.to.as_fd(), Wish::Write, until)?,
            }
        }
        // one document is no reason to keep its room for ever
        self.outgoing.shrink_to(PIECE);
        Ok(())
    }

    /// Hands over what it says next, within `patience`.
    pub(crate) fn hear<T>(
        &mut self,
        patience: Duration,
        take: impl FnOnce(Answer<'_>) -> T,
    ) -> Result<T, Problem> {
        let until = Instant::now() + patience;
        loop {
            let frame = self.frames.next();
            if let Some((kind, content)) = frame.map_err(|bad| Problem::Nonsense(bad.0))? {
                let answer = Answer::read(kind, content);
                return Ok(take(answer.map_err(|bad| Problem::Nonsense(bad.0))?));
            }
            match self.from.read(&mut self.piece) {
                Ok(0) => return Err(Problem::Died),
                Ok(read) => self.frames.push(self.piece.get(..read).unwrap_or_default()),
                Err(error) => await_pipe(&error, self.from.as_fd(), Wish::Read, until)?,
            }
        }
    }
}

/// Waits for a pipe that was not ready; any other error is the end of the process behind it.
fn await_pipe(
    error: &io::Error,
    pipe: BorrowedFd<'_>,
    wish: Wish,
    until: Instant,
) -> Result<(), Problem> {
    if error.kind() == io::ErrorKind::Interrupted {
        return Ok(());
    }
    if error.kind() != io::ErrorKind::WouldBlock {
        return Err(Problem::Died);
    }
    match sys::wait(pipe, wish, until) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::Stuck),
        Err(_) => Err(Problem::Died),
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills it and waits for that, so that nothing of it stays.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
