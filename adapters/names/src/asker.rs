//! Questions in a bounded line, answered side by side on a thread of their own.

use crate::resolver::{NameServers, Servers};
use carrier::{NameQuery, Replied};
use std::io;
use std::sync::Arc;
use std::thread;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Questions that wait at most; a further one is given back.
pub const QUESTIONS_MAX: usize = 1_024;
/// Questions that are open at a time at most.
pub const AT_ONCE: usize = 32;

/// Asks the name system. The thread ends with the last clone of it.
#[derive(Clone, Debug)]
pub struct Asker<T>(Sender<(T, NameQuery)>);

impl<T: Send + 'static> Asker<T> {
    /// Starts asking these servers. Each answer is handed to `deliver` with what came with its
    /// question, on the thread of the asker; it must not wait.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(
        servers: Servers,
        deliver: impl Fn(T, Replied) + Send + Sync + 'static,
    ) -> io::Result<Asker<T>> {
        let (sender, questions) = channel(QUESTIONS_MAX);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let work = move || runtime.block_on(answer_all(servers, questions, Arc::new(deliver)));
        thread::Builder::new()
            .name("names".to_owned())
            .spawn(work)?;
        Ok(Asker(sender))
    }

    /// Asks; never waits. Each question is answered, if only by failure.
    ///
    /// # Errors
    /// Too many questions wait: this one is given back.
    pub fn ask(&self, whose: T, query: NameQuery) -> Result<(), (T, NameQuery)> {
        let sent = self.0.try_send((whose, query));
        sent.map_err(|refused| refused.into_inner())
    }
}

async fn answer_all<T: Send + 'static>(
    servers: Servers,
    mut questions: Receiver<(T, NameQuery)>,
    deliver: Arc<impl Fn(T, Replied) + Send + Sync + 'static>,
) {
    let servers = NameServers::of(servers);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some((whose, query)) = questions.recv().await {
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (servers, deliver) = (servers.clone(), Arc::clone(&deliver));
        tokio::spawn(async move {
            let reply = servers.ask(&query).await;
            deliver(whose, Replied { query, reply });
            drop(seat);
        });
    }
}
