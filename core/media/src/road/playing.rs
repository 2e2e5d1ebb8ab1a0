//! How far a leg has come in the prompt it hears.

use machine::{Instant, TimerHandle};

use crate::command::PlayCodec;
use crate::format::{Codec, Format};
use crate::prompts::{OCTETS_PER_MS, PromptId};
use crate::station::Air;
use crate::transcoder::ptime_of;

/// Clock of all codecs that prompts are kept in, hertz.
const CLOCK: u32 = audio::Codec::RTP_CLOCK;

/// Longest packet, milliseconds.
pub(super) const LONGEST_MS: u8 = 60;

/// Where a prompt's octets are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Among those that all roads share.
    House(PromptId),
    /// With the leg itself, in the road's `own`.
    Own,
    /// What a station sends at the time; the leg is tuned to it.
    Station,
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

/// A piece of a prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    /// Octets of it that are to be heard.
    pub(super) octets: usize,
    /// It was the last.
    pub(super) ended: bool,
}

impl Playing {
    pub(super) fn ptime_ms(&self) -> u8 {
        ptime_of(self.codec.codec, self.codec.ptime_ms)
    }

    pub(super) fn format(&self) -> Format {
        let clock = match self.codec.codec {
            Codec::Opus => opus::RTP_CLOCK,
            Codec::Pcmu
            | Codec::Pcma
            | Codec::G722
            | Codec::Event
            | Codec::Comfort
            | Codec::Other(_) => CLOCK,
        };
        Format {
            payload: self.codec.payload,
            codec: self.codec.codec,
            clock,
        }
    }

    /// Fills a frame from a prompt's octets, from the start again behind the end, and goes on by as
    /// much. The end of a prompt that is not looped is cut, not filled from its start.
    pub(super) fn go_on(&mut self, octets: &[u8], frame: &mut [u8]) -> Stretch {
        let whole = usize::from(self.ptime_ms()) * OCTETS_PER_MS;
        let rest = octets.get(self.position..).unwrap_or_default();
        let left = rest.len();
        let around = rest.iter().chain(octets.iter().cycle());
        for (to, from) in frame.iter_mut().take(whole).zip(around) {
            *to = *from;
        }
        self.position = match octets.len() {
            0 => 0,
            length => (self.position + whole) % length,
        };
        self.tick();
        Stretch {
            octets: if self.looped { whole } else { whole.min(left) },
            ended: !self.looped && whole >= left,
        }
    }

    /// Fills a frame with what a station sends when it is due, and goes on by as much. None of it
    /// is heard where the station has nothing.
    pub(super) fn listen(&mut self, air: Option<&Air>, kept: Codec, frame: &mut [u8]) -> Stretch {
        let whole = usize::from(self.ptime_ms()) * OCTETS_PER_MS;
        let room = frame.get_mut(..whole).unwrap_or_default();
        let octets = air.map_or(0, |air| air.hear(kept, self.due, room));
        self.tick();
        Stretch {
            octets,
            ended: false,
        }
    }

    fn tick(&mut self) {
        let units = u32::from(self.ptime_ms()) * (self.format().clock / 1000);
        self.ts = self.ts.wrapping_add(units);
    }
}
