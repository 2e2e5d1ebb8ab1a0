//! Who goes first when processors are short: calls before administration, and both before upkeep.
//!
//! A call waits for signalling several times until it is set up, and a listener hears every packet
//! that comes late; a request to the API waits once and nobody hears it. So threads of the API and
//! the store give way to them. They are never shut out: the kernel shares a contended processor by
//! weights, and a thread that gives way by five steps has a third of the share of one that does
//! not. And they let media in at once when it wakes: an answer in preparation can wait for a
//! packet, since the packet takes less than a tenth of the time.
//!
//! As long as the API's own threads use little of the machine, they even come before all but
//! signalling ([`Favour`]): what they do then is over before anybody misses the processor.

use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use net::{FAVOURED_MAX, Favour, Figures, LoopClock};

/// By how many steps of niceness the threads of the API and its look-ups give way.
const ADMINISTRATION: u8 = 5;

/// The beginnings of the names of threads that are let in as soon as they wake, and give way to
/// nobody: media. Signalling comes before all by itself (`net::Net::urgent`).
const FIRST: [&str; 1] = ["media-"];

/// Other threads by the beginnings of their names. What the writers do is waited for, too, but
/// they do it for many at once: if each of their wakings interrupted an answer of the API, all
/// answers would be later and nothing written sooner.
const BEHIND: [(&str, Precedence); 11] = [
    ("store-read", Precedence::Soon(ADMINISTRATION)),
    ("store-write", Precedence::InBatches(3)),
    ("records", Precedence::InBatches(3)),
    ("recorder", Precedence::InBatches(3)),
    ("recordings", Precedence::Behind(10)),
    ("store-watch", Precedence::Behind(10)),
    ("stations", Precedence::InBatches(3)),
    ("radio", Precedence::Behind(5)),
    ("music", Precedence::Behind(10)),
    ("voices", Precedence::Behind(10)),
    ("keeper", Precedence::Behind(10)),
];

/// Where the kernel lists the threads of this process.
const THREADS: &str = "/proc/self/task";

/// Lets the calling thread give way as those of the API do.
pub(crate) fn step_back() {
    // where the kernel does not, all threads are equal, as they were
    let _as_before = net::answer_soon(net::CALLING_THREAD, ADMINISTRATION);
}

thread_local! {
    /// Whether the calling thread is known as one of the API's.
    static KNOWN: Cell<bool> = const { Cell::new(false) };
}

/// The threads that carry out requests, as they become known. Those that only hash passwords and
/// the like are none of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workers(Arc<Mutex<Vec<u32>>>);

impl Workers {
    /// The calling thread is one.
    pub(crate) fn join(&self) {
        if !KNOWN.replace(true) {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() < FAVOURED_MAX {
                all.push(net::calling_thread());
            }
        }
    }

    fn take(&self) -> Vec<u32> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut all)
    }
}

/// The thread that watches how much the API's threads use; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    ended: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch these threads.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn begin(workers: Workers, figures: Arc<Figures>) -> std::io::Result<Watch> {
        let (ended, end) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("precedence".to_owned())
            .spawn(move || watch(&workers, &figures, &end))?;
        Ok(Watch {
            ended: Some(ended),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.ended.take());
        if let Some(thread) = self.thread.take() {
            // what it may have died of is told by the panic itself
            let _died = thread.join();
        }
    }
}

fn watch(workers: &Workers, figures: &Figures, end: &Receiver<()>) {
    let clock = LoopClock::start();
    let mut favour = Favour::begin(ADMINISTRATION, clock.now());
    while let Some(pause) = favour.every() {
        match end.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        for worker in workers.take() {
            favour.add(worker);
        }
        favour.look(clock.now(), figures);
    }
}

/// What a thread's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precedence {
    First,
    /// Behind the others by so many steps.
    Behind(u8),
    /// Behind them, but let in soon after it wakes.
    Soon(u8),
    /// Behind them, and interrupting nobody.
    InBatches(u8),
}

/// Lets each thread that runs now go first, or give way, as its name says. Where the kernel does
/// not, all threads are equal, as they were.
pub(crate) fn arrange() {
    let Ok(threads) = std::fs::read_dir(THREADS) else {
        return;
    };
    for thread in threads.flatten() {
        let Some((id, precedence)) = place(&thread.path()) else {
            continue;
        };
        let arranged = match precedence {
            Precedence::First => net::come_first(id),
            Precedence::Behind(steps) => net::give_way(id, steps),
            Precedence::Soon(steps) => net::answer_soon(id, steps),
            Precedence::InBatches(steps) => net::work_in_batches(id, steps),
        };
        if !arranged {
            tracing::debug!(thread = id, ?precedence, "the kernel leaves it as it was");
        }
    }
}

/// A thread whose name says something, and what.
fn place(thread: &Path) -> Option<(u32, Precedence)> {
    let id = thread.file_name()?.to_str()?.parse().ok()?;
    let name = std::fs::read_to_string(thread.join("comm")).ok()?;
    Some((id, of_name(name.trim_end())?))
}

fn of_name(name: &str) -> Option<Precedence> {
    if FIRST.iter().any(|beginning| name.starts_with(beginning)) {
        return Some(Precedence::First);
    }
    let mut found = BEHIND.iter();
    found
        .find(|(beginning, _)| name.starts_with(beginning))
        .map(|(_, precedence)| *precedence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_go_first_then_administration_then_upkeep() {
        assert_eq!(of_name("shard-0"), None);
        assert_eq!(of_name("media-3"), Some(Precedence::First));
        let administration = Some(Precedence::Soon(ADMINISTRATION));
        assert_eq!(of_name("store-read-2"), administration);
        assert_eq!(of_name("keeper"), Some(Precedence::Behind(10)));
        assert_eq!(of_name("records"), Some(Precedence::InBatches(3)));
    }
}
