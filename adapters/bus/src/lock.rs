//! The lock on the data folder, which also tells when its holder was last seen.

use crate::BusError;
use crate::segment::private;
use machine::WallTime;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The lock on a data folder, held as long as a clone of this is there. The time of the file is the
/// holder's last sign of life; a killed process leaves it behind.
#[derive(Clone, Debug)]
pub(crate) struct Lock(Arc<File>);

impl Lock {
    /// Takes the lock. Gives beside it when the last holder was last seen, if there was one.
    pub(crate) fn take(folder: &Path) -> Result<(Lock, Option<WallTime>), BusError> {
        let path = folder.join("lock");
        let known = path.exists();
        let mut options = OpenOptions::new();
        let options = private(options.create(true).truncate(false));
        let file = options.open(&path).map_err(BusError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(BusError::InUse {
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(BusError::io("lock", &path)(error)),
        }
        let modified = file.metadata().and_then(|about| about.modified());
        let seen = modified.ok().filter(|_| known).map(wall);
        let lock = Lock(Arc::new(file));
        lock.show_life();
        Ok((lock, seen))
    }

    /// Leaves a sign of life.
    pub(crate) fn show_life(&self) {
        // A sign that cannot be left makes the last one count.
        let _left = self.0.set_modified(SystemTime::now());
    }
}

fn wall(time: SystemTime) -> WallTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime::UNIX_EPOCH + since
}
