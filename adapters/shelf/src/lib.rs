//! The shelf: a folder in which the sound of recordings lies, a file for each.
//!
//! A file is a head and then segments, each of a second at most and sealed by itself with the key
//! of its recording (`segments`); what they hold, one after another, is one stream of Ogg Opus
//! (`ogg`). So a process that is killed loses what it had not sealed yet and nothing else, and
//! the next one goes on behind it. Files lie in a folder of their tenant's, by day.

mod decoded;
mod layout;
mod mp3;
mod ogg;
mod scan;
mod segments;
mod sound;
#[cfg(test)]
mod tests;
mod wave;
mod writing;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Recording;
use machine::WallTime;
use ports::{Entropy, RecordedForm, RecordedPieces, RecordingShelf, ShelfError};
use tenancy::TenantScope;

pub use writing::Writing;

/// A folder of recordings.
#[derive(Clone)]
pub struct Shelf {
    root: PathBuf,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("root", &self.root).finish()
    }
}

impl Shelf {
    /// The shelf in this folder, which is made where it is not there, and which nobody but the
    /// owner of the process reads.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path, entropy: Arc<dyn Entropy>) -> io::Result<Shelf> {
        layout::private_folder(root)?;
        let root = root.to_owned();
        Ok(Shelf { root, entropy })
    }

    /// Begins the file of a recording.
    ///
    /// # Errors
    /// It is there already, or cannot be made.
    pub fn begin(&self, recording: &Recording) -> io::Result<Writing> {
        Writing::begin(&self.root, recording, &*self.entropy)
    }

    /// Goes on with the file of a recording that was broken off: what was not sealed whole is cut
    /// off, and the time until `now` is silent, an hour of it at most. Where there is no file, one
    /// is begun.
    ///
    /// # Errors
    /// It cannot be read or written, or is another recording's.
    pub fn resume(&self, recording: &Recording, now: WallTime) -> io::Result<Writing> {
        if !layout::file(&self.root, recording).exists() {
            return self.begin(recording);
        }
        Writing::resume(&self.root, recording, now, &*self.entropy)
    }

    /// How long the file of a recording is: milliseconds and octets, of whole segments.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn measure(&self, recording: &Recording) -> Result<(u64, u64), ShelfError> {
        let found = scan::scan(&layout::file(&self.root, recording), recording)?;
        Ok((found.lasts_ms(), found.whole))
    }
}

impl RecordingShelf for Shelf {
    fn sound(
        &self,
        recording: &Recording,
        form: RecordedForm,
    ) -> Result<RecordedPieces, ShelfError> {
        let path = layout::file(&self.root, recording);
        let found = scan::scan(&path, recording)?;
        let pages = sound::Pages::open(&path, recording, found.whole)?;
        let channels = recording.sides.channels();
        Ok(match form {
            RecordedForm::Ogg => Box::new(pages),
            RecordedForm::Wave => {
                let sound = decoded::Decoded::new(pages, channels)?;
                Box::new(wave::Wave::new(sound, found.lasts_ms(), channels))
            }
            RecordedForm::Mp3 => {
                let sound = decoded::Decoded::new(pages, channels)?;
                Box::new(mp3::Mp3::new(sound, channels)?)
            }
        })
    }

    fn remove(&self, recording: &Recording) -> Result<bool, ShelfError> {
        let path = layout::file(&self.root, recording);
        match fs::remove_file(&path) {
            Ok(()) => {
                layout::remove_empty(&self.root, &path);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(away(&error)),
        }
    }

    fn erase(&self, scope: &TenantScope) -> Result<(), ShelfError> {
        layout::remove_all_of(&self.root, scope.tenant()).map_err(|error| away(&error))
    }
}

/// What the machine says, for whoever asks for a sound.
fn away(error: &io::Error) -> ShelfError {
    if error.kind() == io::ErrorKind::NotFound {
        return ShelfError::NotFound;
    }
    ShelfError::Unavailable(error.to_string())
}
