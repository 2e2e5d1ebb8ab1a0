//! A signalling shard's end of the rings to and from the media threads.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};

use media::{Command, EndpointId, Lifted, Notice};

use crate::sys::EventFd;

/// Called with a shard's number from a media thread after notices were put into its ring. It must
/// not block.
pub type Wake = Arc<dyn Fn(u8) + Send + Sync>;

/// An order that could not be handed over; it is given back.
#[derive(Debug)]
pub enum SendProblem {
    /// The ring is full: the thread is behind. Try again later.
    Full(Command),
    /// The thread is gone, or there never was one of this number.
    Gone(Command),
}

impl fmt::Display for SendProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendProblem::Full(_) => "the ring to the media thread is full",
            SendProblem::Gone(_) => "the media thread is gone",
        })
    }
}

impl std::error::Error for SendProblem {}

/// Wakes a sleeping thread; costs a system call only when it may be asleep.
#[derive(Debug)]
pub(crate) struct Bell {
    pub(crate) event: EventFd,
    /// Rung and not yet heard.
    pub(crate) rung: AtomicBool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.event.signal();
        }
    }
}

/// One thread as the shard sees it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) commands: SyncSender<Command>,
    pub(crate) notices: Receiver<Notice>,
    pub(crate) lifted: Receiver<Lifted>,
    pub(crate) bell: Arc<Bell>,
    /// Orders were put into the ring, and the bell was not rung for them yet.
    pub(crate) unheard: bool,
}

/// One shard's lines to all media threads.
#[derive(Debug)]
pub struct Control {
    pub(crate) lines: Vec<Line>,
}

impl Control {
    /// Hands an order to the thread of its endpoint, which hears of it at the next
    /// [`Control::ring`]: waking it for each would cost more than obeying it. Never blocks.
    #[expect(
        clippy::result_large_err,
        reason = "the order comes back as it went, without an allocation when memory is scarce"
    )]
    pub fn send(&mut self, command: Command) -> Result<(), SendProblem> {
        let Some(line) = self.lines.get_mut(usize::from(id_of(&command).worker())) else {
            return Err(SendProblem::Gone(command));
        };
        match line.commands.try_send(command) {
            Ok(()) => {
                line.unheard = true;
                Ok(())
            }
            Err(TrySendError::Full(command)) => Err(SendProblem::Full(command)),
            Err(TrySendError::Disconnected(command)) => Err(SendProblem::Gone(command)),
        }
    }

    /// Wakes the threads that orders wait for.
    pub fn ring(&mut self) {
        for line in &mut self.lines {
            if std::mem::take(&mut line.unheard) {
                line.bell.ring();
            }
        }
    }

    /// Appends the notices that arrived, at most `most`. Never blocks.
    pub fn notices(&mut self, out: &mut Vec<Notice>, most: usize) {
        let mut left = most;
        for line in &self.lines {
            let before = out.len();
            out.extend(line.notices.try_iter().take(left));
            left = left.saturating_sub(out.len() - before);
        }
    }

    /// Appends the datagrams of STUN and DTLS that came for legs, at most `most`. Never blocks.
    pub fn lifted(&mut self, out: &mut Vec<Lifted>, most: usize) {
        for line in &self.lines {
            let left = most.saturating_sub(out.len());
            out.extend(line.lifted.try_iter().take(left));
        }
    }
}

/// The endpoint whose thread has to obey. The two of a bridge share a thread.
fn id_of(command: &Command) -> EndpointId {
    match command {
        Command::Open { id, .. }
        | Command::OpenVideo { id, .. }
        | Command::Describe { id, .. }
        | Command::Unbridge { id }
        | Command::Echo { id, .. }
        | Command::Play { id, .. }
        | Command::PlayOwn { id, .. }
        | Command::Tune { id, .. }
        | Command::Line { id, .. }
        | Command::Secure { id, .. }
        | Command::Transmit { id, .. }
        | Command::Stop { id }
        | Command::Attend { id, .. }
        | Command::Reseat { id, .. }
        | Command::Hold { id, .. }
        | Command::Tap { id, .. }
        | Command::TapRoom { id, .. }
        | Command::ListenForAnswer { id }
        | Command::Keep { id, .. }
        | Command::Fork { id, .. }
        | Command::Report { id }
        | Command::Close { id } => *id,
        Command::Bridge { a, .. } => *a,
    }
}
