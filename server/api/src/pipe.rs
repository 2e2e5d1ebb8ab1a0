//! Bytes between a thread that may wait and a connection that must not, a few pieces at a time.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;

/// Pieces that wait in a pipe, each of 64 KiB or as long as the network gave it.
const PIECES: usize = 8;

/// Longest piece that is put in.
const PIECE: usize = 64 << 10;

/// How slow a peer may be: it may be waited for so long, and beyond that as long as bytes at this
/// rate take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) grace: Duration,
    pub(crate) bytes_per_second: u64,
}

/// Why the bytes end before their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The peer was waited for too long.
    Slow,
    /// The other side is gone.
    Gone,
    /// There are more bytes than may be.
    TooLong,
    /// The connection broke off.
    Broken,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cut::Slow => "the other side is too slow",
            Cut::Gone => "the other side is gone",
            Cut::TooLong => "there are more bytes than may be",
            Cut::Broken => "the connection broke off",
        })
    }
}

impl std::error::Error for Cut {}

/// The pipe, which both sides share.
pub(crate) struct Pipe {
    state: Mutex<State>,
    changed: Condvar,
    pace: Pace,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Bytes>,
    passed: u64,
    waited: Duration,
    end: Option<Result<(), Cut>>,
    /// Of the side that must not wait.
    waker: Option<Waker>,
}

