//! Fetches from the store what stations play.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, LazyLock};
use std::thread;

use admin::{Office, music, sounds};
use domain::Music;
use ids::{SoundId, TenantId};
use media::Item;
use node::StationAsk;
use store::block_on;

use super::note::Note;

/// Errands that wait at most.
const ERRANDS_MAX: usize = 128;

/// The exchange's own music, for companies that have none.
static HOUSE: LazyLock<Arc<[i16]>> = LazyLock::new(|| audio::Prompt::Music.render_wide().into());

/// What is to be fetched for a station.
#[derive(Debug)]
pub(super) enum Errand {
    /// What its programme is.
    Programme,
    /// One of the company's sounds.
    Sound(Item, SoundId),
    /// The exchange's own music.
    House(Item),
}

/// Starts fetching; what comes of each errand is noted.
///
/// # Errors
/// The machine gives no thread.
pub(super) fn start(
    office: Office,
    notes: SyncSender<Note>,
) -> io::Result<SyncSender<(StationAsk, Errand)>> {
    let (errands, wanted) = sync_channel::<(StationAsk, Errand)>(ERRANDS_MAX);
    let thread = thread::Builder::new().name("music-shelf".to_owned());
    thread.spawn(move || {
        for (ask, errand) in wanted {
            let note = match errand {
                Errand::Programme => Note::Programme(ask, programme(&office, ask).map(Box::new)),
                Errand::Sound(item, id) => Note::Sound(ask, item, sound(&office, ask.tenant, id)),
                Errand::House(item) => Note::Sound(ask, item, Some(Arc::clone(&HOUSE))),
            };
            if notes.send(note).is_err() {
                return;
            }
        }
    })?;
    Ok(errands)
}

fn programme(office: &Office, ask: StationAsk) -> Option<Music> {
    let found = block_on(music::programme(office, ask.tenant, ask.programme));
    found
        .inspect_err(|error| {
            tracing::warn!(tenant = %ask.tenant, music = %ask.programme, %error, "no programme");
        })
        .ok()
}

fn sound(office: &Office, tenant: TenantId, sound: SoundId) -> Option<Arc<[i16]>> {
    match block_on(sounds::samples(office, tenant, &sound.to_string())) {
        Ok(samples) => Some(samples.into()),
        Err(error) => {
            tracing::warn!(%tenant, %sound, %error, "a programme is without one of its sounds");
            None
        }
    }
}
