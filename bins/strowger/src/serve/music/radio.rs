//! Listens to a live stream on a thread of its own: connects, decodes, and hands on what comes.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use node::StationAsk;
use notify::HttpRadio;
use sound::LiveSound;

/// Pieces of sound that wait at most, each of a packet: a second and more. While there are as many
/// the stream is not read.
const PIECES_MAX: usize = 64;

/// Begins to listen to a stream. Its sound comes in pieces of samples at 16 kHz; their end is the
/// stream's. Whoever takes no more of them ends it.
///
/// # Errors
/// The machine gives no thread.
pub(super) fn listen(
    radio: &Arc<HttpRadio>,
    ask: StationAsk,
    url: String,
) -> io::Result<Receiver<Vec<i16>>> {
    let (pieces, heard) = sync_channel(PIECES_MAX);
    let radio = Arc::clone(radio);
    let thread = thread::Builder::new().name("radio".to_owned());
    thread.spawn(move || match listened(&radio, &url, &pieces) {
        Ok(()) => {}
        Err(error) => {
            tracing::info!(tenant = %ask.tenant, music = %ask.programme, error, "a stream is lost");
        }
    })?;
    Ok(heard)
}

fn listened(radio: &HttpRadio, url: &str, pieces: &SyncSender<Vec<i16>>) -> Result<(), String> {
    let stream = radio.open(url).map_err(|error| error.to_string())?;
    let media_type = stream.media_type().map(str::to_owned);
    let live = LiveSound::begin(stream, media_type.as_deref());
    let mut live = live.map_err(|refusal| refusal.to_string())?;
    while let Some(piece) = live.next_samples().map_err(|refusal| refusal.to_string())? {
        if !piece.is_empty() && pieces.send(piece).is_err() {
            return Ok(());
        }
    }
    Err("it has ended".to_owned())
}
