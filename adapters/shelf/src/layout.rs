//! Where files lie: `tenant/day/recording.rec`, and nobody but their owner reads them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::Recording;
use ids::TenantId;

/// The ending of their names.
const ENDING: &str = "rec";

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// The file of a recording.
pub(crate) fn file(root: &Path, recording: &Recording) -> PathBuf {
    let day = recording.began.unix_ms().div_euclid(DAY_MS);
    root.join(recording.tenant.to_string())
        .join(day.to_string())
        .join(recording.id.to_string())
        .with_extension(ENDING)
}

/// Makes a folder that only its owner reads, with those above it.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a new file, in folders that are made for it.
pub(crate) fn make(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    options.open(path)
}

/// Removes the folders of a file that is gone, as far as they are empty.
pub(crate) fn remove_empty(root: &Path, path: &Path) {
    let folders = path.ancestors().skip(1);
    for folder in folders.take_while(|folder| *folder != root) {
        // one that is not empty stays
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Removes all files of a tenant, and its folders. What is no recording is left.
pub(crate) fn remove_all_of(root: &Path, tenant: TenantId) -> io::Result<()> {
    let own = root.join(tenant.to_string());
    for day in entries(&own)? {
        for path in entries(&day)? {
            if path.extension().is_some_and(|ending| ending == ENDING) {
                fs::remove_file(&path)?;
            }
        }
        // a folder with something else in it stays
        let _left = fs::remove_dir(&day);
    }
    let _left = fs::remove_dir(&own);
    Ok(())
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
