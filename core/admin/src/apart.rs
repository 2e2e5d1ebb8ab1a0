//! Work that is done apart, and what came of it.

use std::sync::{Arc, Mutex, PoisonError};

use ports::{Busy, HeavyWork};

/// Does work where heavy work is done, and gives what came of it.
///
/// # Errors
/// [`Busy`]; then nothing was done.
pub(crate) async fn apart<T: Send + 'static>(
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
