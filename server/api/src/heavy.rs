//! Places for heavy work, such as the one where passwords are hashed and compared, each with a
//! bound on how much is done.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use ports::{Busy, HeavyWork};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Heavy work on threads of its own: some at once, some that wait, and the rest refused.
#[derive(Clone, Debug)]
pub(crate) struct Forge {
    /// A place for each that is done or waits.
    places: Arc<Semaphore>,
    fires: Arc<Semaphore>,
    refused: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
}

impl Forge {
    /// A forge that does so much at once and lets so much wait.
    pub(crate) fn new(at_once: usize, waiting: usize) -> Forge {
        Forge {
            places: Arc::new(Semaphore::new(at_once.saturating_add(waiting))),
            fires: Arc::new(Semaphore::new(at_once)),
            refused: Arc::default(),
            done: Arc::default(),
        }
    }

    /// Does work and gives what came of it.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        ports::apart(self, work).await
    }

    /// How it goes, in the text form of Prometheus.
    pub(crate) fn figures(&self) -> String {
        let (done, refused) = (
            self.done.load(Ordering::Relaxed),
            self.refused.load(Ordering::Relaxed),
        );
        let mut text = String::new();
        for (name, help, value) in [
            ("done", "Passwords hashed or compared.", done),
            (
                "refused",
                "Passwords not even compared, since too many waited.",
                refused,
            ),
        ] {
            // writing to a text does not fail
            let _ = writeln!(
                text,
                "# HELP strowger_passwords_{name}_total {help}\n\
                 # TYPE strowger_passwords_{name}_total counter\n\
                 strowger_passwords_{name}_total {value}"
            );
        }
        text
    }
}

#[async_trait]
impl HeavyWork for Forge {
    async fn carry_out(&self, work: Box<dyn FnOnce() + Send>) -> Result<(), Busy> {
        let Ok(_place) = self.places.try_acquire() else {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Busy);
        };
        let fire = Arc::clone(&self.fires).acquire_owned().await;
        let fire = fire.map_err(|_| Busy)?;
        let done = spawn_blocking(move || {
            work();
            // whoever asked may be gone, yet the core is busy until here
            drop(fire);
        });
        done.await.map_err(|_| Busy)?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::mpsc::sync_channel;

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn what_is_beyond_the_bound_is_refused_at_once_and_counted() {
        let forge = Arc::new(Forge::new(1, 1));
        let (open, door) = sync_channel::<()>(0);
        let busy = Arc::clone(&forge);
        let first = tokio::spawn(async move {
            let wait = Box::new(move || door.recv().unwrap());
            busy.carry_out(wait).await
        });
        let waits = Arc::clone(&forge);
        let second = tokio::spawn(async move { waits.carry_out(Box::new(|| ())).await });
        while forge.places.available_permits() > 0 {
            yield_now().await;
        }
        assert_eq!(forge.carry_out(Box::new(|| ())).await, Err(Busy));
        open.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(()));
        assert_eq!(second.await.unwrap(), Ok(()));
        let figures = forge.figures();
        assert!(figures.contains("strowger_passwords_done_total 2"));
        assert!(figures.contains("strowger_passwords_refused_total 1"));
    }
}
