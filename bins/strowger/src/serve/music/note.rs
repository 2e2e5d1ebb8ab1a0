//! What the thread that plays stations is told by others.

use std::sync::Arc;

use domain::Music;
use media::Item;
use node::StationAsk;

/// What the stations are told.
#[derive(Debug)]
pub(super) enum Note {
    /// A programme is to be played.
    Wanted(StationAsk),
    /// What a programme is, or that there is none.
    Programme(StationAsk, Option<Box<Music>>),
    /// A sound of a station, or that it is not to be had.
    Sound(StationAsk, Item, Option<Arc<[i16]>>),
}
