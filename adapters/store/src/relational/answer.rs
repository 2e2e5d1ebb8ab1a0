//! One answer from one thread to one waiting future, under any executor.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Whoever had promised the answer went away without giving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
    /// The promise was kept or broken: nothing more will come.
    settled: bool,
}

type Shared<T> = Arc<Mutex<Slot<T>>>;

/// A promise and the answer to wait for.
pub(super) fn promise<T>() -> (Promise<T>, Answer<T>) {
    let slot = Arc::new(Mutex::new(Slot {
        value: None,
        waker: None,
        settled: false,
    }));
    (Promise(Arc::clone(&slot)), Answer(slot))
}

fn lock<T>(slot: &Shared<T>) -> MutexGuard<'_, Slot<T>> {
    // nothing that runs under this lock can stop halfway
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The duty to answer. Dropping it breaks the promise.
pub(super) struct Promise<T>(Shared<T>);

impl<T> Promise<T> {
    /// Answers.
    pub(super) fn keep(self, value: T) {
        lock(&self.0).value = Some(value);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let waker = {
            let mut slot = lock(&self.0);
            slot.settled = true;
            slot.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The answer, as a future.
pub(super) struct Answer<T>(Shared<T>);

impl<T> Future for Answer<T> {
    type Output = Result<T, Broken>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = lock(&self.0);
        if slot.settled {
            return Poll::Ready(slot.value.take().ok_or(Broken));
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Promise")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::thread;

    use ports::{NotReady, ready};

    use super::*;
    use crate::block_on;

    #[test]
    fn an_answer_from_another_thread_wakes_whoever_waits() {
        let (promise, answer) = promise();
        let thread = thread::spawn(move || promise.keep(7));
        assert_eq!(block_on(answer), Ok(7));
        thread.join().unwrap();
    }

    #[test]
    fn an_answer_is_not_ready_before_it_is_given() {
        let (promise, mut answer) = promise::<u8>();
        assert_eq!(ready(&mut answer), Err(NotReady));
        promise.keep(1);
        assert_eq!(ready(&mut answer), Ok(Ok(1)));
    }

    #[test]
    fn a_broken_promise_is_told() {
        let (promise, answer) = promise::<u8>();
        drop(promise);
        assert_eq!(block_on(answer), Err(Broken));
    }
}
