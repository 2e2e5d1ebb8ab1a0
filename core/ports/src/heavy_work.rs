//! Work that takes a core for some ten milliseconds, such as the hash of a password.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

/// As much heavy work is done or waits as may be; worth another try in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// A place for heavy work, apart from where requests are carried out, and of bounded size.
#[async_trait]
pub trait HeavyWork: Send + Sync {
    /// Does the work and waits for its end.
    ///
    /// # Errors
    /// [`Busy`]; then nothing was done.
    async fn carry_out(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), Busy>;
}

/// Does work where heavy work is done, and gives what came of it.
///
/// # Errors
/// [`Busy`]; then nothing was done.
pub async fn apart<T: Send + 'static>(
    heavy: &dyn HeavyWork,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Busy> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let put = move || {
        let done = work();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    };
    heavy.carry_out(Box::new(put)).await?;
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    slot.take().ok_or(Busy)
}

/// Does the work at once, on the thread that asks: for the command line and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct AtOnce;

#[async_trait]
impl HeavyWork for AtOnce {
    async fn carry_out(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), Busy> {
        work();
        Ok(())
    }
}
