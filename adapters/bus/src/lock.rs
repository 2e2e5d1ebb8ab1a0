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
        let (lock, seen) = Lock::take_unseen(folder)?;
        lock.show_life();
        Ok((lock, seen))
    }

    /// The same without a sign of life.
    fn take_unseen(folder: &Path) -> Result<(Lock, Option<WallTime>), BusError> {
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
        Ok((Lock(Arc::new(file)), seen))
    }

    /// Leaves a sign of life.
    pub(crate) fn show_life(&self) {
        // A sign that cannot be left makes the last one count.
        let _left = self.0.set_modified(SystemTime::now());
    }
}

/// Keeps exchanges from a data folder as long as it is there, and leaves no trace in it: when the
/// last exchange was seen stays as it is.
#[derive(Debug)]
pub struct Hold {
    _lock: Lock,
}

impl Hold {
    /// Takes hold of a folder that nobody serves.
    ///
    /// # Errors
    /// [`BusError`]: an exchange serves it, or it cannot be locked.
    pub fn take(folder: &Path) -> Result<Hold, BusError> {
        let (lock, _) = Lock::take_unseen(folder)?;
        Ok(Hold { _lock: lock })
    }
}

fn wall(time: SystemTime) -> WallTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime::UNIX_EPOCH + since
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_hold_keeps_exchanges_out_and_leaves_the_last_sign_of_life() {
        let folder = std::env::temp_dir().join(format!("strowger-hold-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (lock, _) = Lock::take(&folder).unwrap();
        assert!(matches!(Hold::take(&folder), Err(BusError::InUse { .. })));
        let long_ago = UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        lock.0.set_modified(long_ago).unwrap();
        drop(lock);
        let hold = Hold::take(&folder).unwrap();
        assert!(matches!(Lock::take(&folder), Err(BusError::InUse { .. })));
        drop(hold);
        let (_, seen) = Lock::take(&folder).unwrap();
        assert_eq!(seen, Some(wall(long_ago)));
        std::fs::remove_file(folder.join("lock")).unwrap();
        std::fs::remove_dir(&folder).unwrap();
    }
}
