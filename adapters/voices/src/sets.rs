//! Sets of recordings, as Debian's packages lay them out: in the folder one for each voice, whose
//! name begins with its language (`en_US_f_Allison`), and in that `digits/20.g722`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use audio::g722;
use phrases::{Language, Piece};
use ports::SoundReader;

/// Most octets of one recording: half a minute and more of G.722. A longer one is as none.
pub const PIECE_OCTETS_MAX: u64 = 1 << 20;

/// What a set may be of, by the ends of its files' names: the best first.
const FORMS: [Form; 2] = [Form::G722, Form::Wave];

#[derive(Clone, Copy)]
enum Form {
    G722,
    Wave,
}

/// The sets of a folder.
pub struct Sets {
    folders: BTreeMap<Language, PathBuf>,
    waves: Arc<dyn SoundReader>,
}

impl Sets {
    /// The sets in a folder; none where there is no such folder. Of two of the same language the
    /// one whose name comes first is taken. Files of WAV are understood by `waves`.
    #[must_use]
    pub fn in_folder(folder: &Path, waves: Arc<dyn SoundReader>) -> Sets {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        let mut folders = BTreeMap::new();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str());
            let language = name.and_then(language_of);
            if let Some(language) = language.filter(|_| path.join("digits").is_dir()) {
                folders.entry(language).or_insert(path);
            }
        }
        Sets { folders, waves }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Their languages.
    #[must_use]
    pub fn languages(&self) -> Vec<Language> {
        self.folders.keys().copied().collect()
    }

    /// Pieces one after the other; `None` where the language has no set, or that lacks one of them.
    #[must_use]
    pub fn say(&self, language: Language, pieces: &[Piece]) -> Option<Vec<i16>> {
        let folder = self.folders.get(&language)?;
        let mut samples = Vec::new();
        for piece in pieces {
            samples.append(&mut self.piece(folder, piece.file.as_deref()?)?);
        }
        Some(samples)
    }

    fn piece(&self, folder: &Path, name: &str) -> Option<Vec<i16>> {
        FORMS.into_iter().find_map(|form| match form {
            Form::G722 => octets(&folder.join(format!("{name}.g722"))).map(|read| of_g722(&read)),
            Form::Wave => {
                let read = octets(&folder.join(format!("{name}.wav")))?;
                Some(self.waves.read(read).ok()?.samples)
            }
        })
    }
}

/// The language of a set by the name of its folder: `fr`, `fr_CA_f_June`, `fr-ca`.
fn language_of(name: &str) -> Option<Language> {
    let code = name.split(['_', '-']).next()?;
    let known = Language::ALL.into_iter();
    let mut known = known.filter(|language| language.code() == code);
    known.next()
}

fn octets(path: &Path) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let file = File::open(path).ok()?;
    let length = file
        .take(PIECE_OCTETS_MAX + 1)
        .read_to_end(&mut read)
        .ok()?;
    let fits = u64::try_from(length).is_ok_and(|length| length <= PIECE_OCTETS_MAX);
    (fits && length > 0).then_some(read)
}

fn of_g722(octets: &[u8]) -> Vec<i16> {
    let mut samples = vec![0; octets.len() * 2];
    let made = g722::Decoder::new().decode(octets, &mut samples);
    samples.truncate(made);
    samples
}