impl Pipe {
    pub(crate) fn new(pace: Pace) -> Arc<Pipe> {
        Arc::new(Pipe {
            state: Mutex::default(),
            changed: Condvar::new(),
            pace,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // each change is whole, so a poisoned lock is as good as any
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the pipe, unless it has ended.
    pub(crate) fn end(&self, end: Result<(), Cut>) {
        let mut state = self.state();
        state.end.get_or_insert(end);
        self.tell(state);
    }

    /// Why it was cut off, if it was.
    pub(crate) fn cut(&self) -> Option<Cut> {
        self.state().end.and_then(Result::err)
    }

    /// Bytes that went through.
    pub(crate) fn passed(&self) -> u64 {
        self.state().passed
    }

    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let waker = state.waker.take();
        drop(state);
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits on a thread until the peer has done something.
    fn wait(&self, until: impl Fn(&State) -> bool) -> Result<MutexGuard<'_, State>, Cut> {
        let mut state = self.state();
        while state.end.is_none() && !until(&state) {
            let earned = state.passed / self.pace.bytes_per_second.max(1);
            let patience = self.pace.grace + Duration::from_secs(earned);
            let left = patience.saturating_sub(state.waited);
            if left.is_zero() {
                state.end = Some(Err(Cut::Slow));
                self.tell(state);
                return Err(Cut::Slow);
            }
            let began = Instant::now();
            let woken = self.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            state.waited += began.elapsed();
        }
        Ok(state)
    }

    /// Puts a piece in, on a thread that may wait for room.
    fn put(&self, piece: Bytes) -> Result<(), Cut> {
        let mut state = self.wait(|state| state.waiting.len() < PIECES)?;
        if let Some(end) = state.end {
            return Err(end.err().unwrap_or(Cut::Gone));
        }
        state.add(piece);
        self.tell(state);
        Ok(())
    }

    /// Takes a piece, on a thread that may wait for one; `None` at the end.
    fn take(&self) -> Result<Option<Bytes>, Cut> {
        let mut state = self.wait(|state| !state.waiting.is_empty())?;
        if let Some(Err(cut)) = state.end {
            return Err(cut);
        }
        let piece = state.waiting.pop_front();
        self.tell(state);
        Ok(piece)
    }

    /// Whether there is room; an error when nobody takes pieces any more.
    pub(crate) fn poll_room(&self, context: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        let mut state = self.state();
        match state.end {
            Some(end) => Poll::Ready(Err(end.err().unwrap_or(Cut::Gone))),
            None if state.waiting.len() < PIECES => Poll::Ready(Ok(())),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Is ready when the pipe has ended, and wakes whoever asked when it does.
    pub(crate) fn poll_end(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.end.is_some() {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// Puts a piece in where there is room, and does not wait.
    pub(crate) fn add(&self, piece: Bytes) {
        let mut state = self.state();
        state.add(piece);
        self.tell(state);
    }

    fn poll_take(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let mut state = self.state();
        if let Some(piece) = state.waiting.pop_front() {
            self.tell(state);
            return Poll::Ready(Some(Ok(piece)));
        }
        match state.end {
            Some(Ok(())) => Poll::Ready(None),
            Some(Err(cut)) => Poll::Ready(Some(Err(cut))),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl State {
    fn add(&mut self, piece: Bytes) {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.passed = self.passed.saturating_add(length);
        self.waiting.push_back(piece);
    }
}

/// Ends a pipe whatever becomes of the thread that uses it.
pub(crate) struct Ended(pub(crate) Arc<Pipe>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.end(Err(Cut::Gone));
    }
}

/// Where a thread writes.
pub(crate) struct Inlet(pub(crate) Arc<Pipe>);

impl Write for Inlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = bytes.get(..PIECE.min(bytes.len())).unwrap_or(bytes);
        let put = self.0.put(Bytes::copy_from_slice(piece));
        put.map_err(io::Error::other)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where a thread reads.
pub(crate) struct Outlet {
    pipe: Arc<Pipe>,
    piece: Bytes,
}

impl Outlet {
    pub(crate) fn of(pipe: Arc<Pipe>) -> Outlet {
        Outlet {
            pipe,
            piece: Bytes::new(),
        }
    }
}

impl Read for Outlet {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pipe.take().map_err(io::Error::other)? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let fits = self.piece.split_to(self.piece.len().min(into.len()));
        into[..fits.len()].copy_from_slice(&fits);
        Ok(fits.len())
    }
}

/// The body of an answer. When it is dropped, whoever writes is told that nobody reads.
pub(crate) struct Flow(pub(crate) Arc<Pipe>);

impl Drop for Flow {
    fn drop(&mut self) {
        self.0.end(Err(Cut::Gone));
    }
}

impl HttpBody for Flow {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let piece = self.0.poll_take(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::thread;

    use super::*;

    fn pipe(grace: Duration) -> Arc<Pipe> {
        Pipe::new(Pace {
            grace,
            bytes_per_second: 1 << 30,
        })
    }

    #[test]
    fn a_thread_reads_what_another_wrote_piece_by_piece() {
        let pipe = pipe(Duration::from_secs(60));
        let text: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[0]).collect();
        let sent = text.clone();
        let mut inlet = Inlet(pipe.clone());
        let writing = thread::scope(|scope| {
            scope.spawn(|| {
                inlet.write_all(&sent).unwrap();
                inlet.0.end(Ok(()));
            });
            let mut read = Vec::new();
            Outlet::of(pipe.clone())
                .read_to_end(&mut read)
                .map(|_| read)
        });
        assert_eq!(writing.unwrap(), text);
        assert_eq!(pipe.passed(), 3_000_000);
    }

    #[test]
    fn a_writer_whom_nobody_reads_is_cut_off_and_holds_a_few_pieces_at_most() {
        let pipe = pipe(Duration::from_millis(1));
        let refused = Inlet(pipe.clone()).write_all(&[0; 2 * PIECES * PIECE]);
        assert_eq!(refused.unwrap_err().to_string(), Cut::Slow.to_string());
        assert_eq!(pipe.cut(), Some(Cut::Slow));
        assert_eq!(pipe.state().waiting.len(), PIECES);
    }

    #[test]
    fn a_reader_to_whom_nobody_writes_is_cut_off() {
        let pipe = pipe(Duration::from_millis(1));
        let read = Outlet::of(pipe.clone()).read(&mut [0; 9]);
        assert_eq!(read.unwrap_err().to_string(), Cut::Slow.to_string());
    }

    #[test]
    fn whoever_writes_hears_that_the_answer_was_dropped() {
        let pipe = pipe(Duration::from_secs(60));
        drop(Flow(pipe.clone()));
        let refused = Inlet(pipe).write_all(b"lost");
        assert_eq!(refused.unwrap_err().to_string(), Cut::Gone.to_string());
    }
}
