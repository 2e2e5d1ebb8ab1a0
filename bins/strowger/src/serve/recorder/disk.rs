//! What was written is brought to the disk by a thread that may wait for it, file by file: a disk
//! that is slow makes that rarer and holds nobody up.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Files that wait for the disk at most; one that finds no room comes again in a second.
const FILES_MAX: usize = 256;

/// The recorder's end. The thread ends with it.
pub(super) struct Disk {
    files: SyncSender<File>,
}

impl Disk {
    /// Has what was written to a file brought to the disk; never waits.
    pub(super) fn bring(&self, file: File) {
        // it comes again
        let _full = self.files.try_send(file);
    }
}

/// Starts the thread.
pub(super) fn start() -> io::Result<Disk> {
    let (files, waiting) = sync_channel::<File>(FILES_MAX);
    std::thread::Builder::new()
        .name("recordings-disk".to_owned())
        .spawn(move || {
            for file in waiting {
                if let Err(error) = file.sync_data() {
                    tracing::warn!(%error, "a recording does not reach the disk");
                }
            }
        })?;
    Ok(Disk { files })
}
