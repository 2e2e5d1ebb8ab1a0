//! A copy of the source in which edits are tried, so that the source itself is never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Rights of a script.
const RUNNABLE: u32 = 0o755;

/// The copy.
#[derive(Debug)]
pub(crate) struct Copy {
    folder: PathBuf,
}

impl Copy {
    /// Brings the folder up to date with these files, given by path and text. What is the same
    /// already keeps its time, so that Cargo builds only what differs; what is gone is removed.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn bring(folder: &Path, texts: &BTreeMap<String, String>) -> io::Result<Copy> {
        let copy = Copy {
            folder: folder.to_path_buf(),
        };
        for (path, text) in texts {
            copy.write(path, text)?;
        }
        let known: BTreeSet<PathBuf> = texts.keys().map(|path| folder.join(path)).collect();
        remove_others(folder, &known)?;
        Ok(copy)
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes one file unless it is like that already.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text)?;
        if text.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(RUNNABLE))?;
        }
        Ok(())
    }
}

/// Removes every file below this folder.
///
/// # Errors
/// What the file system says.
pub(crate) fn empty(folder: &Path) -> io::Result<()> {
    remove_others(folder, &BTreeSet::new())
}

fn remove_others(folder: &Path, known: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_others(&path, known)?;
        } else if !known.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
