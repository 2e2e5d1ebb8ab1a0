//! Who goes first when processors are short: calls before administration, and both before upkeep.
//!
//! A call waits for signalling several times until it is set up, and a listener hears every packet
//! that comes late; a request to the API waits once and nobody hears it. So threads of the API and
//! the store give way to them. They are never shut out: the kernel shares a contended processor by
//! weights, and a thread that gives way by five steps has a third of the share of one that does
//! not.

use std::path::Path;

/// By how many steps of niceness the threads of the API and its look-ups give way.
const ADMINISTRATION: u8 = 5;

/// The store's threads by the beginnings of their names, and by how much they give way. All others
/// give way to nobody: signalling, media.
const GIVE_WAY: [(&str, u8); 4] = [
    ("store-read", ADMINISTRATION),
    ("store-write", 3),
    ("store-watch", 10),
    ("keeper", 10),
];

/// Where the kernel lists the threads of this process.
const THREADS: &str = "/proc/self/task";

/// Lets the calling thread give way as those of the API do.
pub(crate) fn step_back() {
    // where the kernel does not, all threads are equal, as they were
    let _as_before = net::give_way(net::CALLING_THREAD, ADMINISTRATION);
}

/// Lets each thread of the store that runs now give way as its name says. Where the kernel does
/// not, all threads are equal, as they were.
pub(crate) fn arrange() {
    let Ok(threads) = std::fs::read_dir(THREADS) else {
        return;
    };
    for thread in threads.flatten() {
        let Some((id, steps)) = place(&thread.path()) else {
            continue;
        };
        if !net::give_way(id, steps) {
            tracing::debug!(thread = id, "does not give way");
        }
    }
}

/// A thread that gives way, and by how much.
fn place(thread: &Path) -> Option<(u32, u8)> {
    let id = thread.file_name()?.to_str()?.parse().ok()?;
    let name = std::fs::read_to_string(thread.join("comm")).ok()?;
    Some((id, steps_of(name.trim_end())?))
}

fn steps_of(name: &str) -> Option<u8> {
    let mut found = GIVE_WAY.iter();
    found
        .find(|(beginning, _)| name.starts_with(beginning))
        .map(|(_, steps)| *steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_go_first_then_administration_then_upkeep() {
        assert_eq!(steps_of("shard-0"), None);
        assert_eq!(steps_of("media-3"), None);
        assert_eq!(steps_of("store-read-2"), Some(ADMINISTRATION));
        assert!(steps_of("keeper") > Some(ADMINISTRATION));
    }
}
