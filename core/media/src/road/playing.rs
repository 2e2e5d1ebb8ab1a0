//! How far a leg has come in the prompt it hears.

use machine::{Instant, TimerHandle};

use crate::command::PlayCodec;
use crate::format::Format;
use crate::prompts::{OCTETS_PER_MS, PromptId};

/// Clock of all codecs that can be played, hertz.
pub(super) const CLOCK: u32 = 8000;

/// Longest packet, milliseconds.
pub(super) const LONGEST_MS: u8 = 60;

/// Where a prompt's octets are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Among those that all roads share.
    House(PromptId),
    /// With the leg itself, in the road's `own`.
    Own,
}

/// A prompt on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Playing {
    pub(super) piece: Piece,
    pub(super) codec: PlayCodec,
    pub(super) looped: bool,
    /// Octets played.
    pub(super) position: usize,
    /// Its numbers as a source; what is sent bears those of the leg's own stream.
    pub(super) seq: u16,
    pub(super) ts: u32,
    /// When the next frame is due.
    pub(super) due: Instant,
    pub(super) timer: Option<TimerHandle>,
}

impl Playing {
    pub(super) fn ptime_ms(&self) -> u8 {
        match self.codec.ptime_ms {
            ms @ 10..=LONGEST_MS => ms,
            _ => 20,
        }
    }

    pub(super) fn frame_octets(&self) -> usize {
        usize::from(self.ptime_ms()) * OCTETS_PER_MS
    }

    pub(super) fn format(&self) -> Format {
        Format {
            payload: self.codec.payload,
            codec: self.codec.codec,
            clock: CLOCK,
        }
    }
}
