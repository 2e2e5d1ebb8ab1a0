//! Archives as files: their keys, and a file that is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use archive::{ArchiveKey, ArchiveReader, ArchiveWriter, LineGiver, LineTaker};
use ports::ArchiveError;
use store::OsEntropy;

use crate::arguments::backup::KeyArguments;
use crate::console::secret_from_stdin;
use crate::failure::Failure;
use crate::print;

/// The items of an archive that is being written.
pub(crate) type Items = LineTaker<ArchiveWriter<BufWriter<File>>>;

/// The items of an archive that is being read.
pub(crate) type Given = LineGiver<ArchiveReader<BufReader<File>>>;

/// A failure of an archive, in words for the person at the terminal.
pub(crate) fn failed(error: ArchiveError) -> Failure {
    match error {
        ArchiveError::Store(error) => error.into(),
        ArchiveError::Io(what) => Failure::internal(what),
        ArchiveError::NoArchive
        | ArchiveError::Newer { .. }
        | ArchiveError::OtherKey
        | ArchiveError::CutOff
        | ArchiveError::Damaged { .. }
        | ArchiveError::Odd(_) => Failure::new(error.to_string()),
    }
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// The key that an existing archive is opened with.
///
/// # Errors
/// None was named, or it cannot be read.
pub(crate) fn key(said: &KeyArguments) -> Result<ArchiveKey, Failure> {
    if said.passphrase_stdin {
        let text = secret_from_stdin()?;
        return ArchiveKey::passphrase(&text).map_err(|bad| Failure::new(bad.to_string()));
    }
    let Some(path) = &said.archive_key else {
        return Err(Failure::new("an archive has a key")
            .next("name it with --archive-key FILE, or say --passphrase-stdin"));
    };
    let text = fs::read(path).map_err(|error| unusable(path, &error))?;
    ArchiveKey::parse(&text).map_err(|bad| Failure::new(format!("{}: {bad}", path.display())))
}

/// The key that a new archive is made with; a key file that is not there is made.
///
/// # Errors
/// As [`key`], or the file cannot be made.
pub(crate) fn key_or_new(said: &KeyArguments) -> Result<ArchiveKey, Failure> {
    if let Some(path) = said.archive_key.as_ref().filter(|path| !path.exists()) {
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(path);
        let line = ArchiveKey::generate(&OsEntropy);
        made.and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        })
        .map_err(|error| unusable(path, &error))?;
        let place = path.display();
        print::line(&format!(
            "made the key {place}: without it the archive cannot be opened; keep it elsewhere"
        ));
    }
    key(said)
}

/// Where an unfinished file is, and where it belongs.
pub(crate) struct Place {
    draft: PathBuf,
    path: PathBuf,
}

/// An archive that is being written beside its place.
pub(crate) struct Draft {
    pub(crate) items: Items,
    pub(crate) place: Place,
}

impl Draft {
    /// Begins a file that must not be there yet, readable by its owner alone.
    ///
    /// # Errors
    /// It is there, or cannot be made.
    pub(crate) fn begin(path: &Path, key: &ArchiveKey) -> Result<Draft, Failure> {
        if path.exists() {
            return Err(Failure::new(format!("{} is there already", path.display()))
                .next("name another file; an archive is not written over"));
        }
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let file = options
            .open(&draft)
            .map_err(|error| unusable(&draft, &error))?;
        let writer = ArchiveWriter::begin(BufWriter::new(file), key, &OsEntropy);
        Ok(Draft {
            items: LineTaker::over(writer.map_err(failed)?),
            place: Place {
                draft,
                path: path.to_owned(),
            },
        })
    }

    /// Writes the end, waits for the disk, and puts the file in its place; gives its length.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn finish(self) -> Result<u64, Failure> {
        let Place { draft, path } = self.place;
        let done = || {
            let out = self.items.into_inner().finish()?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let length = file.metadata()?.len();
            fs::rename(&draft, &path)?;
            Ok(length)
        };
        done().map_err(|error: io::Error| unusable(&path, &error))
    }
}

impl Place {
    /// Takes the unfinished file away.
    pub(crate) fn abandon(self) {
        // it is of no use to anybody, and may stay when it cannot be removed
        let _left = fs::remove_file(&self.draft);
    }
}

/// Opens an archive.
///
/// # Errors
/// It is none, or not of this key.
pub(crate) fn open(path: &Path, key: &ArchiveKey) -> Result<Given, Failure> {
    reader(path, key).map(LineGiver::over)
}

/// Opens an archive as text.
///
/// # Errors
/// As [`open`].
pub(crate) fn reader(
    path: &Path,
    key: &ArchiveKey,
) -> Result<ArchiveReader<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|error| unusable(path, &error))?;
    ArchiveReader::open(BufReader::new(file), key).map_err(failed)
}
