//! How what a leg's peer says reaches the leg's partner.

use std::sync::Arc;

use machine::TimerHandle;

use super::answering::Answering;
use crate::format::PayloadMap;
use crate::line::Line;
use crate::tapped::Tap;
use crate::transcoder::Transcoder;

/// The way from a leg to its partner. What each packet asks for lies first, in one line.
#[derive(Debug)]
#[repr(C)]
pub(super) struct ToPartner {
    /// Its sound on the way into a codec of the partner's, while that is needed.
    pub(super) transcoding: Option<Box<Transcoding>>,
    /// Who has answered here, while that is listened for.
    pub(super) answering: Option<Box<Answering>>,
    /// The line that is in the place of a partner.
    pub(super) line: Option<Arc<Line>>,
    /// The copy by which somebody else hears what the partner hears.
    pub(super) fork: Option<u32>,
    /// The recording that hears what the partner hears.
    pub(super) tap: Option<Tap>,
    /// It has no partner, and the recording hears it all the same.
    pub(super) kept_alone: bool,
    /// How the leg's payload numbers are spelled there.
    pub(super) numbers: PayloadMap,
}

impl ToPartner {
    /// Everything passes as it is.
    pub(super) fn new() -> ToPartner {
        ToPartner {
            numbers: PayloadMap::same(),
            transcoding: None,
            tap: None,
            kept_alone: false,
            fork: None,
            line: None,
            answering: None,
        }
    }
}

/// Sound on its way into another codec.
#[derive(Debug)]
pub(super) struct Transcoding {
    pub(super) transcoder: Transcoder,
    /// When it has something to do.
    pub(super) timer: Option<TimerHandle>,
}
