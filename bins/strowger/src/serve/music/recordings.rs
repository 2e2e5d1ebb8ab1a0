//! Fetches and encodes companies' own music on hold, on a thread that may wait.

use std::io;
use std::sync::Arc;

use admin::{Office, sounds};
use media::Prompt;
use node::MusicAsk;
use store::block_on;

use crate::serve::errands::Errands;
use crate::serve::inbox::{Letter, Postbox};

/// Begins to fetch music for the shard; what is found is posted to it. Where too much waits, who
/// asks does so again in a minute.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn fetcher(office: Office, postbox: Postbox) -> io::Result<Errands<MusicAsk>> {
    Errands::start("music", postbox, move |ask| {
        Letter::Music(ask, fetched(&office, ask))
    })
}

fn fetched(office: &Office, ask: MusicAsk) -> Option<Arc<Prompt>> {
    match block_on(sounds::samples(office, ask.tenant, &ask.sound.to_string())) {
        Ok(samples) => Some(Arc::new(Prompt::recorded(&samples))).filter(|p| !p.is_empty()),
        Err(error) => {
            tracing::warn!(tenant = %ask.tenant, sound = %ask.sound, %error, "no music on hold");
            None
        }
    }
}
