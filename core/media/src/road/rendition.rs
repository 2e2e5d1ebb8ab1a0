//! What playing a prompt takes beyond its place in it.

use std::sync::Arc;
use std::time::Duration;

use audio::Rate;

use crate::format::{Codec, Format};
use crate::prompts::{OCTETS_PER_MS, Prompt};
use crate::station::Tuned;
use crate::transcoder::{Hearing, Writing};
use crate::wants::Wants;

/// The rate of what prompts are kept in that Opus is made of.
const RATE: Rate = Rate::Wide;

/// Silence that is put behind a prompt's end at a time, samples.
const SILENCE: [i16; 160] = [0; 160];

/// Of one leg that hears a prompt.
#[derive(Debug, Default)]
pub(super) struct Rendition {
    /// A company's own recording.
    pub(super) own: Option<Arc<Prompt>>,
    /// A station that it listens to.
    pub(super) station: Option<Tuned>,
    /// Makes Opus, which prompts are not kept in.
    pub(super) maker: Option<Box<Maker>>,
}

impl Rendition {
    /// Whether nothing is to be kept of it.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_none() && self.station.is_none() && self.maker.is_none()
    }
}

/// The codec that a prompt is kept in for whom it is played in this one: Opus is made of the wide
/// one while it is played.
pub(super) fn kept_in(codec: Codec) -> Codec {
    match codec {
        Codec::Opus => Codec::G722,
        Codec::Pcmu
        | Codec::Pcma
        | Codec::G722
        | Codec::Event
        | Codec::Comfort
        | Codec::Other(_) => codec,
    }
}

/// Makes packets of Opus of what is kept in G.722. It allocates when it is made and never again.
#[derive(Debug)]
pub(super) struct Maker {
    hearing: Hearing,
    writing: Writing,
}

impl Maker {
    /// As a listener wants it, in packets of `wants.ptime_ms`; `None` where the format is another.
    pub(super) fn new(to: Format, wants: &Wants) -> Option<Maker> {
        if to.codec != Codec::Opus {
            return None;
        }
        Some(Maker {
            hearing: Hearing::at(Codec::G722, RATE)?,
            writing: Writing::new(to, wants, RATE)?,
        })
    }

    /// Makes the next packet, in place of so many octets as they are kept at the beginning of the
    /// room; what is missing of it is silence. Its octets: none where nothing need be sent.
    pub(super) fn make(&mut self, octets: usize, room: &mut [u8]) -> usize {
        let kept = room.get(..octets).unwrap_or_default();
        let ms = u64::try_from(kept.len() / OCTETS_PER_MS).unwrap_or(0);
        self.hearing.sound(kept, Duration::from_millis(ms));
        self.writing.take(self.hearing.frame());
        let most = self.writing.lasts().as_millis() / 10;
        for _ in 0..most {
            if !self.writing.is_full() {
                self.writing.take(&SILENCE);
            }
        }
        self.writing.write(room)
    }
}
