//! The journal's files on their way into a backup and out of it.
//!
//! They hold what calls of that moment have done, and records that were not in the store yet.
//! They only grow and end in whole frames or in a torn one, which the next start cuts off, so they
//! may be copied while an exchange writes them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::{ArchiveError, Giver, Taker};
use store::BackupItem;

use crate::archive_file::{Given, failed};
use crate::failure::Failure;

/// The journal's folder in the data folder.
const JOURNAL: &str = "journal";

/// Bytes of one piece of a file.
const PIECE: u64 = 48 << 10;

/// How often the list of files is read anew because the exchange merged some meanwhile.
const LISTINGS: usize = 20;

/// Writes the journal's files.
///
/// # Errors
/// They cannot be read, or the archive not written.
pub(crate) fn pack(data: &Path, taker: &mut impl Taker<BackupItem>) -> Result<(), Failure> {
    let folder = data.join(JOURNAL);
    let unreadable = |error: io::Error| Failure::internal(format!("{}: {error}", folder.display()));
    for (name, mut file) in opened(&folder).map_err(unreadable)? {
        loop {
            let mut piece = Vec::new();
            let read = (&mut file).take(PIECE).read_to_end(&mut piece);
            if read.map_err(unreadable)? == 0 {
                break;
            }
            let item = BackupItem::File {
                name: format!("{JOURNAL}/{name}"),
                base64: STANDARD.encode(piece),
            };
            taker.take(&item).map_err(failed)?;
        }
    }
    Ok(())
}

/// All files at once, so that a merge meanwhile takes none away.
fn opened(folder: &Path) -> io::Result<Vec<(String, File)>> {
    let mut gone = io::Error::from(io::ErrorKind::NotFound);
    for _ in 0..LISTINGS {
        match listed(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.exists() => {
                gone = error;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            outcome => return outcome,
        }
    }
    Err(gone)
}

fn listed(folder: &Path) -> io::Result<Vec<(String, File)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_segment(&name) {
            names.push(name);
        }
    }
    names.sort_unstable();
    let open = |name: String| File::open(folder.join(&name)).map(|file| (name, file));
    names.into_iter().map(open).collect()
}

/// Whether a name is that of a segment: digits and `.log`.
fn is_segment(name: &str) -> bool {
    let number = name.strip_suffix(".log");
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Gives a backup's items, and puts the files among them into the data folder on the way.
pub(crate) struct Unpacking {
    data: PathBuf,
    given: Given,
    made: Vec<PathBuf>,
    moment: Option<i64>,
}

impl Unpacking {
    /// Into a folder without a journal.
    ///
    /// # Errors
    /// There is a journal, or the folder cannot be read.
    pub(crate) fn into(data: &Path, given: Given) -> Result<Unpacking, Failure> {
        let folder = data.join(JOURNAL);
        let there = opened(&folder);
        let there = there.map_err(|error| Failure::internal(error.to_string()))?;
        if !there.is_empty() {
            return Err(Failure::new(format!("{} is not empty", folder.display()))
                .next("restore into a new folder"));
        }
        Ok(Unpacking {
            data: data.to_owned(),
            given,
            made: Vec::new(),
            moment: None,
        })
    }

    /// All is there: the folder says that it was last served when the backup was made, so that
    /// calls of then end then.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let moment = self.moment.and_then(|made| u64::try_from(made).ok());
        let Some(moment) = moment.map(Duration::from_millis) else {
            return Ok(());
        };
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let set = options
            .open(self.data.join("lock"))
            .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + moment));
        set.map_err(|error| Failure::internal(error.to_string()))
    }

    /// Takes away what was put there.
    pub(crate) fn abandon(&self) {
        for path in &self.made {
            // what cannot be removed keeps the next restore from this folder, and is named then
            let _left = fs::remove_file(path);
        }
    }

    fn put(&mut self, name: &str, base64: &str) -> Result<(), ArchiveError> {
        let odd = |what: &str| ArchiveError::Odd(format!("its file {name}: {what}"));
        let segment = name
            .strip_prefix(JOURNAL)
            .and_then(|rest| rest.strip_prefix('/'))
            .filter(|segment| is_segment(segment))
            .ok_or_else(|| odd("is none that belongs into a data folder"))?;
        let bytes = STANDARD.decode(base64).map_err(|_| odd("is no base64"))?;
        let folder = self.data.join(JOURNAL);
        let path = folder.join(segment);
        let write = || {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true).mode(0o700).create(&folder)?;
            let mut options = OpenOptions::new();
            let mut file = options.append(true).create(true).mode(0o600).open(&path)?;
            file.write_all(&bytes)?;
            file.sync_all()
        };
        write().map_err(|error| ArchiveError::Io(format!("{}: {error}", path.display())))?;
        if self.made.last() != Some(&path) {
            self.made.push(path);
        }
        Ok(())
    }
}

impl Giver<BackupItem> for Unpacking {
    fn give(&mut self) -> Result<Option<BackupItem>, ArchiveError> {
        loop {
            match self.given.give()? {
                Some(BackupItem::File { name, base64 }) => self.put(&name, &base64)?,
                item => {
                    if let Some(BackupItem::Head { made, .. }) = &item {
                        self.moment = Some(*made);
                    }
                    return Ok(item);
                }
            }
        }
    }
}
