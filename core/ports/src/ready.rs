//! Futures that are always ready, polled without a runtime.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The future was not ready at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReady;

/// Polls a future once. Futures over the memory store are always ready: that is how the
/// simulator runs the use cases in its one thread.
///
/// # Errors
/// [`NotReady`] when the future waits for something.
pub fn ready<F: Future>(future: F) -> Result<F::Output, NotReady> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => Err(NotReady),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_waits_is_told_apart_from_one_that_is_ready() {
        assert_eq!(ready(async { 7 }), Ok(7));
        assert_eq!(ready(std::future::pending::<()>()), Err(NotReady));
    }
}
