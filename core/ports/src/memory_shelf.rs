//! A shelf of recordings in memory: for tests and for the simulator.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Recording;
use ids::{RecordingId, TenantId};
use tenancy::TenantScope;

use crate::recordings::{RecordedForm, RecordedPieces, RecordingShelf, ShelfError};

/// Octets of a piece, as a shelf gives them at most.
const PIECE: usize = 256 << 10;

/// What a WAV begins with.
const WAVE: &[u8] = b"RIFF";

/// What a frame of an MP3 begins with.
const MP3: &[u8] = &[0xff, 0xf3];

/// Keeps sound in memory as it is put there. As WAV or MP3 it is the same behind the beginning of
/// one.
#[derive(Debug, Default)]
pub struct MemoryShelf {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sounds: BTreeMap<(TenantId, RecordingId), Vec<u8>>,
    away: bool,
    makes_no_mp3: bool,
}

impl MemoryShelf {
    /// An empty shelf.
    pub fn new() -> MemoryShelf {
        MemoryShelf::default()
    }

    /// Puts the sound of a recording there.
    pub fn put(&self, recording: &Recording, octets: Vec<u8>) {
        let place = (recording.tenant, recording.id);
        self.state().sounds.insert(place, octets);
    }

    /// Whether there is sound of a recording.
    pub fn has(&self, recording: &Recording) -> bool {
        let place = (recording.tenant, recording.id);
        self.state().sounds.contains_key(&place)
    }

    /// Takes the shelf away (every call answers *unavailable*) or gives it back.
    pub fn set_available(&self, available: bool) {
        self.state().away = !available;
    }

    /// Takes the encoder of MP3 away or gives it back.
    pub fn make_mp3(&self, makes: bool) {
        self.state().makes_no_mp3 = !makes;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // a map is never half changed, so a poisoned lock is as good as any
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn there(&self) -> Result<MutexGuard<'_, State>, ShelfError> {
        let state = self.state();
        if state.away {
            return Err(ShelfError::Unavailable("it was taken away".to_owned()));
        }
        Ok(state)
    }
}

impl RecordingShelf for MemoryShelf {
    fn sound(
        &self,
        recording: &Recording,
        form: RecordedForm,
    ) -> Result<RecordedPieces, ShelfError> {
        let place = (recording.tenant, recording.id);
        let state = self.there()?;
        let octets = state.sounds.get(&place).ok_or(ShelfError::NotFound)?;
        let head = match form {
            RecordedForm::Ogg => None,
            RecordedForm::Wave => Some(Ok(WAVE.to_vec())),
            RecordedForm::Mp3 if state.makes_no_mp3 => {
                return Err(ShelfError::NotMade("there is no encoder".to_owned()));
            }
            RecordedForm::Mp3 => Some(Ok(MP3.to_vec())),
        };
        let pieces: Vec<_> = octets
            .chunks(PIECE)
            .map(|piece| Ok(piece.to_vec()))
            .collect();
        Ok(Box::new(head.into_iter().chain(pieces)))
    }

    fn remove(&self, recording: &Recording) -> Result<bool, ShelfError> {
        let place = (recording.tenant, recording.id);
        Ok(self.there()?.sounds.remove(&place).is_some())
    }

    fn erase(&self, scope: &TenantScope) -> Result<(), ShelfError> {
        let tenant = scope.tenant();
        self.there()?
            .sounds
            .retain(|(whose, _), _| *whose != tenant);
        Ok(())
    }
}
